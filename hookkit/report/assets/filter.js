// The filter: a hook point, marks, and a text that is looked for in names at once and in values by and by.

const MARKS = { raised: RAISED, swallowed: SWALLOWED, replaced: REPLACED, changed: CHANGED, unfinished: UNFINISHED };
const SLICE_MS = 12;

class Filter {
  /** Args: what is called when something else is found. */
  constructor(changed) {
    this.changed = changed;
    this.text = "";
    this.point = ABSENT;
    this.marks = new Set();
    this.eventHits = new Uint8Array(events.size);
    this.callHits = new Uint8Array(calls.size);
    this.valueHits = null;
    this.searched = 1;
    this.round = 0;
    this.apply();
  }

  get isActive() {
    return this.text !== "" || this.point !== ABSENT || this.marks.size > 0;
  }

  set(change) {
    Object.assign(this, change);
    this.round++;
    this.valueHits = this.text ? new Uint8Array(1 + Math.max(ABSENT, last(events.at), last(calls.at))) : null;
    this.searched = this.text ? 0 : 1;
    this.apply();
    if (this.text) this.searchValues(this.round);
  }

  /** Find the calls and events, and so the items, that fit all that is asked for. */
  apply() {
    const text = this.text.toLowerCase();
    const nameHits = names.map((one) => one.toLowerCase().includes(text));
    const hookHits = hooks.map((parts) => parts.some((part) => part?.toLowerCase().includes(text)));
    const hit = (number, hits) => number !== ABSENT && hits[number];
    const mask = [...this.marks].reduce((flags, mark) => flags | MARKS[mark], 0);
    this.callHits.fill(0);
    this.visible = [];
    const found = new Uint8Array(items.length);
    for (let call = 0; call < calls.size; call++) {
      if (this.point !== ABSENT && calls.point[call] !== this.point) continue;
      const all = !text || hit(calls.test[call], nameHits) || hit(calls.point[call], nameHits) || hit(calls.function[call], nameHits)
        || hit(calls.group[call], nameHits) || this.hasValue(calls.at[call]);
      if (all && (!mask || calls.flags[call] & mask & UNFINISHED)) this.callHits[call] = 1;
      for (const event of eventsOf(call)) {
        const isHit = (!mask || (events.flags[event] & mask) !== 0)
          && (all || hit(events.phase[event], nameHits) || hit(events.hook[event], hookHits) || this.hasValue(events.at[event]));
        this.eventHits[event] = isHit ? 1 : 0;
        if (isHit) this.callHits[call] = 1;
      }
      if (this.callHits[call]) found[itemOf[call]] = 1;
    }
    if (this.point !== ABSENT) events.call.forEach((call, event) => { if (calls.point[call] !== this.point) this.eventHits[event] = 0; });
    for (let item = 0; item < items.length; item++) if (found[item]) this.visible.push(item);
    this.changed();
  }

  hasValue(at) {
    return at !== ABSENT && this.valueHits !== null && this.valueHits[at] === 1;
  }

  isDimmed(entry) {
    return this.isActive && !(entry >= 0 ? this.eventHits[entry] : this.callHits[-1 - entry]);
  }

  /** Look through the values, a slice at a time, so that the page stays quick meanwhile. */
  async searchValues(round) {
    const wanted = this.text.toLowerCase();
    let told = performance.now();
    let began = told;
    for (let number = 0; number < blockElements.length; number++) {
      if (searchBlock(number, wanted, this.valueHits)) this.hasNews = true;
      this.searched = (number + 1) / blockElements.length;
      if (performance.now() - began < SLICE_MS) continue;
      if (this.hasNews && performance.now() - told > 250) {
        this.hasNews = false;
        this.apply();
        told = performance.now();
      }
      await new Promise((resume) => setTimeout(resume));
      if (round !== this.round) return;
      began = performance.now();
    }
    this.searched = 1;
    this.apply();
  }
}

const last = (column) => column.reduce((most, value) => Math.max(most, value), ABSENT);

/** As JSON has it inside a page: only ASCII, and no characters that HTML has a meaning for. */
const asWritten = (text) => JSON.stringify(text).slice(1, -1).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

/** Mark the rows of a block in whose values a text is; tell whether there are any. */
function searchBlock(number, wanted, hits) {
  const isPlain = /^[\x20-\x7e]*$/.test(wanted);
  if (isPlain && !blockElements[number].textContent.toLowerCase().includes(asWritten(wanted))) return false;
  const { values, rows } = JSON.parse(blockElements[number].textContent);
  const has = (value) => JSON.stringify(value).toLowerCase().includes(JSON.stringify(wanted).slice(1, -1));
  const found = values.map(has);
  let any = false;
  rows.forEach((row, i) => {
    const refs = [...(row.arguments ?? []).map(([, n]) => n), row.result, row.returned, row.traceback, ...(row.changes ?? []).flatMap(([, b, a]) => [b, a])];
    if (refs.some((n) => found[n - 1]) || has([row.error, row.raised, (row.arguments ?? []).map(([key]) => key), (row.changes ?? []).map(([path]) => path)])) {
      hits[about.blocks[number] + i] = 1;
      any = true;
    }
  });
  return any;
}
