import { ModelError } from './reader.js';

const damaged = (what) => new ModelError(`The model is damaged: ${what}.`);

/** Reads the header of versions 1 and 2: it gives a model without splats, the bits of the groups and the number of splats n. */
export function readHeader(r, size) {
  const layers = r.u8(), topK = r.u8();
  const bits = { xy: r.u8(), scale: r.u8(), rot: r.u8(), feat: r.u8() };
  const width = r.u32(), height = r.u32(), n = r.u32(), gamma = r.f64();
  const recipeBytes = r.u8(), igsBytes = r.u8();
  const model = { width, height, topK, gamma, count: n, channels: 0, recipe: r.text(recipeBytes), igs: r.text(igsBytes), layers: [] };
  for (let i = 0; i < layers; i++) {
    const channels = r.u8(), depth = r.u8(), low = r.f32(), high = r.f32(), name = r.text(r.u8());
    if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) throw damaged('a layer has no range');
    model.layers.push({ name, channels, depth, low, high, first: model.channels });
    model.channels += channels;
  }
  check(model, bits);
  if (n * (4 * (5 + model.channels) + 17) > 48 * 2 ** 20 + 12 * size) throw damaged(`it claims ${n} splats`);
  return { model, bits, n };
}

function check({ width, height, topK, gamma, channels, layers }, bits) {
  const between = (v, low, high) => v >= low && v <= high;
  if (!between(width, 1, 65535) || !between(height, 1, 65535)) throw damaged(`it claims a picture of ${width} × ${height} px`);
  if (!between(topK, 1, 32)) throw damaged(`it claims ${topK} splats a pixel`);
  if (!(gamma > 0 && Number.isFinite(gamma))) throw damaged('it has no gamma');
  if (!between(channels, 1, 12) || layers.some((l) => l.channels < 1)) throw damaged(`it claims ${channels} channels`);
  if (Object.values(bits).some((b) => !between(b, 4, 32))) throw damaged('the bits of its parameters are unknown');
}
