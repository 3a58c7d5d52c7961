#!/bin/sh
# Compiles the small kernels of vk's own tests: vk/testdata/*.comp to *.spv beside them.
set -eu
cd "$(dirname "$0")/../vk/testdata"
for source in *.comp; do
    glslc -O --target-env=vulkan1.1 "$source" -o "${source%.comp}.spv"
    spirv-val --target-env vulkan1.1 "${source%.comp}.spv"
done
