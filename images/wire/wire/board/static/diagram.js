// Draw the sequence diagram in SVG: segments as arrows between two life lines, calls outside.
//
// Text of programs only ever becomes a text node. Rows that are drawn stay; new ones are added.

import { number, say } from "./words.js";
import { callOf, countedOf, flagsOf, lineOf, notedOf, notesOf, numbersOf, payloadOf, timeOf } from "./lines.js";

const SVG = "http://www.w3.org/2000/svg";

// A browser keeps up with so many rows; earlier ones are counted in one line above.
const MOST_ROWS = 500;
// Below this width there is no room outside of the life lines.
const WIDE = 700;
const CHARACTER = 6.7;
const SLOPE = 7;

export function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Diagram {
  constructor(container, store, onSelect) {
    this.container = container;
    this.store = store;
    this.onSelect = onSelect;
    this.rows = new Map();
    this.drawn = [];
    this.key = "";
  }

  // Draw `records`, of which `selected` stands out.
  show(records, selected, language) {
    const key = [this.container.clientWidth, this.store.version, this.store.filter, language].join();
    const shown = records.slice(-MOST_ROWS);
    const grows =
      key === this.key && this.drawn.length > 0 && this.drawn.length <= shown.length &&
      this.drawn[0] === shown[0] && this.drawn.at(-1) === shown[this.drawn.length - 1] &&
      this.hidden === records.length - shown.length;
    if (!grows) this.#begin(key, records.length - shown.length);
    for (const record of shown.slice(this.drawn.length)) this.#add(record);
    this.drawn = shown;
    this.#finish();
    this.rows.get(this.selected)?.classList.remove("selected");
    this.selected = selected;
    this.rows.get(selected)?.classList.add("selected");
  }

  // Bring the selected row into view.
  reveal() {
    const row = this.rows.get(this.selected);
    if (!row) return;
    const at = Number(row.dataset.y);
    const { scrollTop, clientHeight } = this.container;
    if (at < scrollTop + 60 || at > scrollTop + clientHeight - 70) {
      this.container.scrollTop = Math.max(0, at - clientHeight * 0.6);
    }
  }

  #begin(key, hidden) {
    this.key = key;
    this.hidden = hidden;
    this.rows.clear();
    this.drawn = [];
    this.width = Math.max(320, this.container.clientWidth - 2);
    this.isWide = this.width >= WIDE;
    const part = this.isWide ? 0.35 : 0.12;
    this.left = Math.round(this.width * part);
    this.right = this.width - this.left;
    this.heads = shape("svg", { class: "heads", width: this.width, height: 32, "aria-hidden": "true" });
    this.svg = shape("svg", { class: "lanes", role: "img", "aria-label": say("picture"), width: this.width });
    this.svg.append(this.#arrowHeads());
    this.lanes = [this.left, this.right].map((x) => shape("line", { class: "lane", x1: x, x2: x, y1: 30 }));
    this.svg.append(...this.lanes);
    this.#heads();
    this.y = 46;
    this.last = 0;
    this.flow = null;
    const { dropped } = this.store;
    if (dropped) this.#center(say("forgotten", { count: number(dropped) }), "aside-text");
    if (hidden) this.#center(say("earlier", { count: number(hidden) }), "aside-text");
    this.container.replaceChildren(this.heads, this.svg);
  }

  #finish() {
    const height = this.y + 14;
    for (const lane of this.lanes) lane.setAttribute("y2", height - 6);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
  }

  #arrowHeads() {
    const definitions = shape("defs", {});
    for (const kind of ["plain", "data", "alarm"]) {
      const marker = shape("marker", {
        id: `head-${kind}`, viewBox: "0 0 10 10", refX: 9, refY: 5,
        markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse",
      });
      marker.append(shape("path", { class: `head ${kind}`, d: "M 0 0 L 10 5 L 0 10 z" }));
      definitions.append(marker);
    }
    return definitions;
  }

  #heads() {
    const ends = [...this.store.flows.values()].at(-1)?.ends;
    const names = ends ? ends.map((end) => this.store.name(end)) : ["client", "server"];
    [this.left, this.right].forEach((x, side) => {
      const width = Math.max(76, names[side].length * 8 + 20);
      const at = Math.min(Math.max(x, width / 2 + 1), this.width - width / 2 - 1);
      for (const svg of [this.svg, this.heads]) {
        svg.append(
          shape("rect", { class: "host", x: at - width / 2, y: 3, width, height: 26, rx: 5 }),
          shape("text", { class: "host-name", x: at, y: 21, "text-anchor": "middle" }, names[side]),
        );
      }
    });
  }

  #add(record) {
    const row = shape("g", { class: `row ${record.type}` });
    row.dataset.y = this.y;
    row.append(shape("title", {}, lineOf(record, this.store)));
    const back = shape("rect", { class: "back", x: 0, y: this.y - 2, width: this.width });
    row.append(back);
    const from = this.y;
    if (record.type === "packet") this.#packet(row, record);
    else if (record.type === "call") this.#call(row, record);
    else this.#folded(row, record);
    back.setAttribute("height", this.y - from);
    row.addEventListener("click", () => this.onSelect(record));
    this.svg.append(row);
    this.rows.set(record, row);
  }

  #packet(row, record) {
    if (record.is_first) {
      const ends = record.ends.map((end) => `${this.store.name(end)}${end[1] ? `:${end[1]}` : ""}`);
      const kind = record.kind.startsWith("echo") ? "ping" : record.kind;
      this.y += 6;
      this.#center(`#${record.flow}  ${kind}  ${ends.join(" ─ ")}`, "flow", row);
    }
    const isRight = record.source === 0;
    const alarms = ["lost", "damaged", "duplicate", "reset", "refused", "retransmission", "out-of-order", "gap", "duplicate-ack", "zero-window"];
    const isAlarm = record.notes.some((note) => alarms.includes(note));
    const kind = isAlarm ? "alarm" : record.length ? "data" : "plain";
    const middle = (this.left + this.right) / 2;
    const room = Math.floor((this.right - this.left - 16) / CHARACTER);
    const label = shape("text", { class: "label", x: middle, y: this.y + 11, "text-anchor": "middle" });
    label.append(shape("tspan", { class: `flags ${kind}` }, flagsOf(record)));
    label.append(shape("tspan", { class: "numbers", dx: 8 }, cut(numbersOf(record), room - 9)));
    const y = this.y + 16;
    const [x1, x2] = isRight ? [this.left, this.right] : [this.right, this.left];
    row.append(label, shape("line", {
      class: `arrow ${kind}`, x1, x2, y1: y, y2: y + SLOPE, "marker-end": `url(#head-${kind})`,
    }));
    this.#time(row, record, this.y + 11);
    this.y += 29;
    const payload = payloadOf(record);
    if (payload) {
      this.y += 9;
      row.append(shape("text", { class: "payload", x: middle, y: this.y, "text-anchor": "middle" }, cut(payload, room)));
      this.y += 6;
    }
    for (const note of notesOf(record)) {
      this.#note(row, kind, middle, `◂ ${note} ▸`.replace(isRight ? "▸" : "◂", "").trim());
    }
  }

  #call(row, record) {
    const lane = record.side === 0 ? this.left : this.right;
    const outward = record.side === 0 ? -1 : 1;
    const direction = this.isWide ? outward : -outward;
    const gutter = this.isWide ? (record.side === 0 ? 84 : 10) : 60;
    const width = (this.isWide ? this.left : this.right - this.left) - gutter;
    row.append(shape("circle", { class: "dot", cx: lane, cy: this.y + 8, r: 3.5 }));
    row.append(shape("text", {
      class: record.is_error ? "call-text failed" : "call-text", x: lane + 9 * direction, y: this.y + 12,
      "text-anchor": direction < 0 ? "end" : "start",
    }, cut(callOf(record), Math.floor(width / CHARACTER))));
    this.#time(row, record, this.y + 12);
    this.y += 18;
  }

  #folded(row, record) {
    const isMissed = record.type === "missed";
    const text = isMissed ? say("missed", { count: number(record.count) }) : countedOf(record, this.store);
    if (!isMissed) {
      this.#time(row, record, this.y + 14);
      row.append(shape("rect", {
        class: "many", x: this.left, y: this.y, width: this.right - this.left, height: 22,
      }));
    }
    this.y += 14;
    row.append(shape("text", {
      class: isMissed ? "note alarm" : "many-text", x: this.width / 2, y: this.y, "text-anchor": "middle",
    }, text));
    this.y += 14;
    for (const noted of isMissed ? [] : notedOf(record)) this.#note(row, "alarm", this.width / 2, noted);
  }

  #note(row, kind, x, text) {
    this.y += 8;
    row.append(shape("text", { class: `note ${kind}`, x, y: this.y, "text-anchor": "middle" }, text));
    this.y += 7;
  }

  #time(row, record, y) {
    const text = `${timeOf(record)}${record.flow === null ? "" : ` #${record.flow}`}`;
    if (this.isWide) row.append(shape("text", { class: "time", x: 4, y }, text));
  }

  #center(text, name, parent = this.svg) {
    parent.append(shape("text", { class: name, x: this.width / 2, y: this.y + 10, "text-anchor": "middle" }, text));
    this.y += 20;
  }
}

// Cut text to so many columns; a Chinese character takes two.
export function cut(text, columns) {
  let used = 0;
  let out = "";
  for (const character of text) {
    used += character > "\u2e7f" ? 2 : 1;
    if (used > columns) return `${out}…`;
    out += character;
  }
  return out;
}
