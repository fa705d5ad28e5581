// A record as one line of text, as the terminal shows it: for the list, and for screen readers.

import { number, say, size } from "./words.js";

const ORDER = ["SYN", "FIN", "RST", "PSH", "URG", "ACK"];

export function flagsOf(record) {
  const flags = ORDER.filter((flag) => record.flags.includes(flag)).join("-");
  return flags || (record.kind === "TCP" ? "" : record.kind);
}

export function numbersOf(record) {
  const parts = [["seq", record.seq], ["ack", record.ack], ["len", record.length]];
  return parts.filter(([, value]) => value !== null).map((part) => part.join(" ")).join("  ");
}

export function payloadOf(record) {
  if (!record.payload) return "";
  return record.shown < record.length ? `${record.payload} …` : record.payload;
}

export function notesOf(record) {
  return (record.notes ?? []).map((note) => say(`note-${note}`));
}

export function callOf(record) {
  if (record.count > 1) {
    return `${record.text} × ${say("times", { count: number(record.count), size: size(record.length) })}`;
  }
  if (record.result === null) return `${record.text} … ${say("waits")}`;
  const took = record.took >= 0.01 ? `  ${say("took", { seconds: record.took.toFixed(2) })}` : "";
  return `${record.text} = ${record.result}${took}`;
}

export function countedOf(record, store) {
  const [left, right] = record.ends.map((end) => store.name(end));
  const parts = [];
  if (record.left) parts.push(`${size(record.left)} ${left} → ${right}`);
  if (record.right) parts.push(`${size(record.right)} ${right} → ${left}`);
  const key = record.kind === "UDP" ? "counted-datagrams" : "counted";
  return say(key, { count: number(record.count), carried: parts.join(", ") || size(0) });
}

export function foldedOf(record, store) {
  return [countedOf(record, store), ...notedOf(record)].join("; ");
}

export function notedOf(record) {
  return Object.entries(record.noted).map(([note, count]) => `${number(count)} × ${say(`note-${note}`)}`);
}

export function wayOf(record, store) {
  const [from, to] = record.source === 0 ? record.ends : [record.ends[1], record.ends[0]];
  return `${store.name(from)} → ${store.name(to)}`;
}

export function timeOf(record) {
  return record.time === undefined ? "" : record.time.toFixed(3);
}

export function lineOf(record, store) {
  const flow = record.flow === null ? "" : `#${record.flow} `;
  switch (record.type) {
    case "packet": {
      const notes = notesOf(record).map((note) => ` — ${note}`).join("");
      const parts = [wayOf(record, store), flagsOf(record), numbersOf(record), payloadOf(record)];
      return `${timeOf(record)} ${flow}${parts.filter(Boolean).join("  ")}${notes}`;
    }
    case "call":
      return `${timeOf(record)} ${flow}${record.host}: ${callOf(record)}`;
    case "folded":
      return `${timeOf(record)} ${flow}${foldedOf(record, store)}`;
    case "missed":
      return say("missed", { count: number(record.count) });
    default:
      return "";
  }
}
