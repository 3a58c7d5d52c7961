#!/bin/sh
# Measures the memory, time and quality of each memory plan, and prints tables in markdown (docs/memory.md).
#
#   scripts/memory.sh [-o FILE] [-d DEVICE] [-l PICTURE] [-s PICTURE] [-n STEPS] [-q STEPS] [-r SIZES]
#
# -l is a large picture, which ffmpeg scales to 2K, 4K and 8K. -s is a small picture, for the comparison of quality. The
# defaults are the built-in picture and the photograph of make demo. -n steps are timed in each mode and size (20). -q
# steps are trained for quality (3000; 0 = no training).
set -eu
cd "$(dirname "$0")/.."

out="" device=auto large="" small="" steps=20 quality=3000 sizes="2048x2048/10000 3840x2160/20000 7680x4320/30000"
while getopts o:d:l:s:n:q:r: option; do
    case $option in
    o) out=$OPTARG ;;
    d) device=$OPTARG ;;
    l) large=$OPTARG ;;
    s) small=$OPTARG ;;
    n) steps=$OPTARG ;;
    q) quality=$OPTARG ;;
    r) sizes=$OPTARG ;;
    *) exit 4 ;;
    esac
done

go build -o igs ./cmd/igs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# field NAME prints a field, a number or a text, of each JSON line of stdin.
field() { sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p'; }

# value FILE NAME prints a field of run.json, which has one field per line.
value() { sed -n 's/^ *"'"$2"'": "\{0,1\}\([^",]*\).*/\1/p' "$1" | head -1; }

picture() { # WIDTHxHEIGHT: makes a picture of that size, once
    if [ -n "$large" ] && [ ! -f "$scratch/$1.png" ]; then
        ffmpeg -v error -i "$large" -vf "scale=${1%x*}:${1#*x}:flags=lanczos" -frames:v 1 "$scratch/$1.png"
    fi
}

modes() {
    for size in $sizes; do
        wh=${size%/*} splats=${size#*/}
        picture "$wh"
        echo "memory: $wh, $splats splats, $steps steps in each mode" >&2
        if [ -n "$large" ]; then set -- "$scratch/$wh.png"; else set -- --size "$wh"; fi
        ./igs bench --modes --json -d "$device" -n "$splats" -s "$steps" "$@" >"$scratch/json"
        grep '"event":"mode"' "$scratch/json" >"$scratch/modes"
        while read -r line; do
            get() { printf '%s\n' "$line" | field "$1"; }
            mode=$(printf '%s\n' "$line" | sed 's/.*"mode":"\([^"]*\)".*/\1/')
            awk -v wh="$wh" -v n="$splats" -v mode="$mode" -v peak="$(get device_peak_bytes)" -v plan="$(get device_planned_bytes)" \
                -v ms="$(get wall_ms_per_step)" -v ratio="$(get time_ratio)" -v first="$(get first_loss)" -v last="$(get last_loss)" -v apart="$(get greatest_difference)" \
                'BEGIN { printf "| %s, %d | %s | %.1f MB | %.1f MiB | %.4f | %.0f | %.3f | %.4f → %.4f | %.1e |\n", wh, n, mode, peak / 1e6, peak / 1048576, peak / plan, ms, ratio, first, last, apart }'
        done <"$scratch/modes"
    done
}

# trained NAME STEPS PICTURE FLAG… trains once, and sets json to the path of run.json.
trained() {
    name=$1 n=$2 file=$3
    shift 3
    ./igs run "$file" -s "$n" --set progressive.enabled=false -d "$device" -o "$scratch/out" --name "$name" --progress none -q "$@" 2>"$scratch/err" || {
        cat "$scratch/err" >&2
        exit 1
    }
    json=$(ls -d "$scratch/out/$name"/*/run.json)
}

host() {
    wh=7680x4320
    [ -n "$large" ] || return 0
    picture "$wh"
    for plan in "float16, stored|" "recompute|--recompute" "budget of 96 MiB|--memory-budget 96MiB"; do
        echo "memory: host, $plan" >&2
        # shellcheck disable=SC2086 # the flags are words
        trained "host${plan#*|}" 3 "$scratch/$wh.png" -n 30000 ${plan#*|}
        awk -v plan="${plan%|*}" -v layout="$(sed -n 's/^ *"layout": "\(.*\)",/\1/p' "$json")" -v dev="$(value "$json" device_peak_bytes)" -v host="$(value "$json" host_peak_bytes)" \
            'BEGIN { printf "| %s | %s | %.1f MB | %.1f MiB | %.0f MB | %.0f MB | %.2f |\n", plan, layout, dev / 1e6, dev / 1048576, host / 1e6, (host - dev) / 1e6, (host - dev) / (7680 * 4320 * 3) }'
    done
}

psnr() {
    [ "$quality" -gt 0 ] || return 0
    if [ -z "$small" ]; then
        make -s build/demo/photo.png
        small=build/demo/photo.png
    fi
    for plan in "float32, stored|--amp=false" "float16, stored|" "float16, recompute|--recompute"; do
        echo "memory: quality, $plan" >&2
        # shellcheck disable=SC2086
        trained "psnr${plan#*|}" "$quality" "$small" -n 2000 ${plan#*|}
        printf '| %s | %.3f dB | %.5f | %s |\n' "${plan%|*}" "$(value "$json" psnr)" "$(value "$json" ssim)" \
            "$(sed -n '/"model.igsm"/,/}/s/.*"sha256": "\(........\).*/\1/p' "$json")"
    done
}

tables() {
    echo "| picture, splats | mode | device peak | | peak / planned | ms a step | time of float16 stored | loss, first → last step | picture apart from float32 stored |"
    echo "|---|---|---|---|---|---|---|---|---|"
    modes
    echo
    echo "| 8K, 30 000 splats | trained as | device peak | | host peak with the device | beyond the device | bytes a pixel and channel |"
    echo "|---|---|---|---|---|---|---|"
    host
    echo
    echo "| 2000 splats, $quality steps, $(basename "${small:-photo.png}") | PSNR | SSIM | SHA-256 of the model |"
    echo "|---|---|---|---|"
    psnr
    echo
    commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
    [ -z "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || commit="$commit, modified"
    echo "$(./igs devices | head -3 | tr '\n' ' '); processors: $(getconf _NPROCESSORS_ONLN); commit: $commit; $(date -u +%Y-%m-%d)."
}

if [ -n "$out" ]; then
    tables >"$out.tmp"
    mv "$out.tmp" "$out"
else
    tables
fi
