
// An axis maps values to coordinates.
class Axis {
  constructor(low, high, from, to, log = false) {
    if (log) {
      const spread = high / low < 1.0001 ? 1.5 : (high / low) ** 0.06;
      [low, high] = [low / spread, high * spread];
    } else if (high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high))) {
      const spread = Math.max(Math.abs(high) * 0.05, 1e-6);
      [low, high] = [low - spread, high + spread];
    }
    Object.assign(this, { low, high, from, to, log });
  }

  at(v) {
    const f = this.log ? Math.log : (x) => x;
    return this.from + ((f(v) - f(this.low)) / (f(this.high) - f(this.low))) * (this.to - this.from);
  }

  // About n round values on the axis, with their texts.
  ticks(n) {
    if (this.log) {
      const values = [];
      const factors = Math.log10(this.high / this.low) * 3 > 2 * n ? [1] : [1, 2, 5];
      for (let e = Math.floor(Math.log10(this.low)); e <= Math.log10(this.high); e++) {
        for (const f of factors) if (f * 10 ** e >= this.low && f * 10 ** e <= this.high) values.push([f * 10 ** e, label(f * 10 ** e, Math.max(0, -e))]);
      }
      if (values.length > 1) return values;
    }
    const least = (this.high - this.low) / n, power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= least * (1 - 1e-9));
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)), values = [];
    for (let k = Math.ceil(this.low / step - 1e-9); k * step <= this.high + 1e-9 * step; k++) values.push([k * step, label(k * step, digits)]);
    return values;
  }
}

function label(v, digits) {
  if (v === 0) return '0';
  return Math.abs(v) >= 10_000 && v % 100 === 0 ? `${v / 1000}k` : v.toFixed(Math.min(digits, 12));
}

// Makes an element of a drawing.
function draw(name, attributes, ...children) {
  const element = document.createElementNS(document.querySelector('.store').namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, typeof value === 'number' ? Math.round(value * 10) / 10 : value);
  element.append(...children);
  return element;
}

// A frame with grid, ticks and names of the axes; edges has its left, top, right and bottom.
function frame(svg, x, y, [left, top, right, bottom], counts) {
  const grid = draw('g', { class: 'grid' }), below = draw('g', { class: 'ticks x' }), beside = draw('g', { class: 'ticks y' });
  for (const [v, text] of y.ticks(counts[1])) {
    grid.append(draw('path', { d: `M${left} ${y.at(v).toFixed(1)}H${right}` }));
    beside.append(draw('text', { x: left, y: y.at(v), dx: -6, dy: 4 }, text));
  }
  for (const [v, text] of x.ticks(counts[0])) below.append(draw('text', { x: x.at(v), y: bottom, dy: 16 }, text));
  svg.append(grid, draw('path', { class: 'axis', d: `M${left} ${bottom}H${right}` }), below, beside);
}
