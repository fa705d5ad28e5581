// Take the beginning of a frame apart: fields with their bits, for reading. Pure, and never throws.

import { number } from "./words.js";

const FLAGS = ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"];

export function decodeFrame(base64) {
  try {
    const text = atob(base64);
    return fieldsOf(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  } catch {
    return [];
  }
}

function fieldsOf(bytes) {
  const type = (bytes[12] << 8) | bytes[13];
  const groups = [];
  let at = 14;
  let protocol = 0;
  if (type === 0x0800) {
    protocol = bytes[at + 9];
    groups.push({ name: "IPv4", fields: ipv4(bytes, at) });
    at += (bytes[at] & 15) * 4;
  } else if (type === 0x86dd) {
    protocol = bytes[at + 6];
    groups.push({ name: "IPv6", fields: ipv6(bytes, at) });
    at += 40;
  }
  const inner = { 6: ["TCP", tcp], 17: ["UDP", udp], 1: ["ICMP", icmp], 58: ["ICMPv6", icmp] }[protocol];
  if (inner && at < bytes.length) groups.push({ name: inner[0], fields: inner[1](bytes, at) });
  return groups;
}

// A reader of big-endian numbers: take(name, bits) makes a field of the next so many bits.
function reader(bytes, start) {
  const fields = [];
  let bit = start * 8;
  const next = (count) => {
    let value = 0n;
    for (let done = 0; done < count; done += 1, bit += 1) {
      const byte = bytes[bit >> 3] ?? 0;
      value = (value << 1n) | BigInt((byte >> (7 - (bit & 7))) & 1);
    }
    return value;
  };
  const take = (name, label, count, show = (value) => number(value)) => {
    const from = bit - start * 8;
    const value = next(count);
    fields.push({ key: name, label, from, count, bits: bitsOf(value, count), value: show(value) });
    return value;
  };
  return { fields, take };
}

function bitsOf(value, count) {
  if (count > 32) return `${count}`;
  const text = value.toString(2).padStart(count, "0");
  return count > 8 ? text.replace(/(.{8})(?=.)/g, "$1 ") : text;
}

const hex = (digits) => (value) => `0x${value.toString(16).padStart(digits, "0")}`;

function ipv4(bytes, at) {
  const { fields, take } = reader(bytes, at);
  const dotted = (value) => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  take("ip-version", "Version", 4);
  take("ip-hl", "IHL", 4, (value) => `${value} (${value * 4n} B)`);
  take("ip-tos", "DSCP, ECN", 8);
  take("ip-length", "Total length", 16);
  take("ip-id", "Identification", 16, hex(4));
  take("ip-flags", "Flags", 3, (value) => ((value & 2n) === 2n ? "DF" : "-"));
  take("ip-offset", "Fragment offset", 13);
  take("ip-ttl", "TTL", 8);
  take("ip-protocol", "Protocol", 8);
  take("ip-sum", "Header checksum", 16, hex(4));
  take("ip-source", "Source", 32, dotted);
  take("ip-target", "Destination", 32, dotted);
  return fields;
}

function ipv6(bytes, at) {
  const { fields, take } = reader(bytes, at);
  const groups = (value) => value.toString(16).padStart(32, "0").replace(/(.{4})(?=.)/g, "$1:");
  take("ip-version", "Version", 4);
  take("ip6-class", "Traffic class", 8);
  take("ip6-label", "Flow label", 20, hex(5));
  take("ip6-length", "Payload length", 16);
  take("ip6-next", "Next header", 8);
  take("ip6-hop", "Hop limit", 8);
  take("ip-source", "Source", 128, groups);
  take("ip-target", "Destination", 128, groups);
  return fields;
}

function tcp(bytes, at) {
  const { fields, take } = reader(bytes, at);
  take("source-port", "Source port", 16, String);
  take("target-port", "Destination port", 16, String);
  take("tcp-seq", "Sequence number", 32);
  take("tcp-ack", "Acknowledgement number", 32);
  const words = take("tcp-offset", "Data offset", 4, (value) => `${value} (${value * 4n} B)`);
  take("tcp-reserved", "Reserved", 4);
  for (const flag of FLAGS) take(`tcp-${flag}`, flag, 1, String);
  take("tcp-window", "Window", 16);
  take("checksum", "Checksum", 16, hex(4));
  take("tcp-urgent", "Urgent pointer", 16);
  const length = Number(words) * 4 - 20;
  if (length > 0) {
    const options = tcpOptions(bytes.subarray(at + 20, at + 20 + length));
    fields.push({
      key: "tcp-options", label: "Options", from: 160, count: length * 8,
      bits: `${length * 8}`, value: options.join(", "),
    });
  }
  return fields;
}

function tcpOptions(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length && found.length < 20; ) {
    const kind = bytes[at];
    if (kind === 0) break;
    if (kind === 1) {
      at += 1;
      continue;
    }
    const length = bytes[at + 1];
    if (!(length >= 2)) break;
    const value = bytes.subarray(at + 2, at + length).reduce((sum, byte) => sum * 256 + byte, 0);
    if (kind === 2) found.push(`MSS ${value}`);
    else if (kind === 3) found.push(`window × ${2 ** value}`);
    else if (kind === 4) found.push("SACK permitted");
    else if (kind === 5) found.push("SACK");
    else if (kind === 8) found.push("timestamps");
    else found.push(`#${kind}`);
    at += length;
  }
  return found;
}

function udp(bytes, at) {
  const { fields, take } = reader(bytes, at);
  take("source-port", "Source port", 16, String);
  take("target-port", "Destination port", 16, String);
  take("udp-length", "Length", 16);
  take("checksum", "Checksum", 16, hex(4));
  return fields;
}

function icmp(bytes, at) {
  const { fields, take } = reader(bytes, at);
  take("icmp-type", "Type", 8);
  take("icmp-code", "Code", 8);
  take("checksum", "Checksum", 16, hex(4));
  take("icmp-id", "Identifier", 16);
  take("icmp-seq", "Sequence number", 16);
  return fields;
}
