// Draw the state machine of RFC 9293 (figure 5) with one socket's present state lit.

import { say } from "./words.js";
import { shape } from "./diagram.js";

const WIDTH = 300;
const HEIGHT = 262;
const BOX = [92, 22];

const PLACES = {
  CLOSED: [150, 16],
  LISTEN: [56, 52],
  "SYN-SENT": [244, 52],
  "SYN-RECEIVED": [56, 92],
  ESTABLISHED: [150, 128],
  "FIN-WAIT-1": [56, 168],
  "CLOSE-WAIT": [244, 168],
  "FIN-WAIT-2": [56, 208],
  CLOSING: [150, 208],
  "LAST-ACK": [244, 208],
  "TIME-WAIT": [150, 246],
};

const EDGES = [
  ["CLOSED", "LISTEN"], ["CLOSED", "SYN-SENT"], ["LISTEN", "SYN-RECEIVED"],
  ["SYN-SENT", "SYN-RECEIVED"], ["SYN-SENT", "ESTABLISHED"], ["SYN-RECEIVED", "ESTABLISHED"],
  ["ESTABLISHED", "FIN-WAIT-1"], ["ESTABLISHED", "CLOSE-WAIT"], ["FIN-WAIT-1", "FIN-WAIT-2"],
  ["FIN-WAIT-1", "CLOSING"], ["CLOSE-WAIT", "LAST-ACK"], ["FIN-WAIT-2", "TIME-WAIT"],
  ["CLOSING", "TIME-WAIT"], ["LAST-ACK", "CLOSED"], ["TIME-WAIT", "CLOSED"],
];

// Those that go back to the top, along the edges of the picture.
const AROUND = {
  "LAST-ACK": "M 290 208 L 296 208 L 296 16 L 198 16",
  "TIME-WAIT": "M 104 246 L 4 246 L 4 16 L 102 16",
};

// `states` are all that the socket has been in, the present one last.
export function drawMachine(states, name) {
  const now = states.at(-1);
  const label = `${name}: ${now}. ${say(`state-${now}`)}`;
  const svg = shape("svg", { class: "machine", role: "img", "aria-label": label, viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
  const steps = new Set(states.slice(1).map((state, at) => `${states[at]}>${state}`));
  for (const [from, to] of EDGES) {
    const taken = steps.has(`${from}>${to}`) ? "edge taken" : "edge";
    const path = to === "CLOSED" ? AROUND[from] : straight(PLACES[from], PLACES[to]);
    svg.append(shape("path", { class: taken, d: path }));
  }
  svg.append(shape("text", { class: "edge-text", x: 8, y: 240 }, say("closed60")));
  for (const [state, [x, y]] of Object.entries(PLACES)) {
    const kind = state === now ? "state now" : states.includes(state) ? "state was" : "state";
    const [width, height] = BOX;
    svg.append(
      shape("rect", { class: kind, x: x - width / 2, y: y - height / 2, width, height, rx: 5 }),
      shape("text", { class: `${kind} state-text`, x, y: y + 4, "text-anchor": "middle" }, state),
    );
  }
  return svg;
}

// A line between the facing edges of two boxes.
function straight([x1, y1], [x2, y2]) {
  const half = BOX[1] / 2;
  if (y1 === y2) {
    const side = (Math.sign(x2 - x1) * BOX[0]) / 2;
    return `M ${x1 + side} ${y1} L ${x2 - side} ${y2}`;
  }
  const down = Math.sign(y2 - y1) * half;
  return `M ${x1} ${y1 + down} L ${x2} ${y2 - down}`;
}
