import { draw, drawn } from './draw.js';

const LENS = 180; // side of the loupe, CSS px
const MAGNIFIED = 6;
const SLOW = 70; // ms; a slower picture is coarse while it moves

/** Draws the panes of the page: one model, or two behind a divider or side by side; and the loupe over them. */
export class Painter {
  panes = []; // {model, target, onlyTarget}
  shown = null;
  size = { width: 0, height: 0 }; // of the canvas, screen px
  placed = () => {};
  pointer = null;
  pace = 0; // ms of the last full frame
  moved = -Infinity;
  wanted = false;
  busy = false;

  constructor(canvas, lens, view, problem) {
    Object.assign(this, { canvas, lens, view, problem });
    canvas.addEventListener('webglcontextrestored', () => this.redraw());
  }

  /** Draws again when the canvas has another size on the screen. */
  watch(stage) {
    new ResizeObserver(() => {
      const { width, height } = this.screen();
      if (width !== this.size.width || height !== this.size.height) this.resize();
    }).observe(stage);
  }

  /** Takes the size of the canvas on the screen, and draws. */
  resize() {
    if (!this.panes.length) return;
    this.measure();
    this.redraw();
  }

  measure() {
    const { width, height } = (this.size = this.screen());
    const side = this.panes.length > 1 && this.shown.arrange === 'side';
    this.view.resize(this.panes[0].model, { width: side ? width / 2 : width, height });
  }

  screen() {
    const box = this.canvas.getBoundingClientRect();
    return { width: Math.max(Math.round(box.width * devicePixelRatio), 1), height: Math.max(Math.round(box.height * devicePixelRatio), 1) };
  }

  /** Screen px from the middle of the pane, from CSS px from the middle of the canvas. */
  inPane(dx, dy) {
    const side = this.panes.length > 1 && this.shown.arrange === 'side', quarter = this.canvas.getBoundingClientRect().width / 4;
    return [(side ? dx - Math.sign(dx) * quarter : dx) * devicePixelRatio, dy * devicePixelRatio];
  }

  hover(at) {
    this.pointer = at;
    if (this.shown?.loupe) this.redraw(true);
  }

  /** Draws soon. Requests that come while a frame is drawn become one. */
  redraw(moving = false) {
    if (moving) this.moved = performance.now();
    this.wanted = true;
    if (!this.busy) this.work();
  }

  async work() {
    this.busy = true;
    this.canvas.ariaBusy = 'true';
    let coarse = false;
    try {
      while (this.wanted) {
        this.wanted = false;
        await new Promise(requestAnimationFrame);
        coarse = this.pace > SLOW && performance.now() - this.moved < 200;
        const from = performance.now();
        this.paint(coarse ? Math.max(Math.sqrt(SLOW / this.pace), 0.25) : 1, true);
        await drawn(this.canvas);
        if (!coarse) this.pace = performance.now() - from;
        else if (!this.wanted) setTimeout(() => this.redraw(), 200);
      }
    } catch (err) {
      this.problem(err);
    }
    this.busy = false;
    this.canvas.ariaBusy = String(coarse); // a fine frame follows a coarse one
  }

  /** Draws at a share of the resolution of the screen. */
  paint(share, withLens) {
    const { width, height } = this.screen(), w = Math.max(Math.round(width * share), 1), h = Math.max(Math.round(height * share), 1);
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    this.part({ x: this.view.x, y: this.view.y, zoom: (this.view.zoom * w) / width, rect: [0, 0, w, h] }, this.shown.split);
    this.loupe(withLens, w / width);
    this.placed();
  }

  /** Draws all panes into a rectangle whose middle is the picture px (x, y). */
  part({ x, y, zoom, rect }, split) {
    const [left, top, width, height] = rect, [a, b] = this.panes;
    if (!b) this.pane(a, { x, y, zoom, rect });
    else if (this.shown.arrange === 'side') {
      const half = Math.floor(width / 2);
      this.pane(a, { x, y, zoom, rect: [left, top, half, height] });
      this.pane(b, { x, y, zoom, rect: [left + width - half, top, half, height] });
    } else {
      const cut = Math.round(width * Math.min(Math.max(split, 0), 1));
      this.pane(a, { x: x - (width - cut) / 2 / zoom, y, zoom, rect: [left, top, cut, height] });
      this.pane(b, { x: x + cut / 2 / zoom, y, zoom, rect: [left + cut, top, width - cut, height] });
    }
  }

  /** Draws a model or its target. x, y and zoom are in px of the first model, which may have another size. */
  pane({ model, target, onlyTarget }, { x, y, zoom, rect }) {
    const first = this.panes[0].model, scale = model.width / first.width;
    const show = onlyTarget ? 'target' : this.shown.show === 'error' && !target ? 'picture' : this.shown.show;
    draw(this.canvas, model, { x: x * scale, y: (y * model.height) / first.height, zoom: zoom / scale, rect, show, target, plane: this.shown.plane });
  }

  /** Draws the loupe around the pointer, or in the middle. */
  loupe(wanted, share) {
    const box = this.canvas.getBoundingClientRect(), on = wanted && this.shown.loupe;
    this.lens.hidden = !on;
    if (!on) return;
    const at = this.pointer ?? { x: box.width / 2, y: box.height / 2 }, scale = devicePixelRatio * share;
    const left = Math.min(Math.max(at.x - LENS / 2, 0), Math.max(box.width - LENS, 0)), top = Math.min(Math.max(at.y - LENS / 2, 0), Math.max(box.height - LENS, 0));
    Object.assign(this.lens.style, { left: `${left}px`, top: `${top}px`, width: `${LENS}px`, height: `${LENS}px` });
    const [dx, dy] = this.inPane(at.x - box.width / 2, at.y - box.height / 2);
    const zoom = this.view.zoom * share, side = Math.round(LENS * scale);
    // The divider has the place in the loupe that it has under it.
    const split = 0.5 + ((this.shown.split * box.width - at.x) * MAGNIFIED) / LENS;
    const rect = [Math.round(left * scale), Math.round(top * scale), side, side];
    this.part({ x: this.view.x + dx / this.view.zoom, y: this.view.y + dy / this.view.zoom, zoom: zoom * MAGNIFIED, rect }, split);
  }

  /** A PNG of what is seen, in all its pixels and without the loupe; null when there is none. */
  async png() {
    if (!this.panes.length) return null;
    this.measure(); // the window may have changed just now
    this.paint(1, false);
    const blob = await new Promise((done) => this.canvas.toBlob(done, 'image/png'));
    this.redraw();
    return blob;
  }
}
