import json
import struct

import numpy as np


def save_safetensors(path, model):
    """Writes xy (N, 2), scale (N, 2), rot (N, 1) and feat (N, C) as float32, as `igs convert` does. igs reads the file back."""
    tensors = {"xy": model.xy, "scale": model.scale, "rot": model.rot[:, None], "feat": model.feat}
    layers = [dict(name=v.name, channels=v.channels, depth=v.depth, low=v.low, high=v.high) for v in model.layers]
    for v, layer in zip(model.layers, layers):
        if v.alpha:
            layer["alpha"] = True
    header = {"__metadata__": {
        "format": "igs-model 1", "width": str(model.width), "height": str(model.height), "topk": str(model.topk), "gamma": repr(model.gamma),
        "layers": json.dumps(layers), "bits": "[32,32,32,32]", "recipe": model.recipe, "version": model.version,
    }}
    at = 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + 4 * values.size]}
        at += 4 * values.size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values, "<f4").tobytes())
