#!/bin/bash
# Tests and measures igs in 15 minutes on a machine with a graphics card, without Go and without a network.
#
#   scripts/gpuday.sh pack          makes build/gpuday: this script, igs, tests, pictures, the Vulkan loader
#   scripts/gpuday.sh run [OUT]     on that machine: build/gpuday/gpuday.sh run; logs and summary.md go to OUT
#   scripts/gpuday.sh plan          lists the steps with their expected seconds, and the sum
#
# SMALL=1 runs small sizes on any device. VK_DRIVER_FILES names the driver; without it the script looks for one of
# NVIDIA. The most important steps are first. Each step has a log. It is stopped after three times its expected time, or
# after DAY (840 s) in all. Steps for which no time is left are skipped. The summary names failures; it is written
# before each step.
set -u
most=62000000 # bytes of the pack, whose upload is limited to 64 MiB
day=${DAY:-840}
reserve=15 # s for the summary and for programs that end slowly

pack() {
    set -e
    cd "$(dirname "$0")/.."
    to=build/gpuday
    rm -rf $to
    mkdir -p $to/lib $to/pictures
    cp scripts/gpuday.sh $to/
    # The binary needs only the C library (for cgo), which every machine has.
    go build -trimpath -ldflags "-s -w -X main.linked=$(git describe --always --dirty 2>/dev/null || echo unknown)" -o $to/igs ./cmd/igs
    for package in vk optim/engine optim/selfcheck optim; do
        go test -c -trimpath -ldflags "-s -w" -o "$to/$(echo $package | tr / -).test" ./$package
    done
    photo=$(go list -m -f '{{.Dir}}' github.com/disintegration/imaging)/testdata/branches.jpg
    cp "$photo" $to/pictures/photo.jpg
    chmod u+w $to/pictures/photo.jpg
    go run scripts/enlarge.go $to/pictures/photo.jpg $to/pictures/2k.jpg 2048x2048
    go run scripts/enlarge.go $to/pictures/photo.jpg $to/pictures/8k.jpg 7680x4320
    # The loader, and the libraries that drivers of NVIDIA need on a machine without a screen.
    for lib in libvulkan.so.1 libX11.so.6 libxcb.so.1 libXau.so.6 libXdmcp.so.6 libXext.so.6 libbsd.so.0 libmd.so.0; do
        found=$(ldconfig -p | awk -v lib=$lib '$1 == lib && /x86-64/ {print $NF; exit}')
        if [ -n "$found" ]; then cp -L "$found" $to/lib/$lib; else echo "gpuday: $lib is not installed" >&2; fi
    done
    size=$(du -sb $to | cut -f1)
    du -sh $to/*
    if [ "$size" -gt $most ]; then
        echo "gpuday: $size bytes are more than $most" >&2
        exit 1
    fi
    echo "gpuday: $size bytes in $to"
}

# step EXPECTED NAME COMMAND… runs a command with a log, and adds a line to the summary. EXPECTED is in seconds.
step() {
    local expected=$1 name=$2 began=$SECONDS code=0 result=passed last limit left
    shift 2
    sum=$((sum + expected))
    if [ -n "${planning:-}" ]; then
        printf '%5d  %s\n' "$expected" "$name"
        return 0
    fi
    summary >"$out/summary.md"
    left=$((day - reserve - (SECONDS - start)))
    [ $left -ge 0 ] || left=0
    if [ $left -lt 5 ] || [ $((2 * left)) -lt "$expected" ]; then
        skipped=$((skipped + 1))
        echo "| $name | skipped: $left s are left, it should take $expected | 0 | |" >>"$out/steps.md"
        return 0
    fi
    limit=$((3 * expected > 30 ? 3 * expected : 30))
    [ $limit -le $left ] || limit=$left
    echo "== $((SECONDS - start)) s: $name"
    timeout -k 5 "$limit" "$@" >"$out/$name.log" 2>&1 </dev/null || code=$?
    if [ $code -eq 124 ] || [ $code -eq 137 ]; then
        result="**stopped after $limit s**"
    elif [ $code -ne 0 ]; then
        result="**exit code $code**"
    fi
    [ $code -eq 0 ] || failed=$((failed + 1))
    last=$(grep -v '^{' "$out/$name.log" | tail -n 1 | cut -c1-110 | tr '|' '/') # JSON lines are in other tables
    echo "| $name | $result | $((SECONDS - began)) | $last |" >>"$out/steps.md"
    return 0
}

# tests EXPECTED NAME PATTERN runs the tests of a packed package.
tests() { step "$1" "test-$2" "$here/$2.test" -test.v -test.run "$3"; }

# value FILE EVENT NAME prints a value of the last object of the event in a log of JSON lines.
value() {
    sed -n -e 's/^{"event":"'"$2"'".*"'"$3"'":"\([^"]*\)".*/\1/p' -e 's/^{"event":"'"$2"'".*"'"$3"'":\([^",}]*\)[,}].*/\1/p' "$out/$1.log" 2>/dev/null | tail -n 1
}

# bench EXPECTED NAME ARGUMENTS… times a size by kernel, and adds a row to the table.
bench() {
    local expected=$1 name=$2
    shift 2
    step "$expected" "bench-$name" "$here/igs" bench --json "$@"
    [ -n "$(value "bench-$name" bench wall_ms_per_step)" ] || return 0
    count=$(sed -n 's/^{"event":"kernel".*"dispatches":\([0-9]*\).*/\1/p' "$out/bench-$name.log" | awk '{n += $1} END {print n + 0}')
    kernels=$(sed -n 's/^{"event":"kernel","kernel":"\([^"]*\)","dispatches":[0-9]*,"ms_per_step":\([0-9.e-]*\).*/\1 \2/p' "$out/bench-$name.log" |
        sort -k2 -gr | awk 'NR <= 5 {printf "%s%s %.3f", (NR > 1 ? ", " : ""), $1, $2} {sum += $2} END {printf " | %.3f", sum}')
    printf '| %s | %.3f | %s | %s | %.0f MiB |\n' "$name" "$(value "bench-$name" bench wall_ms_per_step)" "$kernels" "$count" \
        "$(awk "BEGIN {print $(value "bench-$name" bench device_peak_bytes) / 1048576}")" >>"$out/bench.md"
}

# tune EXPECTED NAME ARGUMENTS… searches for the best tuning, and adds a row to the table.
tune() {
    local expected=$1 name=$2
    shift 2
    step "$expected" "tune-$name" "$here/igs" bench --tune --json --progress none "$@"
    [ -n "$(value "tune-$name" tuned trials)" ] || return 0
    printf '| %s | %.3f | %.3f | %s | `%s` |\n' "$name" "$(value "tune-$name" tuned ms_per_step_before)" "$(value "tune-$name" tuned ms_per_step)" \
        "$(value "tune-$name" tuned trials)" "$(value "tune-$name" tuned tuning)" >>"$out/tune.md"
}

# tuned NAME succeeds if a tuning was found.
tuned() { [ -n "${planning:-}" ] || [ -n "$(value "tune-$1" tuned trials)" ]; }

# train EXPECTED NAME PICTURE ARGUMENTS… trains, and adds a row to the table.
train() {
    local expected=$1 name=$2 picture=$3
    shift 3
    step "$expected" "train-$name" "$here/igs" run "$here/pictures/$picture" --name "$name" -o "$out/sessions" --seed 1 --json --progress none --set output.report=false "$@"
    model=$(find "$out/sessions/$name" -name model.igsm 2>/dev/null | head -n 1)
    [ -n "$model" ] || return 0
    printf '| %s | %s | %s | %s | %s |\n' "$name" "$(value "train-$name" run_ended psnr | cut -c1-6)" "$(value "train-$name" run_ended ssim | cut -c1-6)" \
        "$(value "train-$name" run_ended seconds | cut -c1-6)" "$(sha256sum <"$model" | cut -c1-16)" >>"$out/train.md"
}

# driver finds a driver of NVIDIA that has no driver file for the loader.
driver() {
    [ -z "${VK_DRIVER_FILES:-}" ] || return 0
    [ -z "${SMALL:-}" ] || return 0
    timeout 20 "$here/igs" devices 2>/dev/null | grep -qi nvidia && return 0
    for so in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
        echo '{"file_format_version":"1.0.0","ICD":{"library_path":"'$so'","api_version":"1.3.0"}}' >"$out/icd.json"
        if VK_DRIVER_FILES=$out/icd.json timeout 20 "$here/igs" devices 2>/dev/null | grep -qi nvidia; then
            export VK_DRIVER_FILES=$out/icd.json
            return 0
        fi
    done
    return 0
}

facts() {
    nvidia-smi 2>/dev/null | head -n 15
    ls /usr/share/vulkan/icd.d /etc/vulkan/icd.d 2>/dev/null
    ldconfig -p | grep -iE 'nvidia|vulkan'
    "$here/igs" version
    "$here/igs" devices
}

run() {
    here=$(cd "$(dirname "$0")" && pwd)
    [ -x "$here/igs" ] || { echo "gpuday: there is no igs in the folder of this script; scripts/gpuday.sh pack makes build/gpuday" >&2; exit 4; }
    out=${1:-$here/out}
    mkdir -p "$out" && out=$(cd "$out" && pwd)
    rm -rf "$out"/*.log "$out"/*.md "$out/sessions" "$out/cache"
    export LD_LIBRARY_PATH=$here/lib:${LD_LIBRARY_PATH:-} XDG_CACHE_HOME=$out/cache IGS_REQUIRE_GPU=1 __GL_SHADER_DISK_CACHE_PATH=$out/cache
    mkdir -p "$out/cache"
    start=$SECONDS
    driver
    export -f facts
    export here
    trap finish EXIT
    trap 'exit 1' TERM INT
    steps
    [ $failed -eq 0 ]
}

finish() {
    summary >"$out/summary.md"
    rm -rf "$out/cache" "$out"/sessions/*/*/checkpoints
    cat "$out/summary.md"
}

plan() {
    planning=1 here=. out=$(mktemp -d)
    steps
    rmdir "$out"
    printf '%5d  in all; the limit is %d, of which %d are reserved\n' "$sum" "$day" "$reserve"
    [ "$sum" -le $((day - reserve)) ]
}

steps() {
    sum=0 failed=0 skipped=0
    if [ -n "${SMALL:-}" ]; then
        small
        return
    fi
    # Correctness and speed.
    step 5 facts bash -c facts
    step 10 self-check "$here/igs" devices --check
    for recipe in igs paper; do
        bench 5 768x512-$recipe --recipe $recipe -s 500
        bench 6 2048x2048-$recipe --recipe $recipe --size 2048x2048 -n 10000 -s 200
        bench 15 8K-$recipe --recipe $recipe --size 7680x4320 -n 30000 -s 20
    done
    train 15 a photo.jpg -n 5000
    train 15 b photo.jpg -n 5000
    train 25 paper photo.jpg -n 5000 --recipe paper
    for recipe in igs paper; do
        tune 60 2048x2048-$recipe --recipe $recipe --size 2048x2048 -n 10000 -s 15
        tuned 2048x2048-$recipe && bench 6 2048x2048-$recipe-tuned --recipe $recipe --size 2048x2048 -n 10000 -s 200
    done
    # Every kernel with every tuning, then rarer cases.
    tests 90 optim-selfcheck 'EveryCut|EveryTuning|DeepTarget|MixedPrecision|Pointwise|Quantized|Frame|KernelsOfAGPU|WideSplats'
    tests 15 vk 'Write|OutOfMemory|Usage|Replay|Chain|InFlight|Timings|Texels|Formats'
    tests 30 optim-engine '.'
    tests 40 optim 'SameSeed|OverflowSkips|Resume'
    for recipe in igs paper; do
        bench 15 8K-recompute-$recipe --recipe $recipe --size 7680x4320 -n 30000 -s 10 --recompute
        bench 8 4K-$recipe --recipe $recipe --size 3840x2160 -n 20000 -s 60
    done
    train 40 2k 2k.jpg -n 10000
    train 60 8k-recompute 8k.jpg -n 30000 -s 200 --recompute
    step 60 modes "$here/igs" bench --modes --recipe paper --size 7680x4320 -n 30000 -s 8
    for recipe in igs paper; do
        tune 60 8K-$recipe --recipe $recipe --size 7680x4320 -n 30000 -s 5
    done
}

# small lists fewer and smaller steps, for a CPU device.
small() {
    step 5 facts bash -c facts
    step 25 self-check "$here/igs" devices --check
    bench 10 128x96-igs --size 128x96 -n 200 -s 2
    bench 10 128x96-paper --size 128x96 -n 200 -s 2 --recipe paper
    train 15 a photo.jpg -n 200 -s 12 --recipe paper --set progressive.enabled=false
    train 15 b photo.jpg -n 200 -s 12 --recipe paper --set progressive.enabled=false
    tune 90 128x96-paper --size 128x96 -n 200 -s 1 --recipe paper
    tuned 128x96-paper && bench 10 128x96-paper-tuned --size 128x96 -n 200 -s 2 --recipe paper
    tests 45 optim-selfcheck 'DeepTarget|MixedPrecision'
    tests 30 vk 'Write|OutOfMemory|Usage|Replay|Chain|InFlight|Timings|Texels|Formats'
    tests 10 optim-engine 'Dispatches|Submissions'
    tests 45 optim 'SameSeed'
    step 30 modes "$here/igs" bench --modes --size 128x96 -n 200 -s 2
}

# table FILE HEAD prints a table with this head, if FILE has rows.
table() {
    [ -s "$out/$1" ] || return 0
    printf '\n%s\n' "$2"
    echo "$2" | sed 's/[^|]\{1,\}/---/g'
    cat "$out/$1"
}

summary() {
    echo "### A GPU day"
    echo
    echo "Device: $(grep -m 1 '^\* ' "$out/facts.log" 2>/dev/null | tr -s ' '); $("$here/igs" version); $(nproc) processors; $(date -u +%Y-%m-%d); $((SECONDS - start)) s in all, $failed steps failed, $skipped were skipped."
    table bench.md '| size and recipe | ms a step | slowest kernels, ms | kernels in all, ms | dispatches | device memory |'
    table tune.md '| tuned at | ms before | after | trials | tuning |'
    if grep -q stored "$out/modes.log" 2>/dev/null; then
        printf '\n```\n'
        cat "$out/modes.log"
        printf '```\n'
    fi
    table train.md '| training | PSNR | SSIM | s | model |'
    table steps.md '| step | | s | last line |'
}

case ${1:-} in
pack) pack ;;
run) run "${2:-}" ;;
plan) plan ;;
*) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 4 ;;
esac
