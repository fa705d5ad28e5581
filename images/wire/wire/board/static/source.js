// Where records come from: the board's stream, or the page itself if it was saved.

export function recorded() {
  const found = document.getElementById("recorded");
  return found ? JSON.parse(found.textContent) : null;
}

export async function fetchRuns() {
  const answer = await fetch("api/runs");
  return answer.json();
}

const AGAIN_MS = 1000;

// Follow a lab; `run` is empty for whatever is the latest. Returns how to stop.
export function follow({ lab, run, onRun, onRecords, onState }) {
  let stream;
  let timer;
  const connect = () => {
    stream = new EventSource(`api/events?${new URLSearchParams({ lab, run })}`);
    stream.addEventListener("run", (event) => onRun(event.data));
    stream.addEventListener("message", (event) => onRecords(JSON.parse(event.data)));
    stream.addEventListener("open", () => onState(true));
    stream.addEventListener("error", () => {
      onState(false);
      // Most errors the browser mends by itself; after the others the run begins anew.
      if (stream.readyState === EventSource.CLOSED) timer = setTimeout(connect, AGAIN_MS);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    stream.close();
  };
}
