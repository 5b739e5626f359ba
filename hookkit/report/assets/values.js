// Values of a recording as Python would write them: a line for a glance, a tree that opens on demand.

const MOST_TEXT = 400; // characters that are shown before one asks for more
const MORE_TEXT = 5; // times as much, each time one asks
const MORE_ITEMS = 100;
const DEEPEST_GLANCE = 4;

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isDescribed = (value) => isObject(value) && typeof value.$type === "string";
const shortType = (value) => lastPart(value.$type.replace("<locals>", "")) || value.$type;

function quoted(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replaceAll("\\", "\\\\");
  return mark + visible(mark === "'" ? inner.replaceAll("'", "\\'") : inner) + mark;
}

/** What holds no other values, as text; null for what holds some. */
function scalar(value) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quoted(value);
  if (!isDescribed(value)) return null;
  if (typeof value.$repr === "string") return visible(value.$repr);
  if ("$cycle" in value) return `<${visible(shortType(value))} that this is in, ${count(Number(value.$cycle), "level")} up>`;
  if ("$error" in value) return `<${visible(shortType(value))} that raised ${visible(String(value.$error))} when it was recorded>`;
  return null;
}

/** Take a container apart: what stands before and after its parts, and the parts, each with a key or without one. */
function parts(value) {
  if (Array.isArray(value)) return { open: "[", close: "]", entries: value.map((item) => [null, item]) };
  if (!isDescribed(value)) return { open: "{", close: "}", entries: Object.entries(value).map(([k, v]) => [`${quoted(k)}: `, v]) };
  const type = visible(shortType(value));
  if (Array.isArray(value.$items)) {
    const { open, close } = brackets(value.$type, type);
    const isSingle = value.$type === "builtins:tuple" && value.$items.length === 1 && !leftOut(value);
    const fields = Array.isArray(value.$fields) ? value.$fields : []; // of a namedtuple
    const keyOf = (i) => (typeof fields[i] === "string" ? `${visible(fields[i])}=` : null);
    return { open, close: isSingle ? ",)" : close, entries: value.$items.map((item, i) => [keyOf(i), item]) };
  }
  if (Array.isArray(value.$pairs)) {
    const entries = value.$pairs.map((pair) => (Array.isArray(pair) ? [`${glance(pair[0], 60)}: `, pair[1]] : [null, pair]));
    return { open: value.$type === "builtins:dict" ? "{" : `${type}({`, close: value.$type === "builtins:dict" ? "}" : "})", entries };
  }
  const entries = isObject(value.$attrs) ? Object.entries(value.$attrs).map(([k, v]) => [`${visible(k)}=`, v]) : [];
  if (typeof value.$text === "string") entries.unshift([null, value.$text]);
  return { open: `${type}(`, close: ")", entries };
}

function brackets(path, type) {
  if (path === "builtins:list") return { open: "[", close: "]" };
  if (path === "builtins:tuple") return { open: "(", close: ")" };
  if (path === "builtins:set") return { open: "{", close: "}" };
  if (path === "builtins:frozenset") return { open: "frozenset({", close: "})" };
  if (path === "collections:deque") return { open: "deque([", close: "])" };
  return { open: `${type}(`, close: ")" };
}

const isCutText = (value) => isDescribed(value) && value.$type === "builtins:str" && typeof value.$text === "string";
const leftOut = (value) => (isDescribed(value) && Number(value.$cut) > 0 ? Number(value.$cut) : 0);

/** A value on one line, cut where it gets too long. */
function glance(value, most = 80, depth = 0) {
  const text = typeof value === "string" && value.length > most ? quoted(value.slice(0, most)) : scalar(value);
  if (text !== null) return cut(text, most);
  if (isCutText(value)) return cut(`${quoted(value.$text.slice(0, most))}…`, most);
  const { open, close, entries } = parts(value);
  if (depth >= DEEPEST_GLANCE && entries.length) return cut(`${open}…${close}`, most);
  let line = open;
  for (const [index, [key, item]] of entries.entries()) {
    if (line.length > most) return cut(line, most);
    line += (index ? ", " : "") + (key ?? "") + glance(item, most, depth + 1);
  }
  return cut(line + (leftOut(value) ? ", …" : "") + close, most);
}

// --- trees ------------------------------------------------------------------------------------------------------

/** A value as an element; what it holds is made when it is opened. */
function valueElement(value, key = null, open = false) {
  const text = scalar(value);
  const label = key === null ? null : bdi(key, "key");
  if (value === "***") return el("div", { class: "value" }, label, el("span", { class: "masked", title: "Masked when it was recorded" }, "***"));
  if (typeof value === "string" || isCutText(value)) {
    return el("div", { class: "value" }, label, textElement(typeof value === "string" ? value : value.$text, leftOut(value)));
  }
  if (text !== null) return el("div", { class: "value" }, label, longText(text, kindOf(value), value?.$type));
  return containerElement(value, label, open);
}

function kindOf(value) {
  if (value === null || typeof value === "boolean") return "constant";
  return typeof value === "number" || ["builtins:float", "builtins:int"].includes(value?.$type) ? "number" : "other";
}

function textElement(text, cutWhenRecorded) {
  const element = el("span", { class: "string" });
  if (text.length <= MOST_TEXT) element.append(el("bdi", {}, quoted(text)));
  else element.append(longText(quoted(text), null, null, text.length));
  if (cutWhenRecorded) element.append(" ", note(`${count(cutWhenRecorded, "more character was", "more characters were")} left out when it was recorded`));
  return element;
}

/** A text of which one sees the beginning, and more on request. */
function longText(text, className, title = null, length = text.length) {
  const shown = el("bdi", {}, text.slice(0, MOST_TEXT));
  const element = el("span", { class: className, title: title ?? null }, shown);
  let end = MOST_TEXT;
  if (text.length <= end) return element;
  const more = el("button", { type: "button", class: "more" });
  const relabel = () => { more.textContent = `show more (${count(length, "character")} in all)`; };
  relabel();
  more.addEventListener("click", () => {
    end *= MORE_TEXT;
    shown.textContent = text.slice(0, end);
    if (end >= text.length) more.remove();
  });
  element.append(" ", more);
  return element;
}

const note = (text) => el("span", { class: "note" }, text);

function containerElement(value, label, open) {
  const { entries, ...ends } = parts(value);
  if (!entries.length && !leftOut(value)) {
    return el("div", { class: "value" }, label, el("bdi", { class: "other", title: value.$type ?? null }, ends.open + ends.close));
  }
  const details = el("details", { class: "value" });
  details.append(el("summary", { title: value.$type ?? null }, label, bdi(glance(value, 160), "glance")));
  const fill = () => {
    if (!details.open || details.childElementCount > 1) return;
    const inner = el("div", { class: "inner" });
    details.append(inner);
    addEntries(inner, entries, 0);
    if (leftOut(value)) inner.append(note(`${count(leftOut(value), "more was", "more were")} left out when it was recorded`));
  };
  details.fill = fill;
  details.addEventListener("toggle", fill);
  if (open) {
    details.open = true;
    fill();
  }
  return details;
}

function addEntries(inner, entries, start) {
  const nodes = entries.slice(start, start + MORE_ITEMS).map(([key, item], i) => valueElement(item, key ?? `${start + i}: `));
  const rest = entries.length - start - nodes.length;
  if (rest > 0) {
    const more = el("button", { type: "button", class: "more" }, `show ${Math.min(rest, MORE_ITEMS)} more of ${rest.toLocaleString("en")}`);
    more.addEventListener("click", () => {
      const place = el("div");
      more.replaceWith(place);
      addEntries(place, entries, start + MORE_ITEMS);
    });
    nodes.push(more);
  }
  inner.append(...nodes);
}
