from dataclasses import dataclass, field

import numpy as np


class ModelError(ValueError):
    """A file that is no model of igs, or that is damaged."""


@dataclass
class Layer:
    """A picture of a stack; a plain picture has one layer. low and high are the values of the samples 0 and 1.

    With alpha, the last of the channels is alpha * sqrt(n)/2 for n colours, and the others are colour * alpha + (1 - alpha)/2.
    """
    name: str
    channels: int
    depth: int
    low: float = 0.0
    high: float = 1.0
    alpha: bool = False

    @classmethod
    def stored(cls, name, channels, depth, low, high):
        """The layer of a file. The highest bit of its channels says that the last of them is alpha."""
        return cls(name, channels & 127, depth, low, high, channels > 127)


@dataclass
class Model:
    """N splats and what is needed to draw them. Arrays are float32 of N rows."""
    width: int  # of the picture of the training, px
    height: int
    topk: int  # how many splats count at a pixel
    gamma: float
    recipe: str
    version: str  # of igs
    layers: list[Layer] = field(default_factory=list)
    xy: np.ndarray = None  # centres in units of width and height
    scale: np.ndarray = None  # inverse standard deviations along the own axes, 1/px
    rot: np.ndarray = None  # angle of the first axis, radians; N
    feat: np.ndarray = None  # features, one column a channel

    @property
    def channels(self):
        return sum(layer.channels for layer in self.layers)

    def set_planes(self, planes):
        """Takes the planes x, y, t1, t2, angle and features."""
        planes = np.asarray(planes, np.float32)
        if not np.isfinite(planes).all():
            raise ModelError("the model is damaged: a parameter is not finite")
        self.xy, self.scale, self.rot, self.feat = planes[:2].T.copy(), planes[2:4].T.copy(), planes[4].copy(), planes[5:].T.copy()

    def check(self, count, need, size):
        """Refuses a header with quantities that no model has. need is the memory to decode it, size that of the file, bytes."""
        if not (1 <= self.width <= 65535 and 1 <= self.height <= 65535 and 1 <= self.topk <= 32 and 0 < self.gamma < float("inf") and 1 <= self.channels <= 12):
            raise ModelError("the model is damaged: its header cannot be")
        for layer in self.layers:
            if layer.alpha and layer.channels not in (2, 4):
                raise ModelError(f"the model is damaged: a layer with alpha has {layer.channels} channels")
            if layer.channels < 1 or not np.isfinite([layer.low, layer.high]).all() or layer.low >= layer.high:
                raise ModelError("the model is damaged: a layer has no channels or no range")
        if need > 48 * 2**20 + 12 * size:
            raise ModelError(f"the model is damaged: it claims {count} splats")
