// The shape of an item: its calls and events in their order, their levels, and where they are along a line.
// An entry is an event, or a call as -1 - call, so that both fit one column of numbers.

const entryOf = (choice) => (choice.kind === "event" ? choice.row : -1 - choice.row);
const choiceOf = (entry) => (entry >= 0 ? { kind: "event", row: entry } : { kind: "call", row: -1 - entry });

const ENTER = 0;
const LEAVE = 1;

/** Children of a call that were made in the course of an event of it, by event; the others under null. */
function childrenByEvent(call) {
  const found = new Map();
  const own = eventsOf(call);
  for (const child of childrenOf(call)) {
    let within = null;
    for (const event of own) {
      const isOver = events.duration[event] >= 0 && endOf(event) < calls.start[child];
      if (startOf(event) <= calls.start[child] && !isOver) within = event;
    }
    if (!found.has(within)) found.set(within, []);
    found.get(within).push(child);
  }
  return found;
}

class Shape {
  constructor(item) {
    this.item = item;
    this.entries = [];
    this.levels = [];
    this.lineOf = new Map();
    this.order = new Map(); // entry: [from, to] if each event is as long as any other
    this.walk();
    this.times = new TimeScale(item);
    this.lanes = lanesOf(item);
  }

  /** Go through calls and events as they were nested; without recursion, for there may be many levels. */
  walk() {
    const roots = [...callsOf(this.item.number)].filter((call) => calls.parent[call] === ABSENT);
    const stack = roots.reverse().map((call) => [ENTER, -1 - call, 0]);
    const nested = new Map();
    let place = 0;
    while (stack.length) {
      const [step, entry, level] = stack.pop();
      const isCall = entry < 0;
      if (step === LEAVE) {
        const from = this.order.get(entry)[0];
        place = Math.max(place + (isCall ? 0.2 : 0), from + 1);
        this.order.get(entry)[1] = place;
        if (isCall) place += level ? 0.1 : 0.6;
        continue;
      }
      this.lineOf.set(entry, this.entries.length);
      this.entries.push(entry);
      this.levels.push(level);
      this.order.set(entry, [place, place]);
      stack.push([LEAVE, entry, level]);
      if (isCall) place += 0.2;
      stack.push(...this.inner(entry, nested).reverse().map((inner) => [ENTER, inner, level + 1]));
    }
    this.orderEnd = Math.max(1, place - 0.6);
  }

  /** What was done in the course of a call, or of an event. */
  inner(entry, nested) {
    if (entry >= 0) return (nested.get(entry) ?? []).map((call) => -1 - call);
    const call = -1 - entry;
    const children = childrenOf(call).length ? childrenByEvent(call) : new Map();
    for (const [event, rows] of children) if (event !== null) nested.set(event, rows);
    const others = (children.get(null) ?? []).map((child) => -1 - child);
    const start = (inner) => (inner >= 0 ? startOf(inner) : calls.start[-1 - inner]);
    return others.length ? [...eventsOf(call), ...others].sort((a, b) => start(a) - start(b)) : [...eventsOf(call)];
  }

  /** Where an entry is along the line, from 0 to 1. */
  span(entry, byOrder) {
    if (byOrder) return this.order.get(entry).map((place) => place / this.orderEnd);
    const start = entry >= 0 ? startOf(entry) : calls.start[-1 - entry];
    const took = entry >= 0 ? events.duration[entry] : calls.duration[-1 - entry];
    const end = took < 0 ? Math.max(this.item.end, start) : start + took;
    return [this.times.place(start), this.times.place(end)];
  }
}

// --- time -------------------------------------------------------------------------------------------------------

const LONG_GAP = 1.5; // times the mean length of what is between gaps

/** Places along a line for times, from 0 to 1; long stretches in which no call ran are shortened. */
class TimeScale {
  constructor(item) {
    const busy = busyStretches(item);
    const total = busy.reduce((sum, [from, to]) => sum + to - from, 0);
    const longest = Math.max(1, total / busy.length) * LONG_GAP;
    this.from = [];
    this.at = [];
    this.gaps = [];
    let place = 0;
    busy.forEach(([from, to], index) => {
      const gap = index ? from - busy[index - 1][1] : 0;
      if (gap > longest) this.gaps.push({ at: place, to: place + longest / 2, ns: gap });
      place += gap > longest ? longest / 2 : gap;
      this.from.push(from, to);
      this.at.push(place, (place += to - from));
    });
    this.length = Math.max(1, place);
    this.origin = item.start;
  }

  place(time) {
    const i = bound(1, firstIndex(0, this.from.length, (index) => this.from[index] >= time), this.from.length - 1);
    const [a, b] = [this.from[i - 1], this.from[i]];
    const share = b > a ? bound(0, (time - a) / (b - a), 1) : 0;
    return (this.at[i - 1] + share * (this.at[i] - this.at[i - 1])) / this.length;
  }

  /** What of the time between two places, from 0 to 1, is not shortened: where each stretch begins and ends. */
  stretches(fromPlace, toPlace) {
    const edges = [0, ...this.gaps.flatMap((gap) => [gap.at, gap.to]), this.length].map((at) => at / this.length);
    const found = [];
    for (let i = 0; i < edges.length; i += 2) {
      const [from, to] = [Math.max(edges[i], fromPlace), Math.min(edges[i + 1], toPlace)];
      if (from < to) found.push([this.time(from), this.time(to)]);
    }
    return found;
  }

  /** The time at a place, from 0 to 1. */
  time(place) {
    const wanted = place * this.length;
    const i = bound(1, firstIndex(0, this.at.length, (index) => this.at[index] >= wanted), this.at.length - 1);
    const [a, b] = [this.at[i - 1], this.at[i]];
    return this.from[i - 1] + (b > a ? (wanted - a) / (b - a) : 0) * (this.from[i] - this.from[i - 1]);
  }
}

function busyStretches(item) {
  const found = [];
  const rows = [...callsOf(item.number)].sort((a, b) => calls.start[a] - calls.start[b]);
  for (const call of rows) {
    const from = calls.start[call];
    const to = calls.duration[call] < 0 ? item.end : from + calls.duration[call];
    const last = found.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else found.push([from, Math.max(to, from + 1)]);
  }
  return found;
}

// --- rows -------------------------------------------------------------------------------------------------------

/** The calls of an item in rows in which none overlap: by thread and task, in each by level. */
function lanesOf(item) {
  const lanes = new Map();
  const rowOf = new Map();
  const rows = [...callsOf(item.number)].sort((a, b) => calls.start[a] - calls.start[b] || a - b);
  for (const call of rows) {
    const title = [name(calls.worker[call]), name(calls.thread[call]), name(calls.task[call])].filter(Boolean).join(" · ");
    if (!lanes.has(title)) lanes.set(title, { title, rows: [], ends: [] });
    const lane = lanes.get(title);
    const parent = calls.parent[call];
    let row = parent !== ABSENT && rowOf.get(parent)?.lane === lane ? rowOf.get(parent).row + 1 : 0;
    while (row < lane.rows.length && lane.ends[row] > calls.start[call]) row++;
    while (lane.rows.length <= row) {
      lane.rows.push([]);
      lane.ends.push(-1);
    }
    lane.rows[row].push(call);
    lane.ends[row] = calls.duration[call] < 0 ? Infinity : calls.start[call] + calls.duration[call];
    rowOf.set(call, { lane, row });
  }
  return [...lanes.values()];
}
