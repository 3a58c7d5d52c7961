import numpy as np

CUT = 18.0  # exponents above this do not count: six standard deviations
FLOOR = 1e-4  # of the denominator
TILE = 32


def render(model, height=None):
    """Renders a model: rows x columns x channels, float64 from 0 to 1. height is that of the training unless it is given.

    A layer with alpha has its colours, which are not multiplied by alpha, and then its alpha.

    At each pixel the model.topk splats of the least exponents count, weighted by exp(-s) and normalised. Memory and time follow
    the number of splats that reach a tile of 32 x 32 px.
    """
    height = height or model.height
    zoom = height / model.height
    width = round(model.width * zoom)
    xy = model.xy.astype(np.float64) * [width, height]
    conic, reach = _conics(model, zoom)
    feature = model.feat.astype(np.float64)
    picture = np.empty((height, width, feature.shape[1]))
    for top in range(0, height, TILE):
        bottom = min(top + TILE, height)
        in_rows = np.nonzero((xy[:, 1] + reach[:, 1] >= top) & (xy[:, 1] - reach[:, 1] <= bottom))[0]
        for left in range(0, width, TILE):
            right = min(left + TILE, width)
            near = in_rows[(xy[in_rows, 0] + reach[in_rows, 0] >= left) & (xy[in_rows, 0] - reach[in_rows, 0] <= right)]
            s = _exponents(xy[near], conic[near], np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
            alpha = np.exp(-_nearest(s, model.topk))
            colour = alpha.T @ feature[near] / (alpha.sum(axis=0)[:, None] + FLOOR)
            picture[top:bottom, left:right] = colour.reshape(bottom - top, right - left, -1)
    picture = np.clip(picture, 0, 1) ** (1 / model.gamma)
    first = 0
    for layer in model.layers:
        if layer.alpha:
            _unmix(picture[:, :, first:first + layer.channels])
        first += layer.channels
    return picture


def _unmix(picture):
    """Replaces colours over mid grey by colours, in place. Where alpha is 0 they are black."""
    colours = picture.shape[2] - 1
    alpha = np.minimum(picture[:, :, colours:] / (np.sqrt(colours) / 2), 1)
    seen = np.clip(picture[:, :, :colours] - (1 - alpha) / 2, 0, alpha)
    picture[:, :, :colours] = np.where(alpha > 0, seen / np.where(alpha > 0, alpha, 1), 0)
    picture[:, :, colours:] = alpha


def _conics(model, zoom):
    """a/2, b, c/2 of each splat, and the half-widths of the box with s <= CUT."""
    p, q = (model.scale.astype(np.float64).T / zoom) ** 2
    cos, sin = np.cos(model.rot.astype(np.float64)), np.sin(model.rot.astype(np.float64))
    conic = np.stack([0.5 * (p * cos**2 + q * sin**2), (p - q) * cos * sin, 0.5 * (p * sin**2 + q * cos**2)], axis=1)
    vp, vq = 2 * CUT / np.maximum(p, 1e-12), 2 * CUT / np.maximum(q, 1e-12)
    return conic, np.sqrt(np.stack([vp * cos**2 + vq * sin**2, vp * sin**2 + vq * cos**2], axis=1))


def _exponents(xy, conic, columns, rows):
    """s of each splat at each pixel: splats x pixels."""
    dx, dy = columns[None, :] - xy[:, :1], rows[None, :] - xy[:, 1:]
    a, b, c = (conic[:, k:k + 1] for k in range(3))
    s = (a * dx * dx)[:, None, :] + (c * dy * dy)[:, :, None] + (b * dy)[:, :, None] * dx[:, None, :]
    return s.reshape(len(xy), -1)


def _nearest(s, k):
    """s with infinity where it is above the cut or not among the k least of its pixel."""
    s = np.where(s <= CUT, s, np.inf)
    if len(s) > k:
        s[s > np.partition(s, k - 1, axis=0)[k - 1]] = np.inf
    return s
