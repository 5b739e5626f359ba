// The page as a whole: what is chosen, keys, the head, and printing.

const ITEM_HEIGHT = 46;
const LINE_HEIGHT = 28;
const MOST_PRINTED = 3000; // lines of the outline on paper
const MOST_LEVELS_PRINTED = 3; // of values that are opened for it

let chosen = null;
let shape = null;
const itemList = new VirtualList($("items"), ITEM_HEIGHT, makeItem, (line) => chooseItem(filter.visible[line]));
const outline = new VirtualList($("outline"), LINE_HEIGHT, makeLine, (line) => choose(choiceOf(shape.entries[line]), { turnTo: "event" }));
const timeLine = new TimeLine((choice) => choose(choice, { turnTo: "event" }));
const filter = new Filter(() => { if (chosen !== null) showFilter(); });

// --- choosing ---------------------------------------------------------------------------------------------------

/** Choose an event or a call, and show it in all three panes; on a small screen, turn to one of them. */
function choose(choice, { turnTo = null } = {}) {
  const call = choice.kind === "event" ? events.call[choice.row] : choice.row;
  chosen = choice;
  if (shape === null || shape.item.number !== itemOf[call]) openItem(items[itemOf[call]]);
  itemList.setCurrent(filter.visible.indexOf(itemOf[call]), { center: true });
  outline.setCurrent(shape.lineOf.get(entryOf(choice)));
  timeLine.setChoice(choice);
  showDetail(choice);
  if (turnTo) turn(turnTo);
  const seq = choice.kind === "event" ? events.seq[choice.row] : calls.seq[choice.row];
  history.replaceState(null, "", `#${choice.kind}-${seq}`);
}

/** Choose an item: its first problem, or else its first event. */
function chooseItem(number, turnTo = "calls") {
  const own = [...callsOf(number)];
  const candidates = own.flatMap((call) => [...eventsOf(call)]);
  const event = candidates.find((e) => isProblem(e) && !filter.isDimmed(e)) ?? candidates.find((e) => !filter.isDimmed(e)) ?? candidates[0];
  choose(event === undefined ? { kind: "call", row: own[0] } : { kind: "event", row: event }, { turnTo });
}

function openItem(item) {
  shape = new Shape(item);
  const [title, where] = itemNames(item);
  $("item-name").replaceChildren(breakable(title));
  const words = [count(item.calls, "call"), count(item.events, "event"), duration(item.end - item.start)];
  $("item-facts").replaceChildren(where ? bdi(where) : "", where ? " · " : "", words.join(" · "));
  outline.scroller.scrollTop = 0;
  outline.setLength(shape.entries.length);
  timeLine.setShape(shape, (entry) => filter.isDimmed(entry));
}

/** Go to the next or previous event, over the end of an item into the next one that is in the list. */
function stepEvent(step) {
  let line = shape.lineOf.get(entryOf(chosen)) + step;
  while (line >= 0 && line < shape.entries.length) {
    if (shape.entries[line] >= 0) return choose(choiceOf(shape.entries[line]));
    line += step;
  }
  const next = filter.visible[filter.visible.indexOf(shape.item.number) + step];
  if (next === undefined) return undefined;
  const rows = [...callsOf(next)].flatMap((call) => [...eventsOf(call)]);
  return choose(rows.length ? { kind: "event", row: rows.at(step > 0 ? 0 : -1) } : { kind: "call", row: callsOf(next)[0] });
}

function stepLine(step) {
  const line = bound(0, outline.current + step, shape.entries.length - 1);
  choose(choiceOf(shape.entries[line]));
}

function stepItem(step) {
  const at = filter.visible.indexOf(shape.item.number);
  const next = filter.visible[bound(0, at + step, filter.visible.length - 1)];
  if (next !== undefined) chooseItem(next);
}

function stepProblem(step) {
  const at = chosen.kind === "event" ? chosen.row : (eventsOf(chosen.row)[0] ?? 0) - (step > 0 ? 1 : 0);
  for (let event = at + step; event >= 0 && event < events.size; event += step) {
    if (isProblem(event) && !filter.isDimmed(event)) return choose({ kind: "event", row: event });
  }
  return undefined;
}

// --- lines of the lists -----------------------------------------------------------------------------------------

function makeItem(line) {
  const item = items[filter.visible[line]];
  const [title, where] = itemNames(item);
  const marks = itemMarks(item).map(([kind, n]) => el("span", { class: `mark ${kind}` }, n > 1 ? `${kind} ${n}` : kind));
  const second = hasTests ? where : [clock(item.start, true), duration(item.end - item.start)].join(" · ");
  return el("div", { class: "item", title: visible(item.test === ABSENT ? where : names[item.test]) },
    el("div", { class: "first" }, hasTests ? nameElement(title) : el("span", { class: "name" }, bdi(title), el("bdi", { class: "given" }, givenScalars(item.call))), el("span", { class: "n" }, item.calls > 1 ? String(item.calls) : "")),
    el("div", { class: "second" }, bdi(second, "where"), el("span", { class: "marks" }, ...marks)));
}

/** The arguments of a call that are no objects: they tell it from others. */
function givenScalars(call) {
  const { row, value } = callValues(call);
  const scalars = (row.arguments ?? []).map(([key, n]) => [key, value(n)]).filter(([, given]) => ["string", "number"].includes(typeof given));
  return visible(scalars.slice(0, 4).map(([, given]) => cut(String(given), 24)).join(" "));
}

/** A name of which the end is seen, too, if it ends in brackets, as that of a parametrized test. */
function nameElement(title) {
  const [, start, end] = /^(.+?)(\[.*\])$/s.exec(title) ?? [null, title, null];
  return el("span", { class: "name" }, bdi(start), end === null ? null : bdi(end));
}

function makeLine(line) {
  const entry = shape.entries[line];
  const element = el("div", { class: `line ${entry >= 0 ? "event" : "call"}${filter.isDimmed(entry) ? " dimmed" : ""}` });
  const indent = el("span", { class: "indent" });
  indent.style.width = `${Math.min(shape.levels[line], 12) * 18}px`;
  if (entry >= 0) {
    element.append(indent, phaseChip(entry), ...(hook(entry) === null ? [] : [bdi(hookName(entry), "hook")]), el("span", { class: "outcome" }, ...outcome(entry, 90)),
      el("span", { class: "took" }, duration(events.duration[entry])));
  } else {
    const call = -1 - entry;
    element.append(indent, el("span", { class: "outcome" }, bdi(point(call), "point"), callGlance(call)), el("span", { class: "took" }, duration(calls.duration[call])));
  }
  return element;
}

/** What a call was given and what its caller got, on one line. */
function callGlance(call) {
  const { row, value } = callValues(call);
  const given = (row.arguments ?? []).slice(0, 8).map(([key, n]) => `${key}=${glance(value(n), 30)}`).join(", ");
  const got = row.raised ? el("span", { class: "error-text" }, ` ${visible(lastPart(row.raised[0]))}`)
    : calls.flags[call] & UNFINISHED ? el("span", { class: "mark unfinished" }, "unfinished")
    : el("span", { class: "out" }, visible(` → ${row.returned ? glance(value(row.returned), 50) : "None"}`));
  return el("bdi", {}, visible(`(${given})`), got);
}

// --- head -------------------------------------------------------------------------------------------------------

function showHead() {
  const { header } = about;
  $("title").append(bdi(about.title));
  const tests = hasTests ? `${count(items.filter((item) => item.test !== ABSENT).length, "test")}, ` : "";
  $("totals").textContent = `${tests}${count(calls.size, "call")}, ${count(events.size, "event")}`;
  const began = new Date(Number(header.started_ns ?? 0) / 1e6);
  const when = Number(header.started_ns) > 0 && !Number.isNaN(began.getTime())
    ? `on ${began.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "medium" })}` : "";
  const where = [header.host && `on ${header.host}`, header.pid && `process ${header.pid}`,
    header.part > 1 && `part ${header.part}`].filter(Boolean).join(", ");
  const by = [header.hookkit && `hookkit ${header.hookkit}`, header.pytest && `pytest ${header.pytest}`,
    header.python && `Python ${header.python}`, header.platform].filter(Boolean).join(", ");
  const line = [["Recorded", when, where].filter(Boolean).join(" "), by && `by ${by}`, bytes(about.size)].filter(Boolean);
  $("facts").append(...line.flatMap((text, i) => (i ? [" · ", bdi(text)] : [bdi(text)])));
  showLosses();
  $("list-name").textContent = $("list-title").textContent = hasTests ? "Tests" : "Calls";
}

/** Say what was masked, cut or dropped. */
function showLosses() {
  const having = (flag) => events.flags.reduce((n, flags) => n + (flags & flag ? 1 : 0), 0);
  const unfinished = calls.flags.reduce((n, flags) => n + (flags & UNFINISHED ? 1 : 0), 0);
  const losses = [
    having(MASKED) && `Secrets are masked as *** in ${count(having(MASKED), "event")}.`,
    having(CUT) && `Large values were cut in ${count(having(CUT), "event")} when they were recorded.`,
    unfinished && `${count(unfinished, "call was", "calls were")} not over when the recording ended.`,
    about.too_large && `${count(about.too_large, "call or event was", "calls and events were")} too large to be recorded.`,
    about.unknown && `${count(about.unknown, "line")} of a kind that this hookkit does not know ${about.unknown === 1 ? "is" : "are"} left out.`,
    about.lost,
  ].filter(Boolean);
  $("losses").hidden = losses.length === 0;
  $("losses").append(...losses.flatMap((text) => [bdi(text), " "]));
}

function showLegend() {
  const there = new Set(events.phase.map((number) => number));
  const kinds = [...there].map((number) => name(number)).map((kind) => (PHASES.includes(kind) ? kind : "other"));
  const swatches = [...PHASES, "other"].filter((kind) => kinds.includes(kind)).map((kind) => el("li", {}, el("span", { class: `swatch ${kind}` }), kind));
  const raised = events.flags.some((flags) => flags & RAISED) ? [el("li", {}, el("span", { class: "swatch raised" }, "!"), "raised")] : [];
  $("legend").append(...swatches, ...raised);
}

// --- filter -----------------------------------------------------------------------------------------------------

function makeFilters() {
  const perPoint = new Map();
  for (let call = 0; call < calls.size; call++) perPoint.set(calls.point[call], (perPoint.get(calls.point[call]) ?? 0) + 1);
  const sorted = [...perPoint].sort((a, b) => name(a[0]).localeCompare(name(b[0])));
  $("point").append(el("option", { value: ABSENT }, "every hook point"), ...sorted.map(([number, n]) =>
    el("option", { value: number === ABSENT ? -2 : number }, `${visible(cut(name(number) || "(no name)", 60))} (${n.toLocaleString("en")})`)));
  $("point").addEventListener("change", () => filter.set({ point: Number($("point").value) }));
  const totals = Object.keys(MARKS).map((mark) => [mark, events.flags.reduce((n, flags) => n + (flags & MARKS[mark] ? 1 : 0), 0)]);
  for (const [mark, n] of totals) {
    if (n === 0) continue;
    const button = el("button", { type: "button", class: `mark ${mark}`, "aria-pressed": "false" }, `${mark} ${n.toLocaleString("en")}`);
    button.addEventListener("click", () => {
      const isOn = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(isOn));
      const marks = new Set(filter.marks);
      if (isOn) marks.add(mark);
      else marks.delete(mark);
      filter.set({ marks });
    });
    $("marks").append(button);
  }
  let waiting = 0;
  $("filter").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => filter.set({ text: $("filter").value.trim() }), 120);
  });
}

function showFilter() {
  itemList.setLength(filter.visible.length);
  if (filter.visible.length && !filter.visible.includes(shape.item.number)) chooseItem(filter.visible[0], null);
  itemList.setCurrent(filter.visible.indexOf(shape.item.number), { center: true });
  outline.draw();
  timeLine.drawSoon();
  const what = hasTests ? "test" : "call";
  const searching = filter.searched < 1 ? ` · searching values, ${Math.round(filter.searched * 100)} %` : "";
  $("found").textContent = filter.isActive ? `${filter.visible.length.toLocaleString("en")} of ${count(items.length, what)}${searching}` : count(items.length, what);
}

function clearFilter() {
  $("filter").value = "";
  $("point").value = ABSENT;
  for (const button of $("marks").children) button.setAttribute("aria-pressed", "false");
  filter.set({ text: "", point: ABSENT, marks: new Set() });
}

// --- keys -------------------------------------------------------------------------------------------------------

const KEYS = {
  ArrowDown: () => stepLine(1),
  ArrowUp: () => stepLine(-1),
  ArrowRight: () => stepEvent(1),
  ArrowLeft: () => stepEvent(-1),
  PageDown: () => stepLine(outline.page),
  PageUp: () => stepLine(-outline.page),
  Home: () => stepLine(-Infinity),
  End: () => stepLine(Infinity),
  n: () => stepProblem(1),
  p: () => stepProblem(-1),
  t: () => setByOrder(!timeLine.byOrder),
  f: () => timeLine.zoomTo(-1 - (chosen.kind === "event" ? events.call[chosen.row] : chosen.row)),
  0: () => timeLine.zoomBy(0),
  "+": () => timeLine.zoomBy(1.5),
  "=": () => timeLine.zoomBy(1.5),
  "-": () => timeLine.zoomBy(1 / 1.5),
};
const ITEM_KEYS = {
  ArrowDown: () => stepItem(1),
  ArrowUp: () => stepItem(-1),
  PageDown: () => stepItem(itemList.page),
  PageUp: () => stepItem(-itemList.page),
  Home: () => stepItem(-Infinity),
  End: () => stepItem(Infinity),
  Enter: () => $("outline").focus(),
  ArrowRight: () => $("outline").focus(),
};
const SCROLLED_BY = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"];

function pressed(press) {
  document.body.classList.add("keys"); // who uses the mouse need not see which list has the focus
  if (press.ctrlKey || press.metaKey || press.altKey || $("help").open) return;
  const { target, key } = press;
  if (target.matches("input, select")) {
    if (key === "Escape") { clearFilter(); $("items").focus(); }
    else if (key === "ArrowDown" && target.matches("input") || key === "Enter") $("items").focus();
    else return;
    press.preventDefault();
    return;
  }
  if (key === "/" || key === "?" || key === "Escape") {
    press.preventDefault();
    if (key === "/") { turn("list"); $("filter").focus(); $("filter").select(); }
    else if (key === "?") $("help").showModal();
    else clearFilter();
    return;
  }
  if (chosen === null || (SCROLLED_BY.includes(key) && target.closest("#event-pane"))) return;
  const action = (target.closest("#items") ? ITEM_KEYS[key] : undefined) ?? KEYS[key];
  if (!action) return;
  press.preventDefault();
  action();
}

function setByOrder(byOrder) {
  $("by-time").setAttribute("aria-pressed", String(!byOrder));
  $("by-order").setAttribute("aria-pressed", String(byOrder));
  timeLine.setByOrder(byOrder);
}

/** On a small screen one pane is there at a time. */
function turn(pane) {
  document.body.dataset.pane = pane;
  for (const button of $("panes").children) button.setAttribute("aria-pressed", String(button.dataset.pane === pane));
}

// --- paper ------------------------------------------------------------------------------------------------------

/** Put on paper what is chosen: its item as a picture and in words, and the event. */
function preparePrint() {
  document.documentElement.classList.add("paper");
  timeLine.recolor();
  timeLine.draw();
  const lines = shape === null ? [] : shape.entries.slice(0, MOST_PRINTED).map((_, line) => makeLine(line));
  const rest = shape === null ? 0 : shape.entries.length - lines.length;
  openForPaper();
  $("print").replaceChildren(el("h3", {}, "Calls and events"), ...lines, rest > 0 ? el("p", {}, `and ${count(rest, "more line")}`) : "");
}

/** Open what is shut and too long for its line: on paper nobody can. What they hold is opened by the same rule. */
function openForPaper() {
  for (let level = 0; level < MOST_LEVELS_PRINTED; level++) {
    for (const details of $("detail").querySelectorAll("details:not([open])")) {
      if (!details.querySelector(".glance").textContent.endsWith("…")) continue;
      details.open = true;
      details.dataset.forPaper = "yes";
      details.fill();
    }
  }
}

function afterPrint() {
  for (const details of $("detail").querySelectorAll("[data-for-paper]")) {
    details.open = false;
    delete details.dataset.forPaper;
  }
  document.documentElement.classList.remove("paper");
  timeLine.recolor();
  $("print").replaceChildren();
}

// --- beginning --------------------------------------------------------------------------------------------------

function begin() {
  showHead();
  showLegend();
  makeFilters();
  itemList.setLength(filter.visible.length);
  document.addEventListener("keydown", pressed);
  document.addEventListener("pointerdown", () => document.body.classList.remove("keys"));
  addEventListener("hashchange", () => {
    const named = fromAddress();
    if (named) choose(named);
  });
  addEventListener("beforeprint", preparePrint);
  addEventListener("afterprint", afterPrint);
  $("help-button").addEventListener("click", () => $("help").showModal());
  $("by-time").addEventListener("click", () => setByOrder(false));
  $("by-order").addEventListener("click", () => setByOrder(true));
  $("zoom-in").addEventListener("click", KEYS["+"]);
  $("zoom-out").addEventListener("click", KEYS["-"]);
  $("zoom-all").addEventListener("click", KEYS[0]);
  $("zoom-call").addEventListener("click", () => KEYS.f());
  for (const button of $("panes").children) button.addEventListener("click", () => turn(button.dataset.pane));
  turn("calls");
  const choice = fromAddress() ?? firstChoice();
  if (choice === null) {
    showDetail(null);
    document.body.classList.add("empty");
    $("found").textContent = "nothing was recorded";
  } else {
    choose(choice);
    showFilter();
    $("outline").focus({ preventScroll: true });
  }
  document.documentElement.dataset.ready = "yes";
}

/** What the address names after its #, as the page writes it when something is chosen. */
function fromAddress() {
  const [, kind, seq] = /^#(event|call)-(\d+)$/.exec(location.hash) ?? [];
  const row = kind === undefined ? -1 : (kind === "event" ? events : calls).seq.indexOf(Number(seq));
  return row === -1 ? null : { kind, row };
}

begin();
