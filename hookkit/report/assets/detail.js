// The chosen event or call: what went in, what came out, what it changed, and what it raised.

function showDetail(choice) {
  const children = choice === null ? [el("p", { class: "empty" }, "No calls were recorded.")]
    : choice.kind === "event" ? eventDetail(choice.row) : callDetail(choice.row);
  $("detail").replaceChildren(...children.filter(Boolean));
  $("event-pane").scrollTop = 0;
}

function eventDetail(event) {
  const call = events.call[event];
  const { row, value } = eventValues(event);
  const flags = events.flags[event];
  const provided = hook(event);
  return [
    el("div", { class: "title" }, phaseChip(event), el("h2", {}, breakable(provided === null ? point(call) : hookName(event)))),
    el("p", { class: "sub" }, callLink(call, provided === null ? "of the call" : "at"), ` · event ${events.seq[event]} · ${duration(events.duration[event])}`),
    problem(row.raised, flags, phase(event), row.traceback ? value(row.traceback) : []),
    changes(row.changes ?? [], value),
    section("Went in", [fields([
      ...(row.arguments ?? []).map(([key, n]) => [key, valueElement(value(n))]),
      ...("result" in row ? [["result", valueElement(value(row.result))]] : []),
      ...(row.error ? [["error", exceptionElement(row.error)]] : []),
    ])], "no arguments"),
    flags & UNFINISHED ? null : section("Came out", [cameOut(row, value, flags)]),
    facts(provided === null
      ? [["function", name(calls.function[call])]]
      : [["hook", provided[0]], ["entry point", provided[1]], ["provided by", [provided[2], provided[3]].filter(Boolean).join(" ")]],
      event, call),
  ];
}

function callDetail(call) {
  const { row, value } = callValues(call);
  const flags = calls.flags[call];
  const parent = calls.parent[call];
  return [
    el("div", { class: "title" }, el("span", { class: "chip call" }, calls.tick[call] === ABSENT ? "call" : `tick ${calls.tick[call]}`), el("h2", {}, breakable(point(call)))),
    el("p", { class: "sub" }, `call ${calls.seq[call]} · ${duration(calls.duration[call])} · ${count(eventsOf(call).length, "event")}`,
      parent === ABSENT ? null : el("span", {}, " · ", callLink(parent, "made by"))),
    calls.at[call] === ABSENT ? el("p", { class: "warning" }, "The recording ends before this call does.") : null,
    problem(row.raised, flags & RAISED, "call", tracebackOf(call)),
    section("Went in", [fields((row.arguments ?? []).map(([key, n]) => [key, valueElement(value(n))]))], "no arguments"),
    flags & (UNFINISHED | RAISED) ? null : section("The caller got", [valueElement(row.returned ? value(row.returned) : null, null, true)]),
    section("Events", [...eventsOf(call)].slice(0, 200).map(eventLink), "none"),
    facts([["function", name(calls.function[call])]], null, call),
  ];
}

function cameOut(row, value, flags) {
  if (row.raised) return el("p", { class: "quiet-text" }, "nothing: it raised");
  const element = valueElement(row.returned ? value(row.returned) : null, null, true);
  return flags & REPLACED ? el("div", {}, el("p", { class: "quiet-text" }, "a Replace: the caller gets, in place of the result,"), element) : element;
}

function phaseChip(event) {
  const kind = PHASES.includes(phase(event)) ? phase(event) : "other";
  return el("span", { class: `chip ${kind}` }, visible(phase(event)));
}

function section(title, children, empty = "nothing") {
  const there = children.filter(Boolean);
  return el("section", {}, el("h3", {}, title), ...(there.length ? there : [el("p", { class: "quiet-text" }, empty)]));
}

/** Values by name, in two columns. */
const fields = (list) => (list.length ? el("div", { class: "fields" }, ...list.flatMap(([key, element]) => [bdi(key, "key"), element])) : null);

const exceptionElement = ([type, text]) => el("div", { class: "value" }, bdi(`${lastPart(type)}: ${text}`, "other"));

/** What was raised, as it was recorded, and what became of it. */
function problem(raised, flags, where, frames) {
  if (!raised) {
    return flags & UNFINISHED ? el("p", { class: "warning" }, "It was not over when the recording ended.") : null;
  }
  const [type, text] = raised;
  const fate = flags & SWALLOWED ? "Swallowed: the host went on without it."
    : flags & SUPPRESSED ? "Suppressed by the driver hook's own option."
    : where === "call" ? "The caller got this exception." : "It went out to the caller.";
  const body = el("pre", {});
  body.append(longText(visibleLines(text), null));
  return el("div", { class: "problem", role: "group", "aria-label": "Raised" },
    el("p", { class: "problem-title" }, el("strong", { title: type }, bdi(lastPart(type))), el("span", {}, flags & SWALLOWED ? "swallowed" : flags & SUPPRESSED ? "suppressed" : "raised")),
    text ? body : null, frames.length ? traceback(frames) : null, el("p", { class: "fate" }, fate));
}

/** The frames that an exception went through, the one that raised it last; one that comes again and again is there once. */
function traceback(frames) {
  const different = [];
  for (const frame of frames) {
    const before = different.at(-1);
    if (before?.frame.every((part, i) => part === frame[i])) before.times += 1;
    else different.push({ frame, times: 1 });
  }
  return el("ol", { class: "traceback", "aria-label": "Traceback" }, ...different.map(({ frame: [file, line, where, text], times }) => el("li", {},
    el("p", { class: "place", title: visible(file) }, breakable(`${endOfPath(file)}:${line}`), " in ", bdi(where), ...(times > 1 ? [" ", note(`${times} times`)] : [])),
    text ? el("code", {}, bdi(text)) : null)));
}

/** Where a file is in what was installed, or the last parts of its path. */
function endOfPath(file) {
  const parts = file.split(/[\\/]/);
  const packages = Math.max(parts.lastIndexOf("site-packages"), parts.lastIndexOf("dist-packages"));
  return parts.slice(packages === -1 ? -3 : packages + 1).join("/");
}

/** The traceback of what a call raised: that of the event which raised it. */
function tracebackOf(call) {
  const event = [...eventsOf(call)].reverse().find((one) => events.flags[one] & RAISED && !(events.flags[one] & (SWALLOWED | SUPPRESSED)));
  const { row, value } = event === undefined ? { row: NOTHING } : eventValues(event);
  return row.traceback ? value(row.traceback) : [];
}

/** What was changed in place: before and after, side by side. */
function changes(list, value) {
  if (!list.length) return null;
  const rows = list.slice(0, 200).map(([path, before, after]) => el("tbody", {},
    el("tr", {}, el("th", { colspan: 2, scope: "rowgroup" }, bdi(path))),
    el("tr", {}, el("td", { class: "before" }, side(before, value)), el("td", { class: "after" }, side(after, value)))));
  return el("section", {}, el("h3", {}, `Changed in place`),
    el("table", { class: "changes" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "before"), el("th", { scope: "col" }, "after"))), ...rows),
    list.length > rows.length ? el("p", { class: "note" }, `and ${count(list.length - rows.length, "more change")}`) : null);
}

const side = (n, value) => (n === ABSENT ? el("span", { class: "quiet-text" }, "(absent)") : valueElement(value(n)));

function facts(list, event, call) {
  const started = event === null ? calls.start[call] : startOf(event);
  const all = [...list, ["group", name(calls.group[call])], ["test", name(calls.test[call])],
    ["thread", [name(calls.worker[call]), name(calls.thread[call]), name(calls.task[call])].filter(Boolean).join(" · ")],
    ["began", clock(started, true) + later(started - items[itemOf[call]].start)]];
  const pairs = all.filter(([, text]) => text).flatMap(([key, text]) => [el("dt", {}, key), el("dd", {}, breakable(text))]);
  return el("section", { class: "facts" }, el("h3", {}, "Where and when"), el("dl", {}, ...pairs));
}

const later = (ns) => (ns > 0 ? ` · ${duration(ns)} after the first call${hasTests ? " of the test" : ""}` : "");

function callLink(call, words) {
  const button = el("button", { type: "button", class: "link" }, bdi(point(call)));
  button.addEventListener("click", () => choose({ kind: "call", row: call }));
  return el("span", {}, `${words} `, button);
}

function eventLink(event) {
  const button = el("button", { type: "button", class: "event-link" }, phaseChip(event), bdi(hookName(event), "hook"), ...outcome(event, 60));
  button.addEventListener("click", () => choose({ kind: "event", row: event }));
  return button;
}

/** What came of an event, in a few words. */
function outcome(event, most) {
  const flags = events.flags[event];
  const { row, value } = eventValues(event);
  const words = [];
  if (row.raised) words.push(bdi(`${flags & SWALLOWED ? "swallowed " : flags & SUPPRESSED ? "suppressed " : ""}${lastPart(row.raised[0])}: ${cut(row.raised[1], most)}`, "error-text"));
  else if (row.returned) words.push(bdi(`${flags & REPLACED ? "replaced by " : "→ "}${glance(value(row.returned), most)}`, "out"));
  else if (flags & REPLACED) words.push(bdi("replaced by None", "out"));
  if (flags & UNFINISHED) words.push(el("span", { class: "mark unfinished" }, "unfinished"));
  if (flags & CHANGED) words.push(bdi(cut(`changed ${(row.changes ?? []).map(([path]) => path).join(", ")}`, most), "changed-text"));
  return words;
}

/** A time of day, in the reader's own zone. */
function clock(ns, isExact = false) {
  const date = new Date(Number(BigInt(about.began_ns) / 1000000n) + ns / 1e6);
  if (about.began_ns === "0" || Number.isNaN(date.getTime())) return "time unknown";
  const two = (n, digits = 2) => String(n).padStart(digits, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return isExact ? `${time}.${two(date.getMilliseconds(), 3)}` : time;
}
