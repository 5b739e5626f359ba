// A list of any length, of which only the lines in sight are elements.

const TALLEST = 8e6; // pixels; beyond what browsers lay out, scrolling goes by larger steps

class VirtualList {
  /** Args: the scrolling element; how tall a line is; what makes the line with a number; what a click on it does. */
  constructor(scroller, lineHeight, make, chosen) {
    this.scroller = scroller;
    this.lineHeight = lineHeight;
    this.make = make;
    this.length = 0;
    this.current = ABSENT;
    this.space = el("div", { class: "space", role: "presentation" });
    this.window = el("div", { class: "window", role: "presentation" });
    this.space.append(this.window);
    scroller.append(this.space);
    this.drawSoon = eachFrame(() => this.draw());
    scroller.addEventListener("scroll", this.drawSoon, { passive: true });
    new ResizeObserver(this.drawSoon).observe(scroller);
    scroller.addEventListener("click", (click) => {
      const line = click.target.closest("[data-line]");
      if (line) chosen(Number(line.dataset.line));
    });
  }

  setLength(length) {
    this.length = length;
    const height = length * this.lineHeight;
    this.scale = Math.max(1, height / TALLEST);
    this.space.style.height = `${Math.min(height, TALLEST)}px`;
    this.draw();
  }

  /** How many whole lines are in sight. */
  get page() {
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.lineHeight) - 1);
  }

  setCurrent(line, { center = false } = {}) {
    this.current = line;
    if (line !== ABSENT) this.reveal(line, center);
    this.draw();
  }

  reveal(line, center) {
    const height = this.scroller.clientHeight;
    const top = line * this.lineHeight;
    const from = this.scroller.scrollTop * this.scale;
    if (top >= from && top + this.lineHeight <= from + height) return;
    const margin = center ? (height - this.lineHeight) / 2 : top < from ? this.lineHeight : height - 2 * this.lineHeight;
    this.scroller.scrollTop = Math.max(0, top - margin) / this.scale;
  }

  draw() {
    const from = this.scroller.scrollTop * this.scale;
    const first = bound(0, Math.floor(from / this.lineHeight) - 3, Math.max(0, this.length - 1));
    const last = Math.min(this.length, Math.ceil((from + this.scroller.clientHeight) / this.lineHeight) + 3);
    const lines = [];
    for (let line = first; line < last; line++) lines.push(this.line(line));
    this.window.style.transform = `translateY(${this.scroller.scrollTop + first * this.lineHeight - from}px)`;
    this.window.replaceChildren(...lines);
    const active = this.current >= first && this.current < last ? `${this.scroller.id}-${this.current}` : "";
    if (active) this.scroller.setAttribute("aria-activedescendant", active);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  line(number) {
    const line = this.make(number);
    line.id = `${this.scroller.id}-${number}`;
    line.dataset.line = number;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", String(number === this.current));
    line.setAttribute("aria-setsize", this.length);
    line.setAttribute("aria-posinset", number + 1);
    return line;
  }
}
