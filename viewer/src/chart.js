const SVG = 'http://www.w3.org/2000/svg', WIDTH = 400, HEIGHT = 96, EDGE = 6;

/** A chart of a number over the steps of a run. of gives the number of a point, or null; text writes it. */
export class Chart {
  constructor(parent, { title, of, text, log = false }) {
    Object.assign(this, { title, of, text, log });
    this.figure = parent.appendChild(document.createElement('figure'));
    this.caption = this.figure.appendChild(document.createElement('figcaption'));
    this.svg = this.figure.appendChild(document.createElementNS(SVG, 'svg'));
    this.svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.svg.setAttribute('preserveAspectRatio', 'none');
    this.svg.setAttribute('role', 'img');
    this.path = this.svg.appendChild(document.createElementNS(SVG, 'path'));
  }

  /** Draws points, which are in the order of their steps, from step 0 to the last step of the run. */
  draw(points, steps) {
    const seen = points.map((p) => [p.step, this.of(p)]).filter(([, v]) => v !== null && (v > 0 || !this.log));
    this.figure.hidden = seen.length === 0;
    if (this.figure.hidden) return;
    const height = (v) => (this.log ? Math.log(v) : v), values = seen.map(([, v]) => v);
    const least = values.reduce((a, b) => Math.min(a, b)), most = values.reduce((a, b) => Math.max(a, b));
    const span = height(most) - height(least) || 1, wide = Math.max(steps, seen.at(-1)[0], 1);
    const corners = seen.map(([step, v]) => [(WIDTH * step) / wide, most === least ? HEIGHT / 2 : HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (height(v) - height(least))) / span]);
    const line = corners.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
    this.path.setAttribute('d', `M${line}${corners.length > 1 ? '' : 'h0'}`); // a single point is a dot
    const now = this.text(values.at(-1)), range = `${this.text(least)} to ${this.text(most)}`;
    this.caption.replaceChildren(`${this.title} ${now}`, Object.assign(document.createElement('span'), { textContent: `${range}${this.log ? ', logarithmic' : ''}` }));
    this.svg.setAttribute('aria-label', `${this.title} over the steps: ${range}, now ${now}`);
  }
}
