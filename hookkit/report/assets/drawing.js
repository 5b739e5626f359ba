// What the time line is drawn with: which calls raised, steps between times, patterns.

const raisedCalls = Uint8Array.from(calls.flags, (flags) => flags & RAISED);
events.call.forEach((call, event) => { raisedCalls[call] |= events.flags[event] & RAISED; });
const callRaised = (call) => raisedCalls[call] !== 0;

/** The next one of 1, 2, 5, 10, 20 and so on. */
function roundStep(least) {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((n) => n * ten).find((step) => step >= least);
}

/** A time on the axis, with as many digits as the steps between times need. */
function ticked(ns, step) {
  const [unit, size] = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]].find(([, one]) => ns >= one) ?? ["ns", 1];
  return `${(ns / size).toFixed(bound(0, Math.ceil(Math.log10(size / step)), 6))} ${unit}`;
}

/** A pattern for each phase, so that they differ without colours, too. */
function pattern(context, kind, color) {
  const tile = el("canvas", { width: 8, height: 8 });
  const draw = tile.getContext("2d");
  draw.strokeStyle = draw.fillStyle = color("hatch");
  draw.lineWidth = 1.6;
  const lines = { pre: [[-2, 6, 6, -2], [2, 10, 10, 2]], error: [[0, 0, 8, 8], [0, 8, 8, 0]], periodic: [[0, 2, 8, 2], [0, 6, 8, 6]], other: [[4, 0, 4, 8]] };
  draw.beginPath();
  for (const [x1, y1, x2, y2] of lines[kind] ?? []) {
    draw.moveTo(x1, y1);
    draw.lineTo(x2, y2);
  }
  draw.stroke();
  if (kind === "post") {
    for (const [x, y] of [[2, 2], [6, 6]]) {
      draw.beginPath();
      draw.arc(x, y, 1.2, 0, 7);
      draw.fill();
    }
  }
  return context.createPattern(tile, "repeat");
}
