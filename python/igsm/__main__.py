import sys

from . import ModelError, load, render, save_png, save_safetensors


def main(args):
    if len(args) not in (2, 3):
        return "usage: python -m igsm MODEL OUT.png [HEIGHT] | MODEL OUT.safetensors"
    model = load(args[0])
    if args[1].endswith(".safetensors"):
        save_safetensors(args[1], model)
    else:
        picture = render(model, int(args[2]) if len(args) > 2 else None)
        save_png(args[1], picture[:, :, :model.layers[0].channels])
    return 0


try:
    sys.exit(main(sys.argv[1:]))
except (ModelError, OSError, ValueError) as err:
    sys.exit(f"igsm: {err}")
