import { angles, attributes, colourStep } from './attributes.js';
import { addLayer, checkHeader, damaged } from './header.js';
import { finite } from './parameters.js';
import { places } from './places.js';
import { RangeDecoder } from './rangecoder.js';

/** Reads a model of format version 2. size is the length of the file in bytes. */
export function read(r, size) {
  const model = readHeader(r, size);
  const steps = { position: number(r), size: number(r), angle: number(r), colour: number(r) };
  const low = [0, 0], span = [0, 0];
  for (const axis of [0, 1]) {
    const v = number(r);
    low[axis] = v % 2 ? -(v + 1) / 2 : v / 2;
    span[axis] = number(r);
  }
  const middle = number(r), rules = Array.from({ length: 5 + 3 * model.channels }, () => r.i16());
  const most = { position: 2 ** 28, size: 2 ** 24, angle: 2 ** 22, colour: 2 ** 32 };
  const right = Object.keys(most).every((k) => steps[k] > 0 && steps[k] < most[k]) && middle > 0 && middle < 2 ** 16;
  if (!right || low.some((v, k) => v < -(2 ** 22) || v + span[k] > 2 ** 22)) throw damaged('a number is out of range');

  const coder = new RangeDecoder(r.take(r.bytes.length - r.at));
  const [x, y] = places(coder, model.count, span).map((levels, axis) => levels.map((v) => v + low[axis]));
  const symbols = attributes(coder, { x, y, steps, middle, rules, channels: model.channels });
  place(model, x, y, steps);
  shape(model, symbols, steps);
  model.features = colours(model, symbols, steps);
  [model.x, model.y, model.t1, model.t2, model.angle, ...model.features].forEach(finite);
  return model;
}

function readHeader(r, size) {
  const flags = r.u8(), layers = r.u8(), topK = r.u8(), width = r.u16(), height = r.u16(), count = r.u32();
  if (flags > 3) throw damaged('its flags are unknown');
  const recipeBytes = r.u8(), igsBytes = r.u8(), gamma = flags & 1 ? r.f64() : 1;
  const model = { width, height, topK, gamma, count, channels: 0, recipe: r.text(recipeBytes), igs: r.text(igsBytes), layers: [] };
  for (let i = 0; i < layers; i++) {
    const channels = r.u8(), depth = r.u8(), nameBytes = r.u8();
    const [low, high] = flags & 2 ? [r.f32(), r.f32()] : [0, 1];
    addLayer(model, { name: r.text(nameBytes), channels, depth, low, high });
  }
  checkHeader(model, count * (8 * (5 + model.channels) + 8), size);
  if (count > 4 * size) throw damaged(`it claims ${count} splats`);
  return model;
}

/** Reads an unsigned LEB128 number. */
function number(r) {
  let v = 0;
  for (let unit = 1; unit < 2 ** 42; unit *= 128) {
    const byte = r.u8();
    v += (byte & 127) * unit;
    if (byte < 128) return v;
  }
  throw damaged('a number is too long');
}

// From symbols to parameters. Each operation is one of float64, and the result is rounded to float32.

function place(model, x, y, steps) {
  model.x = Float32Array.from(x, (v) => (v * steps.position) / 2 ** 20 / model.width);
  model.y = Float32Array.from(y, (v) => (v * steps.position) / 2 ** 20 / model.height);
}

function shape(model, { size, aspect, angle }, steps) {
  const n = model.count;
  model.t1 = new Float32Array(n);
  model.t2 = new Float32Array(n);
  model.angle = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const z = (size[i] * steps.size) / 2 ** 20, sigma = Math.sqrt(z * z * z), k = exp((1.5 * aspect[i]) / size[i]);
    model.t1[i] = k / sigma;
    model.t2[i] = 1 / (k * sigma);
    model.angle[i] = (Math.PI * angle[i]) / angles(size[i], aspect[i], steps.angle);
  }
}

/** e to v by a series, so that each language gets the same bits. */
function exp(v) {
  v /= 256;
  let e = 1;
  for (let i = 5; i > 0; i--) e = 1 + (v * e) / i;
  for (let i = 0; i < 8; i++) e *= e;
  return e;
}

/** The first three channels of a layer of three or more are sum and differences of R, G and B. */
function colours(model, { size, colour }, steps) {
  const unit = size.map((s) => colourStep(s, steps.colour)), values = colour.map((levels) => levels.map((v, i) => (v * unit[i]) / 2 ** 24));
  for (const { channels, first } of model.layers) {
    if (channels < 3) continue;
    const [r, g, b] = values.slice(first, first + 3);
    for (let i = 0; i < model.count; i++) {
      const p = r[i] * 0.5773502691896258, q = g[i] * 0.7071067811865476, s = b[i] * 0.4082482904638631;
      r[i] = p + q - s;
      g[i] = p + 2 * s;
      b[i] = p - q - s;
    }
  }
  return values.map((v) => Float32Array.from(v));
}
