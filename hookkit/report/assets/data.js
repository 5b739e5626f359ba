// The data: tables of all calls and events, read at once; values in blocks, read when they are looked at.

const ABSENT = -1;
const RAISED = 1;
const SWALLOWED = 2;
const SUPPRESSED = 4;
const REPLACED = 8;
const CHANGED = 16;
const UNFINISHED = 32;
const MASKED = 64;
const CUT = 128;

function parsed(id) {
  const element = $(id);
  const value = JSON.parse(element.textContent);
  element.remove();
  return value;
}

const about = parsed("about");
const names = parsed("names");
const hooks = parsed("hooks");
const calls = table("calls");
const events = table("events");

function table(id) {
  const columns = parsed(id);
  const size = columns.seq.length;
  for (const name of Object.keys(columns)) {
    const wide = ["seq", "start", "duration", "tick"].includes(name);
    columns[name] = (wide ? Float64Array : Int32Array).from(columns[name]);
  }
  return { ...columns, size };
}

const name = (number) => (number === ABSENT ? "" : names[number]);
const point = (call) => name(calls.point[call]) || "(no name)";
const phase = (event) => name(events.phase[event]) || "?";
const hook = (event) => (events.hook[event] === ABSENT ? null : hooks[events.hook[event]]);
const lastPart = (path) => path.slice(Math.max(path.lastIndexOf(":"), path.lastIndexOf(".")) + 1);
const hookName = (event) => (hook(event) === null ? "" : lastPart(hook(event)[0] ?? "?"));
const startOf = (event) => calls.start[events.call[event]] + events.start[event];
const endOf = (event) => startOf(event) + Math.max(0, events.duration[event]);

/** Rows by the number that a column has for them: `of(number)` gives the rows, in their order. */
function grouped(size, column, groups) {
  const starts = new Int32Array(groups + 1);
  for (let row = 0; row < size; row++) if (column[row] >= 0) starts[column[row] + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const rows = new Int32Array(starts[groups]);
  const next = starts.slice();
  for (let row = 0; row < size; row++) if (column[row] >= 0) rows[next[column[row]]++] = row;
  return (group) => rows.subarray(starts[group], starts[group + 1]);
}

const eventsOf = grouped(events.size, events.call, calls.size);

// --- items: what the list on the left has -----------------------------------------------------------------------

/** Whether the items are tests; else they are the calls that no other call made. */
const hasTests = calls.test.some((test) => test !== ABSENT);

const items = [];
const itemOf = new Int32Array(calls.size);

function makeItems() {
  const byTest = new Map();
  for (let call = 0; call < calls.size; call++) {
    let number = hasTests ? byTest.get(calls.test[call]) : calls.parent[call] === ABSENT ? undefined : itemOf[calls.parent[call]];
    if (number === undefined) {
      number = items.length;
      items.push({ number, test: calls.test[call], call, start: Infinity, end: 0, flags: 0, calls: 0, events: 0,
                   raised: 0, swallowed: 0, replaced: 0, changed: 0, unfinished: 0 });
      byTest.set(calls.test[call], number);
    }
    itemOf[call] = number;
    takeCall(items[number], call);
  }
  for (let call = 0; call < calls.size; call++) {
    if (calls.parent[call] !== ABSENT && itemOf[calls.parent[call]] !== itemOf[call]) calls.parent[call] = ABSENT;
  }
}

function takeCall(item, call) {
  item.calls++;
  item.start = Math.min(item.start, calls.start[call]);
  item.end = Math.max(item.end, calls.start[call] + Math.max(0, calls.duration[call]));
  if (calls.flags[call] & UNFINISHED) item.unfinished++;
  item.flags |= calls.flags[call];
  for (const event of eventsOf(call)) {
    const flags = events.flags[event];
    item.events++;
    item.flags |= flags;
    item.end = Math.max(item.end, endOf(event));
    if (flags & SWALLOWED) item.swallowed++;
    else if (flags & RAISED) item.raised++;
    if (flags & REPLACED) item.replaced++;
    if (flags & CHANGED) item.changed++;
  }
}

makeItems();

const callsOf = grouped(calls.size, itemOf, items.length);
const childrenOf = grouped(calls.size, calls.parent, calls.size);

/** What a test or a call is called, in two parts: the name, and where it is. */
function itemNames(item) {
  if (!hasTests) return [point(item.call), name(calls.function[item.call]) || name(calls.group[item.call])];
  if (item.test === ABSENT) return ["outside any test", ""];
  const id = names[item.test];
  const end = id.indexOf("["); // what is in the brackets of a parametrized test may be anything
  const parts = (end === -1 ? id : id.slice(0, end)).split("::");
  const title = parts.pop() + (end === -1 ? "" : id.slice(end));
  return [title, parts.join(" › ")];
}

/** The marks of an item, each with how many events have it; the first ones are problems. */
function itemMarks(item) {
  const marks = [["raised", item.raised], ["swallowed", item.swallowed], ["unfinished", item.unfinished],
                 ["replaced", item.replaced], ["changed", item.changed]];
  return marks.filter(([, n]) => n > 0);
}

// --- values -----------------------------------------------------------------------------------------------------

const blockElements = [...document.querySelectorAll("script.block")];
const blockCache = new Map();
const MOST_BLOCKS = 24;

/** Which block has a row of values. */
const blockOf = (at) => firstIndex(0, about.blocks.length, (block) => about.blocks[block] > at) - 1;

function block(number) {
  let found = blockCache.get(number);
  if (found === undefined) found = JSON.parse(blockElements[number].textContent);
  else blockCache.delete(number); // and in again, as the one that was used last
  blockCache.set(number, found);
  if (blockCache.size > MOST_BLOCKS) blockCache.delete(blockCache.keys().next().value);
  return found;
}

const NOTHING = { arguments: [] };

/** The values of a call or an event, by the names that _blocks.py gives them; `value(n)` gives one by its number. */
function valuesOf(at) {
  if (at === ABSENT) return { row: NOTHING, value: () => null };
  const number = blockOf(at);
  const { values, rows } = block(number);
  return { row: rows[at - about.blocks[number]], value: (n) => values[n - 1] };
}

const eventValues = (event) => valuesOf(events.at[event]);
const callValues = (call) => valuesOf(calls.at[call]);

// --- problems ---------------------------------------------------------------------------------------------------

const isProblem = (event) => (events.flags[event] & (RAISED | UNFINISHED)) !== 0;

/** What the page opens on: the first event that raised, or else the first unfinished one, or else the longest call. */
function firstChoice() {
  for (const wanted of [RAISED, UNFINISHED]) {
    const event = events.flags.findIndex((flags) => flags & wanted);
    if (event !== -1) return { kind: "event", row: event };
  }
  let longest = 0;
  for (let call = 1; call < calls.size; call++) if (calls.duration[call] > calls.duration[longest]) longest = call;
  return calls.size ? { kind: "call", row: longest } : null;
}
