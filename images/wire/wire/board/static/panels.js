// What stands around the diagram: the hosts, both sockets, one step in detail, the list as text.

import { number, say, size } from "./words.js";
import { decodeFrame } from "./headers.js";
import { callOf, flagsOf, foldedOf, lineOf, notesOf, timeOf, wayOf } from "./lines.js";
import { drawMachine } from "./machine.js";

const LISTED = 300;

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function showTopology(container, store) {
  const { run } = store;
  if (!run) {
    container.replaceChildren();
    return;
  }
  const hosts = Object.entries(run.hosts).sort(([a], [b]) => (a === "server") - (b === "server"));
  const boxes = hosts.map(([name, addresses]) =>
    element("div", { class: "box" },
      element("b", {}, name),
      ...addresses.map((address) => element("code", {}, address)),
      ...(name === "server" ? [element("code", {}, `port ${run.port}`)] : []),
    ),
  );
  const wires = boxes.flatMap((box, at) => (at ? [element("div", { class: "wire" }, run.lab), box] : [box]));
  container.replaceChildren(...wires);
}

export function showSockets(container, store, record, isLive) {
  const found = store.socketsAt(record);
  if (!found) {
    container.replaceChildren(element("p", {}, say("no-sockets")));
    return;
  }
  const samples = store.samplesAt(found.record, isLive);
  const all = store.statesUpTo(found.record, samples);
  const parts = found.sockets.map((socket, side) => {
    const end = found.record.ends[side];
    const name = `${store.name(end)}:${end[1]}`;
    const state = all[side].at(-1);
    const told = samples[side]?.at >= found.record.at ? samples[side] : null;
    return element("figure", { "data-side": side, "data-state": state, "data-from": told ? "kernel" : "segments" },
      element("figcaption", {}, element("b", {}, name), ` ${state}`),
      drawMachine(all[side], name),
      element("p", { class: "sentence" }, say(`state-${state}`)),
      ...(told ? measuredOf(told) : buffersOf(socket, found.sockets[1 - side])),
      element("p", { class: "source" }, say(told ? "by-kernel" : "by-segments")),
    );
  });
  container.replaceChildren(...parts);
}

// Both buffers as the socket's own kernel has them: Recv-Q and Send-Q of ss. One that has closed,
// and waits in TIME-WAIT or is no more, has none.
function measuredOf(sample) {
  if (!sample.room) return [element("p", { class: "buffer" }, say("no-buffers"))];
  const parts = [
    bar(sample.unacknowledged / Math.max(sample.send_room ?? 0, 1), say("send-buffer", { size: size(sample.unacknowledged), room: size(sample.send_room ?? 0) }), "sent"),
    bar(sample.received / sample.room, say("receive-buffer", { size: size(sample.received), room: size(sample.room) }), "received"),
  ];
  const more = [];
  if (sample.window !== null) more.push(say("window", { size: size(sample.window) }));
  if (sample.retransmitted !== null) more.push(say("retransmitted", { count: number(sample.retransmitted) }));
  if (sample.rtt !== null) more.push(say("rtt", { time: sample.rtt.toFixed(1) }));
  return [...parts, element("p", { class: "buffer" }, more.join(" · "))];
}

function buffersOf(socket, other) {
  const most = Math.max(other.window ?? 0, socket.in_flight, 1);
  const sent = bar(socket.in_flight / most, say("in-flight", { size: size(socket.in_flight) }), "sent");
  if (socket.window === null) return [sent, bar(0, say("window-unknown"), "room")];
  const share = socket.window / Math.max(socket.most_window ?? 0, 1);
  return [sent, bar(share, say("window", { size: size(socket.window) }), "room")];
}

function bar(share, text, kind) {
  const fill = element("span", { class: `fill ${kind}` });
  fill.style.width = `${share > 0 ? Math.max(2, Math.round(Math.min(1, share) * 100)) : 0}%`;
  return element("div", { class: "buffer" }, element("span", { class: "bar" }, fill), element("span", {}, text));
}

export function showDetail(container, store, record) {
  if (!record) {
    container.replaceChildren(element("p", {}, say("no-detail")));
    return;
  }
  const rows = [];
  const add = (name, value) => value && rows.push(element("dt", {}, name), element("dd", {}, value));
  if (record.type === "packet") {
    add(say("step-time"), `${timeOf(record)} s`);
    add(say("from-to"), wayOf(record, store));
    for (const note of notesOf(record)) add(say("note"), note);
    if (record.length && record.payload) {
      const cut = say("payload-cut", { shown: number(record.shown), length: number(record.length) });
      add(say("payload"), record.shown < record.length ? `${record.payload} (${cut})` : record.payload);
    }
    const title = element("p", { class: "what" }, `#${record.flow} ${flagsOf(record)}`);
    const tables = decodeFrame(record.frame).reverse().map(tableOf);
    container.replaceChildren(title, element("dl", {}, ...rows), ...tables);
    return;
  }
  if (record.type === "call") {
    add(say("step-time"), `${timeOf(record)} s`);
    add(say("note"), say("call", { host: record.host, process: record.process }));
    add(say("returned"), record.result === null ? say("waits") : say("call-result", { result: record.result }));
  }
  const text = record.type === "call" ? callOf(record) : record.type === "folded" ? foldedOf(record, store) : lineOf(record, store);
  container.replaceChildren(element("p", { class: "what" }, text), element("dl", {}, ...rows));
}

function tableOf(group) {
  const heads = ["field", "value", "meaning"].map((key) => element("th", { scope: "col" }, say(key)));
  const body = group.fields.map((field) => {
    const last = field.from + field.count - 1;
    const range = last === field.from ? `${field.from}` : `${field.from}–${last}`;
    const isSet = field.count === 1 && field.value === "1";
    return element("tr", isSet ? { class: "set" } : {},
      element("th", { scope: "row" }, field.label, element("small", {}, `${say("bits")} ${range}`)),
      element("td", {}, field.value, ...(field.count > 32 ? [] : [element("code", {}, field.bits)])),
      element("td", {}, say(field.key)),
    );
  });
  return element("table", {},
    element("caption", {}, group.name),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...body),
  );
}

// The list keeps the entries it has: a screen reader does not lose its place.
export class List {
  constructor(list, said, store, onSelect) {
    Object.assign(this, { list, said, store, onSelect, shown: [], key: "" });
  }

  show(records, selected, language) {
    const key = [this.store.version, this.store.filter, language].join();
    const shown = records.slice(-LISTED);
    const start = this.shown.indexOf(shown[0]);
    const goesOn = key === this.key && start >= 0 && this.shown.length - start <= shown.length &&
      this.shown.at(-1) === shown[this.shown.length - start - 1];
    if (!goesOn) {
      this.list.replaceChildren();
      this.shown = [];
    } else {
      for (let count = 0; count < start; count += 1) this.list.firstChild.remove();
      this.shown = this.shown.slice(start);
    }
    for (const record of shown.slice(this.shown.length)) this.list.append(this.#entry(record));
    Object.assign(this, { shown, key });
    this.list.start = records.length - shown.length + 1;
    const words = { shown: number(shown.length), all: number(records.length) };
    this.said.textContent = say(shown.length < records.length ? "listed-cut" : "listed", words);
    this.list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const at = shown.indexOf(selected);
    this.list.children[at]?.firstChild.setAttribute("aria-current", "step");
  }

  #entry(record) {
    const button = element("button", { type: "button" }, lineOf(record, this.store));
    button.addEventListener("click", () => this.onSelect(record));
    return element("li", {}, button);
  }
}
