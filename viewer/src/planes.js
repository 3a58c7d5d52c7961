/** What can be drawn of a model: each layer of 1 or 3 channels and perhaps alpha, and each channel of the others. */
export function planes(model) {
  return model.layers.flatMap(({ name, channels, alpha, first }, i) => {
    name ||= model.layers.length > 1 ? `layer ${i + 1}` : 'picture';
    if (alpha) return [{ name, first, channels: channels - 1, layer: i, alpha: first + channels - 1 }];
    if (channels === 1 || channels === 3) return [{ name, first, channels, layer: i }];
    return Array.from({ length: channels }, (_, c) => ({ name: `${name} ${c + 1}`, first: first + c, channels: 1, layer: i }));
  });
}

/** The plane of features with the alpha of a view, and what it is multiplied by. Without alpha share is 0. */
export function alphaOf(model, view) {
  const { alpha, channels } = planes(model)[view.plane ?? 0];
  return alpha === undefined ? { share: 0 } : { share: Math.sqrt(channels) / 2, alpha: model.features[alpha] };
}

/** The three planes of features that a view shows as red, green and blue. */
export function channelsOf(model, view) {
  const plane = planes(model)[view.plane ?? 0];
  return [0, 1, 2].map((c) => model.features[plane.first + (plane.channels === 3 ? c : 0)]);
}
