import { CUT, geometry } from './splats.js';
import { TILE, TileLists } from './lists.js';
import { alphaOf, channelsOf } from './planes.js';
import { DrawError, linked, setter } from './programs.js';
import * as shaders from './shaders.js';

export { planes } from './planes.js';
export { DrawError };

/** Radius of the ellipses in standard deviations: at 1.5 the ellipses of neighbours just touch. */
const SIGMAS = 1.5;
const ELLIPSE = (SIGMAS * SIGMAS) / 2;
const WIDTH = 2048; // of the textures that hold arrays
const NOWHERE = [1e9, 1e9, 1, 0, 1]; // a splat that reaches no pixel

const renderers = new WeakMap();

/**
 * Draws a view of a model on a canvas, at the size that the canvas has. Other parts of the canvas do not change.
 * A browser without WebGL 2 is a DrawError.
 */
export function draw(canvas, model, view) {
  let renderer = renderers.get(canvas);
  if (!renderer) renderers.set(canvas, (renderer = new Renderer(canvas)));
  if (renderer.gl.isContextLost()) renderers.delete(canvas); // all that it made is lost too
  else renderer.draw(model, view);
}

/** Waits until the canvas shows what was drawn. A frame that is drawn meanwhile would only wait in a queue. */
export async function drawn(canvas) {
  const gl = renderers.get(canvas)?.gl;
  if (!gl || gl.isContextLost()) return;
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  while (!gl.isContextLost() && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) await new Promise((done) => setTimeout(done));
  gl.deleteSync(fence);
}

class Renderer {
  constructor(canvas) {
    // The picture is kept for toBlob and for views that draw parts of the canvas.
    this.gl = canvas.getContext('webgl2', { antialias: false, depth: false, preserveDrawingBuffer: true });
    if (!this.gl) throw new DrawError('This browser has no WebGL 2, which is needed to draw a model.');
    canvas.addEventListener('webglcontextlost', lost, { once: true });
    this.canvas = canvas;
    this.lists = new TileLists();
    this.programs = new Map();
    this.textures = {};
    this.arrays = {};
    this.blocks = null; // the packed pixels
    this.targets = new WeakMap();
    this.gl.bindVertexArray(this.gl.createVertexArray());
  }

  draw(model, view) {
    const { gl, canvas } = this;
    const [x, y, width, height] = view.rect ?? [0, 0, canvas.width, canvas.height];
    if (width < 1 || height < 1) return;
    const area = { width, height, zoom: view.zoom, left: view.x - width / 2 / view.zoom, top: view.y - height / 2 / view.zoom };
    const corner = [x, canvas.height - y - height];
    gl.viewport(...corner, width, height);
    gl.scissor(...corner, width, height);
    gl.enable(gl.SCISSOR_TEST);
    if (view.show === 'target') this.target(model, view, area, corner);
    else if (view.show === 'splats') this.ellipses(model, view, area);
    else this.picture(model, view, area, corner);
  }

  /** The picture, its error or the density of its splats. */
  picture(model, view, area, corner) {
    const { gl, lists } = this, g = cachedGeometry(model), density = view.show === 'density';
    lists.build(g, density ? ELLIPSE : CUT, area);
    const n = lists.visible.length, channels = channelsOf(model, view), { share, alpha } = alphaOf(model, view);
    const withAlpha = !!alpha && !density, per = withAlpha ? 16 : 8;
    const splats = this.array('splats', per * (n + 1));
    for (let k = 0; k < n; k++) {
      const i = lists.visible[k], splat = g.index[i], at = per * k;
      geometryOf(splats, at, g, i, area);
      for (let c = 0; c < 3; c++) splats[at + 5 + c] = channels[c][splat];
      if (withAlpha) splats[at + 8] = alpha[splat];
    }
    splats.fill(0, per * n, per * (n + 1)).set(NOWHERE, per * n); // of the entries that fill a texel
    this.upload('splats', gl.RGBA32F, per * (n + 1), splats);
    this.upload('entries', gl.RGBA32I, lists.length, lists.entries);
    this.upload('lists', gl.RG32I, 2 * lists.tiles, lists.lists);
    this.pixels(area);
    const first = density
      ? this.use('density', shaders.everywhere, () => shaders.density(TILE))
      : this.use(`picture ${model.topK} ${withAlpha}`, shaders.everywhere, () => shaders.picture(model.topK, TILE, withAlpha));
    this.bind(['splats', 'entries', 'lists'], first.set);
    first.set('across', lists.across);
    first.set('cut', (density ? ELLIPSE : CUT) * Math.LOG2E);
    first.set('gamma', 1 / model.gamma);
    gl.drawArrays(gl.TRIANGLES, 0, 3);

    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(...corner, area.width, area.height);
    gl.scissor(...corner, area.width, area.height);
    const { set } = this.use(`present ${withAlpha} ${view.show}`, shaders.everywhere, () => shaders.present(withAlpha, view.show));
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.blocks.texture);
    set('blocks', 0);
    this.place(set, model, area, corner);
    set('share', share);
    if (view.show === 'error') this.bindTarget(view.target);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Binds the texture with the packed pixels of pass 1, which has a layer for each row of its blocks. */
  pixels({ width, height }) {
    const { gl } = this, w = Math.ceil(width / 4), h = Math.ceil(height / shaders.ROWS), old = this.blocks;
    if (!old || old.w < w || old.h < h) {
      this.frame ??= gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
      if (old) gl.deleteTexture(old.texture);
      const texture = this.texture(gl.RGBA32I, w, h, shaders.ROWS), buffers = [];
      for (let r = 0; r < shaders.ROWS; r++) {
        buffers.push(gl.COLOR_ATTACHMENT0 + r);
        gl.framebufferTextureLayer(gl.FRAMEBUFFER, buffers[r], texture, 0, r);
      }
      gl.drawBuffers(buffers);
      this.blocks = { texture, w, h };
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.viewport(0, 0, w, h);
    gl.scissor(0, 0, w, h);
  }

  /** A new texture of numbers, or with layers an array of textures. It is bound. */
  texture(format, w, h, layers = 0) {
    const { gl } = this, texture = gl.createTexture(), kind = layers ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D;
    gl.bindTexture(kind, texture);
    if (layers) gl.texStorage3D(kind, 1, format, w, h, layers);
    else gl.texStorage2D(kind, 1, format, w, h);
    gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    return texture;
  }

  /** Each splat as an ellipse in its colour, large ones first, on grey. */
  ellipses(model, view, area) {
    const { gl } = this, g = cachedGeometry(model), channels = channelsOf(model, view);
    const reach = Math.sqrt(ELLIPSE) * area.zoom, gamma = 1 / model.gamma;
    const eight = (v) => Math.round(255 * Math.min(Math.max(v, 0), 1) ** gamma);
    let n = 0;
    const seen = largestFirst(g).filter((i) => {
      const dx = (g.x[i] - area.left) * area.zoom, dy = (g.y[i] - area.top) * area.zoom, w = g.w[i] * reach + 1, h = g.h[i] * reach + 1;
      return dx + w > 0 && dy + h > 0 && dx - w < area.width && dy - h < area.height;
    });
    const splats = this.array('splats', 8 * seen.length);
    for (const i of seen) {
      const splat = g.index[i], at = 8 * n++;
      geometryOf(splats, at, g, i, area);
      splats[at + 5] = Math.min(g.w[i] * reach, 1e6);
      splats[at + 6] = Math.min(g.h[i] * reach, 1e6);
      splats[at + 7] = (eight(channels[0][splat]) << 16) | (eight(channels[1][splat]) << 8) | eight(channels[2][splat]);
    }
    this.upload('splats', gl.RGBA32F, 8 * n, splats);
    gl.clearColor(0.5, 0.5, 0.5, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const { set } = this.use('ellipses', shaders.corners, () => shaders.ellipse);
    this.bind(['splats'], set);
    set('area', [area.width, area.height]);
    set('cut', ELLIPSE * Math.LOG2E);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, n);
    gl.disable(gl.BLEND);
  }

  target(model, view, area, corner) {
    const { set } = this.use('target', shaders.everywhere, () => shaders.target);
    this.bindTarget(view.target);
    this.place(set, model, area, corner);
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
  }

  place(set, model, area, corner) {
    set('corner', corner);
    set('height', area.height);
    set('place', [area.left, area.top, area.zoom]);
    set('size', [model.width, model.height]);
  }

  bind(names, set) {
    names.forEach((name, unit) => {
      this.gl.activeTexture(this.gl.TEXTURE0 + unit);
      this.gl.bindTexture(this.gl.TEXTURE_2D, this.textures[name].texture);
      set(name, unit);
    });
  }

  /** Uploads a picture (an ImageBitmap, image or canvas) once, with colours multiplied by alpha. A smaller drawing of it is smooth. */
  bindTarget(source) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE3);
    let texture = this.targets.get(source);
    if (texture) gl.bindTexture(gl.TEXTURE_2D, texture);
    else {
      texture = gl.createTexture();
      this.targets.set(source, texture);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true); // an ImageBitmap is already as it was made
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, fitting(source, gl.getParameter(gl.MAX_TEXTURE_SIZE)));
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false); // it would change arrays too
      gl.generateMipmap(gl.TEXTURE_2D);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    }
  }

  /** An array of at least n numbers, which is kept between frames. It has whole rows of a texture. */
  array(name, n) {
    const perRow = 4 * WIDTH, old = this.arrays[name];
    return old && old.length >= n ? old : (this.arrays[name] = new Float32Array(Math.ceil((1.5 * n) / perRow) * perRow));
  }

  /** Puts the first n numbers of an array, which has whole rows, into a texture, which grows when it is too small. */
  upload(name, format, n, data) {
    const { gl } = this, per = format === gl.RG32I ? 2 : 4, rows = Math.max(Math.ceil(n / (per * WIDTH)), 1);
    let t = this.textures[name];
    gl.activeTexture(gl.TEXTURE0);
    if (!t || t.rows < rows) {
      if (t) gl.deleteTexture(t.texture);
      const most = gl.getParameter(gl.MAX_TEXTURE_SIZE);
      if (rows > most) throw new DrawError('The model has more splats here than this browser can draw: zoom in.');
      const space = Math.min(Math.ceil(rows * 1.5), most);
      this.textures[name] = t = { texture: this.texture(format, WIDTH, space), rows: space };
    } else gl.bindTexture(gl.TEXTURE_2D, t.texture);
    const [kind, type] = { [gl.RGBA32F]: [gl.RGBA, gl.FLOAT], [gl.RGBA32I]: [gl.RGBA_INTEGER, gl.INT], [gl.RG32I]: [gl.RG_INTEGER, gl.INT] }[format];
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, WIDTH, rows, kind, type, data);
  }

  /** Selects a program; set gives a value to a uniform of it. */
  use(name, vertex, fragment) {
    const { gl } = this;
    let made = this.programs.get(name);
    if (!made) {
      const program = linked(gl, vertex, fragment());
      made = { program, set: setter(gl, program) };
      this.programs.set(name, made);
      gl.useProgram(program);
      made.set('other', 3); // two kinds of samplers must not share a unit, even when one is not used
    }
    gl.useProgram(made.program);
    return made;
  }
}

/** Lets the browser give the context of a canvas back, and forgets what was made in the lost one. */
function lost(e) {
  e.preventDefault();
  renderers.delete(e.target);
}

/** Centre and conic of splat i in px of the area, at data[at]. Exponents are those of 2. */
function geometryOf(data, at, g, i, { left, top, zoom }) {
  const square = Math.LOG2E / (zoom * zoom);
  data[at] = (g.x[i] - left) * zoom;
  data[at + 1] = (g.y[i] - top) * zoom;
  data[at + 2] = g.A[i] * square;
  data[at + 3] = g.B[i] * square;
  data[at + 4] = g.C[i] * square;
}

function fitting(source, most) {
  const shrink = most / Math.max(source.width, source.height);
  if (shrink >= 1) return source;
  const smaller = new OffscreenCanvas(Math.floor(source.width * shrink), Math.floor(source.height * shrink));
  smaller.getContext('2d').drawImage(source, 0, 0, smaller.width, smaller.height);
  return smaller;
}

const geometries = new WeakMap();

function cachedGeometry(model) {
  if (!geometries.has(model)) geometries.set(model, geometry(model));
  return geometries.get(model);
}

function largestFirst(g) {
  if (!g.order) {
    const area = g.A.map((A, i) => 4 * A * g.C[i] - g.B[i] ** 2); // the inverse of its square
    g.order = Uint32Array.from({ length: g.n }, (_, i) => i).sort((i, j) => area[i] - area[j]);
  }
  return g.order;
}
