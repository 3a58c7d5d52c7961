#!/bin/sh
# Compiles the kernels that only tests use, in the folders testdata of vk, optim/selfcheck and shaders. Those of shaders
# keep their names. Needs glslc and spirv-val.
set -eu
cd "$(dirname "$0")/.."
for source in vk/testdata/*.comp optim/selfcheck/testdata/*.comp shaders/testdata/*.comp; do
    optimise=-O
    case $source in shaders/*) optimise=-O0 ;; esac # -O drops names
    glslc $optimise --target-env=vulkan1.1 -I shaders/glsl "$source" -o "${source%.comp}.spv"
    spirv-val --target-env vulkan1.1 "${source%.comp}.spv"
done
