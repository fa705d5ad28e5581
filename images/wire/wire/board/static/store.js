// What the page knows: the records of one run in their order. Tells listeners when it changes.

// More are not kept: the oldest go.
const MOST = 6000;
const DROPPED_AT_ONCE = 1000;

// Calls that prepare a connection belong to it if it begins so soon.
const PREPARES_S = 2;

// What a kernel told of a socket so soon after a step still belongs to it.
const SOON_S = 1;
const MOST_SAMPLES = 2000;

export class Store {
  constructor() {
    this.listeners = [];
    this.reset();
  }

  reset() {
    this.run = null;
    this.records = [];
    this.flows = new Map();
    this.samples = new Map();
    this.dropped = 0;
    this.filter = null;
    this.version = (this.version ?? 0) + 1;
  }

  add(records) {
    for (const record of records) this.#take(record);
    if (this.records.length > MOST) {
      this.records.splice(0, DROPPED_AT_ONCE);
      this.dropped += DROPPED_AT_ONCE;
      this.version += 1;
    }
    for (const listener of this.listeners) listener();
  }

  // The records in view: those of the chosen flow, and what belongs to none.
  visible() {
    if (this.filter === null) return this.records;
    return this.records.filter((each) => each.flow === this.filter);
  }

  // The sockets right after a record: its flow's, else those that were seen last before it.
  socketsAt(record) {
    const end = this.records.indexOf(record) + 1;
    const before = this.records.slice(0, end).filter((each) => each.sockets);
    const found = before.findLast((each) => each.flow === record.flow) ?? before.at(-1);
    return found ? { record: found, sockets: found.sockets } : null;
  }

  // What the kernels of both hosts told last of a record's sockets, until the next step or, live,
  // until now: two samples, null for a side that told nothing.
  samplesAt(record, isLive) {
    const next = this.records.slice(this.records.indexOf(record) + 1).find((each) => each.flow === record.flow);
    const end = isLive && !next ? Infinity : Math.min(next?.at ?? Infinity, record.at + SOON_S);
    return record.ends.map((own) => this.#samplesOf(record, own).findLast((each) => each.at < end) ?? null);
  }

  // All states that both sockets of a flow have been in up to a record: two arrays, by segments and
  // by what the kernels told, in the order of their times.
  statesUpTo(record, samples) {
    const end = this.records.indexOf(record);
    const passed = this.records.slice(0, end + 1).filter((each) => each.flow === record.flow && each.sockets);
    return record.ends.map((own, side) => {
      const last = samples[side]?.at ?? -Infinity;
      const told = this.#samplesOf(record, own).filter((each) => each.at <= last);
      const seen = [...passed.map((each) => [each.at, each.sockets[side].state]), ...told.map((each) => [each.at, each.state])];
      const states = seen.sort(([a], [b]) => a - b).map(([, state]) => state);
      return states.filter((state, at) => state !== states[at - 1]);
    });
  }

  #samplesOf(record, own) {
    const all = this.samples.get(record.flow) ?? [];
    return all.filter(({ ends: [end] }) => end[0] === own[0] && end[1] === own[1]);
  }

  names() {
    const names = new Map();
    for (const [name, addresses] of Object.entries(this.run?.hosts ?? {})) {
      for (const address of addresses) names.set(address, name);
    }
    return names;
  }

  name(end) {
    return this.names().get(end[0]) ?? String(end[0]);
  }

  #take(record) {
    if (record.type === "run") {
      this.run = record;
      return;
    }
    if (record.type === "sampled") {
      this.#sample(record);
      return;
    }
    if (record.type === "packet" && !this.flows.has(record.flow)) {
      this.flows.set(record.flow, { number: record.flow, ends: record.ends, kind: record.kind });
      this.#adopt(record);
    }
    if (record.notes?.includes("refused")) this.#nobodyListened(record.flow);
    record.flow ??= null;
    this.records.push(record);
  }

  #sample(record) {
    const samples = this.samples.get(record.flow) ?? [];
    samples.push(record);
    if (samples.length > MOST_SAMPLES) samples.shift();
    this.samples.set(record.flow, samples);
  }

  // A SYN does not show whether anybody listens; that its answer is a refusal does.
  #nobodyListened(flow) {
    for (const each of this.records) {
      if (each.flow !== flow) continue;
      for (const socket of each.sockets ?? []) if (socket.state === "LISTEN") socket.state = "CLOSED";
    }
  }

  // connect() comes before the wire knows of its connection.
  #adopt(first) {
    for (let at = this.records.length - 1; at >= 0; at -= 1) {
      const each = this.records[at];
      if (each.type !== "call" || each.flow !== null || first.at - each.at > PREPARES_S) break;
      if (each.side === first.source) each.flow = first.flow;
    }
  }
}
