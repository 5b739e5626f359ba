// The time line: calls as bars in rows, their events as thin bars inside them.

const ROW_HEIGHT = 50;
const CALL_HEIGHT = 42;
const EVENT_TOP = 22;
const EVENT_HEIGHT = 13;
const AXIS_HEIGHT = 24;
const LANE_HEIGHT = 20;
const SIDE = 14;
const LEAST_EVENT = 3; // pixels
const WIDEST = 4e6; // pixels
const PHASES = ["pre", "body", "post", "error", "periodic"];

class TimeLine {
  /** Args: what a click on an entry does. */
  constructor(chosen) {
    this.scroller = $("timeline");
    this.canvas = $("canvas");
    this.size = $("timeline-size");
    this.context = this.canvas.getContext("2d");
    this.byOrder = false;
    this.zoom = 1;
    this.choice = null;
    this.drawSoon = eachFrame(() => this.draw());
    this.scroller.addEventListener("scroll", this.drawSoon, { passive: true });
    new ResizeObserver(() => this.resize()).observe(this.scroller);
    this.scroller.addEventListener("click", (click) => {
      const entry = this.hit(click);
      if (entry !== null) chosen(choiceOf(entry));
    });
    this.scroller.addEventListener("pointermove", (move) => this.tip(move));
    this.scroller.addEventListener("pointerleave", () => { $("tip").hidden = true; });
    this.scroller.addEventListener("wheel", (wheel) => {
      if (!wheel.ctrlKey && !wheel.altKey) return;
      wheel.preventDefault();
      this.zoomBy(wheel.deltaY < 0 ? 1.3 : 1 / 1.3, wheel.clientX - this.scroller.getBoundingClientRect().left);
    }, { passive: false });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolor());
    this.recolor();
  }

  /** Note what is in sight: asking the page for it takes long. */
  look() {
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = this.scroller;
    this.view = { width: clientWidth, height: clientHeight, left: scrollLeft, top: scrollTop };
    this.width = Math.max(50, clientWidth - 2 * SIDE);
  }

  recolor() {
    const style = getComputedStyle(document.documentElement);
    const colors = new Map(); // asking the style for one takes long
    this.color = (variable) => {
      if (!colors.has(variable)) colors.set(variable, style.getPropertyValue(`--${variable}`).trim());
      return colors.get(variable);
    };
    this.patterns = Object.fromEntries([...PHASES, "other"].map((kind) => [kind, pattern(this.context, kind, this.color)]));
    if (this.shape) this.drawSoon();
  }

  setShape(shape, isDimmed) {
    this.shape = shape;
    this.isDimmed = isDimmed;
    this.zoom = 1;
    this.scroller.scrollLeft = this.scroller.scrollTop = 0;
    this.layOut();
  }

  setByOrder(byOrder) {
    this.byOrder = byOrder;
    this.layOut();
    if (this.choice) this.reveal(this.choice);
  }

  /** Work out where all calls are, and how tall it gets. */
  layOut() {
    this.rows = [];
    this.rowOf = new Map();
    let top = AXIS_HEIGHT;
    for (const lane of this.shape.lanes) {
      if (this.shape.lanes.length > 1) top += LANE_HEIGHT;
      const title = this.shape.lanes.length > 1 ? lane.title || "(no thread)" : null;
      lane.rows.forEach((row, index) => {
        const spans = new Float64Array(2 * row.length);
        row.forEach((call, i) => spans.set(this.shape.span(-1 - call, this.byOrder), 2 * i));
        this.rows.push({ calls: row, spans, top, title: index ? null : title });
        for (const call of row) this.rowOf.set(call, this.rows.at(-1));
        top += ROW_HEIGHT;
      });
    }
    this.height = top + 4;
    this.resize();
  }

  resize() {
    if (!this.shape) return;
    this.look();
    this.size.style.width = `${Math.floor(this.width * this.zoom) + 2 * SIDE}px`;
    this.size.style.height = `${this.height}px`;
    this.scroller.style.setProperty("--content", `${this.height}px`);
    this.look();
    this.drawSoon();
  }

  setChoice(choice) {
    this.choice = choice;
    this.reveal(choice);
    this.drawSoon();
  }

  // --- looking closer ---

  zoomBy(factor, x = this.scroller.clientWidth / 2) {
    this.look();
    const place = this.placeOf(x);
    this.zoom = bound(1, this.zoom * factor, WIDEST / this.width);
    this.resize();
    this.scroller.scrollLeft = place * this.width * this.zoom + SIDE - x;
  }

  zoomTo(entry) {
    const [from, to] = this.shape.span(entry, this.byOrder);
    this.zoom = bound(1, 0.9 / Math.max(1e-9, to - from), WIDEST / this.width);
    this.resize();
    this.scroller.scrollLeft = ((from + to) / 2) * this.width * this.zoom + SIDE - this.scroller.clientWidth / 2;
  }

  placeOf(x) {
    return (x + this.view.left - SIDE) / (this.width * this.zoom);
  }

  xOf(place) {
    return place * this.width * this.zoom + SIDE - this.view.left;
  }

  reveal(choice) {
    this.look();
    const entry = entryOf(choice);
    const [from, to] = this.shape.span(entry, this.byOrder).map((place) => this.xOf(place));
    const { width } = this.view;
    if (to < 20 || from > width - 20) this.scroller.scrollLeft += (from + to) / 2 - width / 2;
    const call = entry >= 0 ? events.call[entry] : -1 - entry;
    const row = this.rowOf.get(call);
    const top = row.top - this.view.top;
    if (top < AXIS_HEIGHT || top + ROW_HEIGHT > this.view.height) this.scroller.scrollTop = row.top - AXIS_HEIGHT - LANE_HEIGHT;
  }

  // --- drawing ---

  draw() {
    if (!this.shape) return;
    this.look();
    const ratio = devicePixelRatio || 1;
    const { width, height } = this.view;
    if (!width) return; // another pane is in front
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    const context = this.context;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.textBaseline = "alphabetic";
    this.drawGaps(context, width, height);
    for (const row of this.rows) {
      const top = row.top - this.view.top;
      if (top + ROW_HEIGHT >= 0 && top - LANE_HEIGHT <= height) this.drawRow(context, row, top, width);
    }
    this.drawAxis(context, width);
  }

  drawRow(context, row, top, width) {
    if (row.title !== null) {
      context.fillStyle = this.color("muted");
      context.font = "11px system-ui, sans-serif";
      context.fillText(visible(row.title), SIDE, top - 6);
    }
    const n = row.calls.length;
    const first = firstIndex(0, n, (i) => this.xOf(row.spans[2 * i + 1]) >= -LEAST_EVENT);
    let drawn = -Infinity;
    for (let i = first; i < n; i++) {
      const from = this.xOf(row.spans[2 * i]);
      if (from > width) break;
      const to = Math.max(from + LEAST_EVENT, this.xOf(row.spans[2 * i + 1]));
      if (to < drawn + 1 && !raisedCalls[row.calls[i]] && !this.isChosenCall(row.calls[i])) continue; // hidden by others
      this.drawCall(context, row.calls[i], from, to, top);
      drawn = to;
    }
  }

  isChosenCall(call) {
    return this.choice !== null && (this.choice.kind === "call" ? this.choice.row : events.call[this.choice.row]) === call;
  }

  drawCall(context, call, from, to, top) {
    const isChosen = this.choice?.kind === "call" && this.choice.row === call;
    const isNarrow = to - from < 8;
    context.globalAlpha = this.isDimmed(-1 - call) ? 0.3 : 1;
    context.beginPath();
    context.roundRect(from, top, to - from, CALL_HEIGHT, isNarrow ? 1 : 5);
    context.fillStyle = this.color(isNarrow ? (callRaised(call) ? "raised" : "bar-line") : "bar");
    context.fill();
    if (!isNarrow) {
      context.lineWidth = isChosen ? 2 : 1;
      context.strokeStyle = this.color(isChosen ? "accent" : "bar-line");
      if (calls.flags[call] & UNFINISHED) context.setLineDash([4, 3]);
      context.stroke();
      context.setLineDash([]);
      this.drawLabel(context, call, from, to, top);
      this.drawEvents(context, call, top);
    } else if (isChosen || this.isChosenCall(call)) {
      context.fillStyle = this.color("accent");
      context.fillRect(from, top + CALL_HEIGHT + 1, Math.max(3, to - from), 3);
    }
    context.globalAlpha = 1;
  }

  drawLabel(context, call, from, to, top) {
    const left = Math.max(from, 0) + 7;
    const room = Math.min(to, this.view.width) - left - 6;
    if (room < 24) return;
    context.save();
    context.beginPath();
    context.rect(left, top, room, EVENT_TOP);
    context.clip();
    context.font = "600 12px system-ui, sans-serif";
    context.fillStyle = this.color(callRaised(call) ? "raised" : "text");
    const label = visible(point(call));
    context.fillText(label, left, top + 15);
    const used = context.measureText(label).width;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = this.color("muted");
    const took = duration(calls.duration[call]);
    if (used + 8 + context.measureText(took).width <= room) context.fillText(took, left + used + 8, top + 15);
    context.restore();
  }

  drawEvents(context, call, top) {
    const own = eventsOf(call);
    for (const bodies of [true, false]) {
      for (const event of own) if ((phase(event) === "body") === bodies) this.drawEvent(context, event, top + EVENT_TOP);
    }
  }

  eventEdges(event) {
    const [from, to] = this.shape.span(event, this.byOrder).map((place) => this.xOf(place));
    const inset = to - from > 12 ? 1 : 0;
    return [from + inset, Math.max(from + inset + LEAST_EVENT, to - inset)];
  }

  drawEvent(context, event, top) {
    const [from, to] = this.eventEdges(event);
    if (to < 0 || from > this.view.width) return;
    const alpha = context.globalAlpha;
    if (this.isDimmed(event)) context.globalAlpha = 0.3;
    const [left, right] = [Math.max(from, -20), Math.min(to, this.view.width + 20)];
    const kind = PHASES.includes(phase(event)) ? phase(event) : "other";
    const isRaised = events.flags[event] & RAISED;
    context.beginPath();
    context.roundRect(left, top, right - left, EVENT_HEIGHT, Math.min(2.5, (right - left) / 2));
    context.fillStyle = isRaised ? this.color("raised") : this.color(kind);
    context.fill();
    if (!isRaised && right - left > 5) {
      context.fillStyle = this.patterns[kind];
      context.fill();
    }
    if (isRaised && right - left > 12) {
      context.fillStyle = this.color("panel");
      context.font = "bold 11px system-ui, sans-serif";
      context.fillText("!", (left + right) / 2 - 2, top + 10.5);
    }
    if (this.choice?.kind === "event" && this.choice.row === event) {
      context.lineWidth = 2;
      context.strokeStyle = this.color("accent");
      context.beginPath();
      context.roundRect(left - 2, top - 2, right - left + 4, EVENT_HEIGHT + 4, 4);
      context.stroke();
    }
    context.globalAlpha = alpha;
  }

  drawGaps(context, width, height) {
    if (this.byOrder) return;
    const gaps = this.shape.times.gaps;
    const length = this.shape.times.length;
    for (let i = firstIndex(0, gaps.length, (j) => this.xOf(gaps[j].to / length) > 0); i < gaps.length; i++) {
      const [from, to] = [this.xOf(gaps[i].at / length), this.xOf(gaps[i].to / length)];
      if (from > width) break;
      if (to - from < 6) continue;
      context.fillStyle = this.color("gap");
      context.fillRect(from + 2, AXIS_HEIGHT, to - from - 4, height);
    }
  }

  drawAxis(context, width) {
    context.fillStyle = this.color("panel");
    context.fillRect(0, 0, width, AXIS_HEIGHT - 2);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = this.color("muted");
    context.strokeStyle = this.color("line");
    if (this.byOrder) {
      context.fillText("in order, each event as long as any other", SIDE, 15);
    } else {
      this.drawTicks(context, width);
    }
    context.beginPath();
    context.moveTo(0, AXIS_HEIGHT - 1.5);
    context.lineTo(width, AXIS_HEIGHT - 1.5);
    context.lineWidth = 1;
    context.stroke();
  }

  /** Write times, and how long the gaps are that were shortened, as far as there is room. */
  drawTicks(context, width) {
    const { times, item } = this.shape;
    const texts = [];
    for (const gap of times.gaps) {
      const [from, to] = [this.xOf(gap.at / times.length), this.xOf(gap.to / times.length)];
      const text = `⋯ ${duration(gap.ns)}`;
      if (to > 0 && from < width && to - from > 40) texts.push([(from + to - context.measureText(text).width) / 2, text]);
    }
    const perPixel = times.length / (this.width * this.zoom);
    const step = roundStep(90 * perPixel);
    for (const [from, to] of times.stretches(this.placeOf(0), this.placeOf(width))) {
      const first = Math.ceil((from - item.start) / step - 1e-6);
      for (let n = first; n * step <= to - item.start; n++) {
        texts.push([this.xOf(times.place(item.start + n * step)) + 4, n ? ticked(n * step, step) : "0", true]);
      }
    }
    texts.sort((a, b) => Number(Boolean(a[2])) - Number(Boolean(b[2])));
    const taken = [];
    for (const [x, text, isTick] of texts) {
      const to = x + context.measureText(text).width;
      if (x < 0 || to > width || taken.some(([a, b]) => x < b + 12 && to > a - 12)) continue;
      taken.push([x, to]);
      context.fillText(text, x, 15);
      if (isTick) context.fillRect(x - 4, 8, 1, AXIS_HEIGHT - 10);
    }
  }

  // --- pointing ---

  /** The entry that is under the pointer, or null. */
  hit(pointer) {
    if (!this.shape) return null;
    this.look();
    const box = this.scroller.getBoundingClientRect();
    const [x, y] = [pointer.clientX - box.left, pointer.clientY - box.top];
    const row = this.rows.find(({ top }) => y >= top - this.view.top && y < top - this.view.top + CALL_HEIGHT);
    if (!row || y < AXIS_HEIGHT) return null;
    const n = row.calls.length;
    const i = firstIndex(0, n, (j) => Math.max(this.xOf(row.spans[2 * j + 1]), this.xOf(row.spans[2 * j]) + LEAST_EVENT) >= x);
    if (i === n || this.xOf(row.spans[2 * i]) > x + 1) return null;
    const call = row.calls[i];
    if (y < row.top - this.view.top + EVENT_TOP - 2) return -1 - call;
    let found = null;
    for (const event of eventsOf(call)) {
      const [from, to] = this.eventEdges(event);
      if (x >= from - 1 && x <= to + 1 && (found === null || phase(event) !== "body")) found = event;
    }
    return found ?? -1 - call;
  }

  tip(pointer) {
    const entry = this.hit(pointer);
    const tip = $("tip");
    tip.hidden = entry === null;
    this.scroller.classList.toggle("pointing", entry !== null);
    if (entry === null) return;
    const isEvent = entry >= 0;
    const words = isEvent
      ? [phase(entry), hookName(entry), point(events.call[entry]), duration(events.duration[entry])]
      : [point(-1 - entry), duration(calls.duration[-1 - entry])];
    tip.replaceChildren(bdi(words.filter(Boolean).join("  ")));
    const box = this.scroller.getBoundingClientRect();
    const x = bound(4, pointer.clientX - box.left + 12, this.scroller.clientWidth - tip.offsetWidth - 4);
    const y = bound(2, pointer.clientY - box.top + 16, this.scroller.clientHeight - tip.offsetHeight - 2);
    tip.style.transform = `translate(${x + this.scroller.scrollLeft}px, ${y + this.scroller.scrollTop}px)`;
  }
}
