#!/bin/sh
# Compiles the small kernels that only tests use: vk/testdata/*.comp, and
# shaders/testdata/*.comp with their names kept. Needs glslc and spirv-val.
set -eu
cd "$(dirname "$0")/.."
for source in vk/testdata/*.comp shaders/testdata/*.comp; do
    optimise=-O
    case $source in shaders/*) optimise=-O0 ;; esac # -O drops names
    glslc $optimise --target-env=vulkan1.1 "$source" -o "${source%.comp}.spv"
    spirv-val --target-env vulkan1.1 "${source%.comp}.spv"
done
