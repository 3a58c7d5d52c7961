"""Reads and renders the models of igs (.igsm): pictures of 2D Gaussians.

    import igsm
    model = igsm.load("model.igsm")
    picture = igsm.render(model, height=512)          # rows x columns x channels, 0 to 1
    igsm.save_safetensors("model.safetensors", model)

Needs NumPy. Compressed files of format version 1 need the module zstandard or the command zstd too. `python -m igsm MODEL OUT.png [HEIGHT]` renders a
model, and `python -m igsm MODEL OUT.safetensors` converts it.
"""
from .decode import decode, load
from .model import Layer, Model, ModelError
from .png import save_png
from .render import render
from .safetensors import save_safetensors

__all__ = ["decode", "load", "Layer", "Model", "ModelError", "render", "save_png", "save_safetensors"]
