
// The figures of curves: their names, units and digits. The loss may have a logarithmic axis.
const FIGURES = {
  psnr: { name: 'PSNR', unit: ' dB', digits: 2 }, ssim: { name: 'SSIM', unit: '', digits: 4 },
  loss: { name: 'Loss', unit: '', digits: 4, log: true }, splats: { name: 'Splats', unit: '', digits: 0 },
};
const OVER = { step: { name: 'step', digits: 0 }, seconds: { name: 'second', digits: 1 }, splats: { name: 'splats', digits: 0 }, bytes: { name: 'bytes', digits: 0 } };
const NAMED = 24; // lines that have their names beside them

// The points of a run: those that have both figures.
function pointsOf(run, over, figure) {
  const xs = run.curves[over] ?? [], ys = run.curves[figure], points = [];
  xs.forEach((x, i) => { if (Number.isFinite(x) && Number.isFinite(ys[i])) points.push([x, ys[i]]); });
  return points;
}

// The ranges of all runs: their charts have the same scales.
class Scales {
  constructor(runs) {
    Object.assign(this, { runs, known: {} });
  }

  of(over, figure) {
    return (this.known[`${over} ${figure}`] ??= this.measure(over, figure));
  }

  measure(over, figure) {
    const range = { x: [over === 'step' || over === 'seconds' ? 0 : Infinity, -Infinity], y: [Infinity, -Infinity] };
    for (const run of this.runs) {
      for (const [x, y] of pointsOf(run, over, figure)) {
        range.x = [Math.min(range.x[0], x), Math.max(range.x[1], x)];
        range.y = [Math.min(range.y[0], y), Math.max(range.y[1], y)];
      }
    }
    const [low, high] = range.y;
    range.log = Boolean(FIGURES[figure].log) && low > 0 && high > 8 * low;
    if (!range.log) range.y = [low - 0.06 * (high - low), high + 0.06 * (high - low)];
    return range;
  }

  axes(over, figure, [left, top, right, bottom]) {
    const { x, y, log } = this.of(over, figure);
    return [new Axis(x[0], x[1], left, right), new Axis(y[0], y[1], bottom, top, log)];
  }
}

const written = (point, over, figure) => {
  const { unit, digits } = FIGURES[figure];
  return `${OVER[over].name} ${point[0].toFixed(OVER[over].digits)}: ${point[1].toFixed(digits)}${unit}`;
};

// A small chart of one figure of one run. The keys left and right go from point to point, and so does the mouse.
function smallChart(run, title, over, figure, scales) {
  const points = pointsOf(run, over, figure);
  if (points.length < 2) return null;
  const edges = [44, 8, 410, 116], [x, y] = scales.axes(over, figure, edges), { unit, digits, name } = FIGURES[figure];
  const last = `${points.at(-1)[1].toFixed(digits)}${unit}`;
  const svg = draw('svg', { viewBox: '0 0 420 138', role: 'img', tabindex: 0, 'aria-label': `${name} of ${run.name} over ${over}: ${written(points[0], over, figure)} to ${written(points.at(-1), over, figure)}` });
  frame(svg, x, y, edges, [5, 5]);
  const places = points.map(([u, v]) => [x.at(u), y.at(v)]);
  svg.append(draw('polyline', { class: 'curve', points: places.map((p) => p.map((v) => v.toFixed(1)).join()).join(' ') }));
  if (points.length < 12) for (const [u, v] of places) svg.append(draw('circle', { class: 'dot', cx: u, cy: v, r: 2.5 }));
  const cursor = draw('g', { class: 'cursor', visibility: 'hidden' }, draw('path', { d: `M0 ${edges[1]}V${edges[3]}` }), draw('circle', { r: 3.5 }));
  svg.append(cursor);
  const output = document.createElement('output'), chart = document.createElement('figure'), caption = document.createElement('figcaption');
  output.textContent = last;
  chart.className = 'chart';
  caption.append(Object.assign(document.createElement('b'), { textContent: title }), ' ', output);
  chart.append(caption, svg);
  let at = points.length - 1;
  const show = (i) => {
    at = Math.min(points.length - 1, Math.max(0, i));
    cursor.setAttribute('visibility', 'visible');
    cursor.firstElementChild.setAttribute('transform', `translate(${places[at][0]} 0)`);
    cursor.lastElementChild.setAttribute('transform', `translate(${places[at][0]} ${places[at][1]})`);
    output.textContent = written(points[at], over, figure);
  };
  const hide = () => {
    if (document.activeElement === svg) return;
    cursor.setAttribute('visibility', 'hidden');
    output.textContent = last;
  };
  svg.addEventListener('pointermove', (event) => show(nearest(places, inside(svg, event)[0])));
  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('blur', hide);
  svg.addEventListener('focus', () => show(at));
  svg.addEventListener('keydown', (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
  return chart;
}

// The place of an event in a drawing.
function inside(svg, event) {
  const box = svg.getBoundingClientRect(), { width, height } = svg.viewBox.baseVal;
  return [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * height) / box.height];
}

function nearest(places, x) {
  let near = 0;
  places.forEach((p, i) => { if (Math.abs(p[0] - x) < Math.abs(places[near][0] - x)) near = i; });
  return near;
}

// The chart of all runs on top of each other. One run is lit: its name and a point of it are written above the chart.
class Overlay {
  constructor(runs, over, figure, scales, colours) {
    Object.assign(this, { over, figure, output: by('curve-output'), at: 0, point: Infinity });
    const named = runs.length <= NAMED, edges = [56, 10, named ? 700 : 850, 350], [x, y] = scales.axes(over, figure, edges);
    const { name, unit } = FIGURES[figure];
    this.svg = draw('svg', { class: 'overlay', viewBox: '0 0 864 390', role: 'application', tabindex: 0, 'aria-label': `${name} over ${over} of ${runs.length} runs. Up and down go to other runs, left and right to other points.` });
    frame(this.svg, x, y, edges, [8, 7]);
    this.svg.append(draw('text', { class: 'name', x: (edges[0] + edges[2]) / 2, y: 386 }, over === 'step' ? 'steps' : over));
    this.svg.append(draw('text', { class: 'name', transform: `translate(12 ${(edges[1] + edges[3]) / 2}) rotate(-90)` }, `${name}${unit ? ', dB' : ''}`));
    this.lines = runs.map((run) => ({ run, points: pointsOf(run, over, figure) })).filter((line) => line.points.length);
    this.lines.forEach((line, i) => {
      line.places = line.points.map(([u, v]) => [x.at(u), y.at(v)]);
      line.element = draw('g', { class: `c${colours.tint(line.run, i)}` }, draw('polyline', { points: line.places.map((p) => p.map((v) => v.toFixed(1)).join()).join(' ') }));
      if (line.points.length < 12) for (const [u, v] of line.places) line.element.append(draw('circle', { cx: u, cy: v, r: 2.5 }));
      this.svg.append(line.element);
    });
    if (named) this.names(edges[3]);
    this.cursor = draw('circle', { class: 'cursor', r: 5, visibility: 'hidden' });
    this.svg.append(this.cursor);
    this.svg.addEventListener('pointermove', (event) => this.follow(inside(this.svg, event)));
    this.svg.addEventListener('focus', () => this.light(this.at, this.point));
    this.svg.addEventListener('keydown', (event) => this.key(event));
    this.svg.addEventListener('pointerleave', () => { if (document.activeElement !== this.svg) this.dim(); });
    this.svg.addEventListener('blur', () => this.dim());
    this.dim();
  }

  // Names lines at their ends, without overlap.
  names(bottom) {
    const ends = this.lines.map((line) => ({ line, x: line.places.at(-1)[0] + 8, y: line.places.at(-1)[1] + 4 })).sort((a, b) => a.y - b.y);
    ends.forEach((end, i) => { if (i) end.y = Math.max(end.y, ends[i - 1].y + 13); });
    for (let i = ends.length - 1, most = bottom; i >= 0 && ends[i].y > most; i--, most -= 13) ends[i].y = most;
    for (const { line, x, y } of ends) line.element.append(draw('text', { x, y }, line.run.name.length > 22 ? `${line.run.name.slice(0, 21)}…` : line.run.name));
  }

  follow([x, y]) {
    let best = [Infinity, 0, 0];
    this.lines.forEach((line, i) => line.places.forEach(([u, v], k) => {
      const d = (u - x) ** 2 + (v - y) ** 2;
      if (d < best[0]) best = [d, i, k];
    }));
    this.light(best[1], best[2]);
  }

  key(event) {
    const step = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    this.light((this.at + step[0] + this.lines.length) % this.lines.length, this.point + step[1]);
  }

  light(i, k) {
    const line = this.lines[i];
    if (!line) return;
    this.at = i;
    this.point = Math.min(Math.max(k, 0), line.points.length - 1);
    this.svg.classList.add('lit');
    this.lines.forEach(({ element }, j) => element.classList.toggle('on', i === j));
    line.element.parentNode.insertBefore(line.element, this.cursor);
    const [x, y] = line.places[this.point];
    this.cursor.setAttribute('transform', `translate(${x} ${y})`);
    this.cursor.setAttribute('visibility', 'visible');
    this.output.textContent = `${line.run.name}, ${written(line.points[this.point], this.over, this.figure)}`;
  }

  dim() {
    this.svg.classList.remove('lit');
    this.cursor.setAttribute('visibility', 'hidden');
    this.output.textContent = `${this.lines.length} ${this.lines.length === 1 ? 'run' : 'runs'}; point at a line to read it.`;
  }
}

// What the colours of lines stand for: pictures, or settings when there are more pictures than colours. tint is the colour of a run.
class Colours {
  constructor(runs, lines) {
    const pictures = new Map(runs.map((run) => [run.group, run.picture])), settings = new Map(lines.map((name, i) => [i, name]));
    const byPicture = pictures.size > 1 && (pictures.size <= 6 || settings.size < 2);
    this.names = byPicture ? pictures : settings.size > 1 ? settings : null;
    this.tint = (run, i) => (byPicture ? run.group : this.names ? run.line : i) % 6;
  }

  key() {
    return [...(this.names ?? [])].slice(0, 12).map(([i, name]) => {
      const item = document.createElement('li');
      item.append(Object.assign(document.createElement('span'), { className: `line c${i % 6}` }), name);
      return item;
    });
  }
}

// Draws all curves. Those of a run are drawn when it is about to be seen, or printed.
function curves(all, lines) {
  const runs = all.filter((run) => run.curves);
  if (!runs.some((run) => run.curves.step.length > 1)) return;
  const scales = new Scales(runs), waiting = new Map(), place = by('curve-chart');
  reveal('curves');
  const fill = (box) => {
    const run = waiting.get(box);
    box.replaceChildren(...Object.keys(FIGURES).map((figure) => smallChart(run, FIGURES[figure].name, radio('curve-x'), figure, scales)).filter(Boolean));
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting && !target.childElementCount) fill(target);
  }, { rootMargin: '600px' });
  for (const box of document.querySelectorAll('.charts[data-run]')) {
    waiting.set(box, runs.find((run) => run.id === box.dataset.run));
    box.replaceChildren();
    seen.observe(box);
  }
  const colours = new Colours(runs, lines);
  by('curve-key').append(...colours.key());
  const show = () => {
    const over = radio('curve-x'), figure = radio('curve-y'), one = radio('curve-arrange') === 'one';
    place.className = one ? '' : 'charts multiples';
    by('curve-key').hidden = !one;
    by('curve-output').hidden = !one;
    if (one) place.replaceChildren(new Overlay(runs, over, figure, scales, colours).svg);
    else place.replaceChildren(...runs.map((run) => smallChart(run, run.name, over, figure, scales)).filter(Boolean));
    for (const box of waiting.keys()) if (box.childElementCount) fill(box);
  };
  by('curve-controls').addEventListener('change', show);
  addEventListener('beforeprint', () => { for (const box of waiting.keys()) if (!box.childElementCount) fill(box); });
  show();
}
