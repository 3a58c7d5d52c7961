#!/usr/bin/env python3
"""Writes small.pt as torch.save writes a checkpoint of Image-GS: the same zip, and the same calls of Python's own
pickler, whose classes of torch are stubs with the right names. No torch is needed. The numbers are those that
research_test.go computes.

usage: checkpoint.py small.pt"""
import collections
import io
import pickle
import struct
import sys
import types
import zipfile

N, C = 40, 3

torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
sys.modules.update({"torch": torch, "torch._utils": utils})


def stub(module, name, value):
    value.__module__, value.__qualname__, value.__name__ = module.__name__, name, name
    setattr(module, name, value)
    return value


FloatStorage = stub(torch, "FloatStorage", type("FloatStorage", (), {}))
rebuild = stub(utils, "_rebuild_tensor_v2", lambda *args: None)
stored = []


class Storage:
    def __init__(self, values):
        self.values, self.key = values, str(len(stored))
        stored.append(self)


class Tensor:
    def __init__(self, values, *size):
        self.storage, self.size = Storage(values), size
        self.stride = (size[1], 1) if len(size) == 2 else (1,) * len(size)

    def __reduce_ex__(self, protocol):
        return rebuild, (self.storage, 0, self.size, self.stride, False, collections.OrderedDict())


class Pickler(pickle._Pickler):
    def persistent_id(self, obj):
        if isinstance(obj, Storage):
            return "storage", FloatStorage, obj.key, "cuda:0", len(obj.values)


def fraction(i, j, prime):
    return (i * 37 + j * 61) % prime / prime


xy = [fraction(i, j, 101) for i in range(N) for j in range(2)]
scale = [0.05 + 0.3 * fraction(i, j, 89) for i in range(N) for j in range(2)]
rot = [6 * fraction(i, 0, 83) - 3 for i in range(N)]
feat = [fraction(i, j, 79) for i in range(N) for j in range(C)]

state = collections.OrderedDict(
    xy=Tensor(xy, N, 2), scale=Tensor(scale, N, 2), rot=Tensor(rot, N, 1), feat=Tensor(feat, N, C), vis_feat=Tensor([0.5] * N * C, N, C))
state._metadata = collections.OrderedDict([("", {"version": 1})])
group = {"lr": 5e-4, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "amsgrad": False, "foreach": None, "params": [0]}
moments = {"step": Tensor([100.0]), "exp_avg": Tensor([0.0] * 2 * N, N, 2)}
checkpoint = {
    "step": 100, "psnr": 27.5, "ssim": 0.8, "lpips": 0.1, "flip": 0.05, "msssim": 0.9, "bytes": 1440.0, "time": 1.5,
    "state_dict": state, "optim_state_dict": {"state": {0: moments}, "param_groups": [group]}}

data = io.BytesIO()
Pickler(data, protocol=2).dump(checkpoint)
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_STORED) as out:
    def put(name, content):
        out.writestr(zipfile.ZipInfo("ckpt_step-100/" + name), content)

    put("data.pkl", data.getvalue())
    put("byteorder", "little")
    for s in stored:
        put("data/" + s.key, struct.pack(f"<{len(s.values)}f", *s.values))
    put("version", "3\n")
    put(".data/serialization_id", "0" * 40)
