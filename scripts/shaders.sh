#!/bin/sh
# Compiles every shaders/glsl/*.comp to shaders/spv/NAME.spv, validates it and writes shaders/manifest.txt. It proves the
# plain kernels, which have their constants filled in, and lists them in shaders/testdata/plain.txt. Needs glslc, spirv-opt and
# spirv-val (packages glslc and spirv-tools) and Go. With names as arguments it compiles only those kernels.
set -eu
cd "$(dirname "$0")/.."

# The manifest test reads these two lines: a change of flags makes every kernel stale. glslc -O would drop the names,
# which the layout test compares. So glslc does not optimise, and spirv-opt, the same optimiser, runs afterwards.
compile_flags="-O0 --target-env=vulkan1.1 -I shaders/glsl"
optimise_flags="-O --target-env=vulkan1.1"

mkdir -p shaders/spv
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ $# -eq 0 ]; then
    set -- $(for source in shaders/glsl/*.comp; do basename "$source" .comp; done)
    for old in shaders/spv/*.spv; do
        name=$(basename "$old" .spv)
        [ -e "shaders/glsl/$name.comp" ] || rm -f "$old"
    done
fi
for name in "$@"; do
    # shellcheck disable=SC2086 # the flags are several words
    glslc $compile_flags "shaders/glsl/$name.comp" -o "$scratch/plain.spv"
    # shellcheck disable=SC2086
    spirv-opt $optimise_flags "$scratch/plain.spv" -o "$scratch/$name.spv"
    spirv-val --target-env vulkan1.1 "$scratch/$name.spv"
    mv "$scratch/$name.spv" "shaders/spv/$name.spv"
done
go test ./shaders -count=1 -run '^(TestManifest|TestPlainIsProven)$' -update
