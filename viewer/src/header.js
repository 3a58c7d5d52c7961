import { ModelError } from './reader.js';

/** The error of a file with a right checksum whose content cannot be. */
export const damaged = (what) => new ModelError(`The model is damaged: ${what}.`);

/** Adds a layer to a model. The highest bit of the channels says that the last of them is alpha. */
export function addLayer(model, { name, channels: stored, depth, low, high }) {
  const channels = stored & 127, alpha = stored > 127;
  if (alpha && channels !== 2 && channels !== 4) throw damaged(`a layer with alpha has ${channels} channels`);
  if (channels < 1 || !Number.isFinite(low) || !Number.isFinite(high) || low >= high) throw damaged('a layer has no channels or no range');
  model.layers.push({ name, channels, alpha, depth, low, high, first: model.channels });
  model.channels += channels;
}

/** Refuses a header with quantities that no model has. bytes is the memory to decode it, size that of the file. */
export function checkHeader({ width, height, topK, gamma, channels, count }, bytes, size) {
  const between = (v, low, high) => v >= low && v <= high;
  if (!between(width, 1, 65535) || !between(height, 1, 65535)) throw damaged(`it claims a picture of ${width} × ${height} px`);
  if (!between(topK, 1, 32)) throw damaged(`it claims ${topK} splats a pixel`);
  if (!(gamma > 0 && Number.isFinite(gamma))) throw damaged('it has no gamma');
  if (!between(channels, 1, 12)) throw damaged(`it claims ${channels} channels`);
  if (bytes > 48 * 2 ** 20 + 12 * size) throw damaged(`it claims ${count} splats`);
}
