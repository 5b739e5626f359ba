// What all parts of the page use. The parts are put together into one module, in the order that _page.py names.

const $ = (id) => document.getElementById(id);

/** Make an element; of the attributes, null and false are left out. Children are nodes or texts. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
const SHORT_ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character) {
  const code = character.codePointAt(0);
  if (SHORT_ESCAPES[character]) return SHORT_ESCAPES[character];
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

/** Write out what cannot be seen, or turns the order of what is beside it, as Python does. */
const visible = (text) => text.replace(HIDDEN, escaped);

/** As `visible`, with line breaks and tabs kept. */
const visibleLines = (text) => text.replace(HIDDEN, (c) => (c === "\n" || c === "\t" ? c : escaped(c)));

/** A text of the recording: its direction ends where it ends. */
const bdi = (text, className = null) => el("bdi", { class: className }, visible(text));

/** A name or a path of the recording, whose lines break after its parts. */
function breakable(text, className = null) {
  const parts = visible(text).split(/(?<=[_./:])(?=[^_./:])/);
  return el("bdi", { class: className }, ...parts.flatMap((part, i) => (i ? [el("wbr"), part] : [part])));
}

const cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

function duration(ns) {
  if (ns < 0) return "not over";
  if (ns >= 59.95e9) return `${Math.floor(ns / 60e9)} min ${Math.round((ns % 60e9) / 1e9)} s`;
  for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]]) {
    if (ns >= size * 0.9995) return `${(ns / size).toFixed(ns >= size * 99.95 ? 0 : ns >= size * 9.995 ? 1 : 2)} ${unit}`;
  }
  return `${Math.round(ns)} ns`;
}

function bytes(n) {
  if (n < 1000) return count(n, "byte");
  return n < 1e6 ? `${Math.round(n / 1e3)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

const bound = (low, value, high) => Math.max(low, Math.min(high, value));

/** The first index in [low, high) for which a test holds that holds for all after it; high if for none. */
function firstIndex(low, high, test) {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Call something at most once a frame. */
function eachFrame(run) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      run();
    });
  };
}
