#!/bin/sh
# Times training over the benchmark matrix and prints a table in markdown.
#
#   scripts/bench.sh [-o FILE] [-d DEVICE] [-s STEPS] [ROW…]
#
# A ROW is WIDTHxHEIGHT/SPLATS; the default rows are those of the matrix. STEPS is the number of timed steps per row
# (20). Large rows take a quarter of it, and at least 3. A row that does not fit into memory is in the table as "out of
# memory".
set -eu
cd "$(dirname "$0")/.."

out="" device="auto" steps=20
while getopts o:d:s: option; do
    case $option in
    o) out=$OPTARG ;;
    d) device=$OPTARG ;;
    s) steps=$OPTARG ;;
    *) exit 4 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- 768x512/5000 2048x2048/10000 3840x2160/20000 7680x4320/30000

go build -o igs ./cmd/igs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# number NAME and text NAME print a value of the JSON object of event bench.
number() { sed -n 's/^{"event":"bench".*"'"$1"'":\([^",}]*\).*/\1/p' "$scratch/json"; }
text() { sed -n 's/^{"event":"bench".*"'"$1"'":"\([^"]*\)".*/\1/p' "$scratch/json"; }

# share PATTERN adds up the shares of the kernels whose names match as a whole.
share() {
    awk -v pattern="^($1)\$" '
        /^{"event":"kernel"/ {
            match($0, /"kernel":"[^"]*"/); kernel = substr($0, RSTART + 10, RLENGTH - 11)
            match($0, /"share":[0-9.e-]*/); value = substr($0, RSTART + 8, RLENGTH - 8)
            if (kernel ~ pattern) sum += value
            seen = 1
        }
        END { if (seen) printf "%.0f %%", 100 * sum; else printf "-" }' "$scratch/json"
}

table() {
    echo "| picture | splats | ms a step | steps/s | CPU ms a step | device memory | project, bin | rasterize | loss | gradient, Adam | timed steps |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|"
    for row in "$@"; do
        size=${row%/*} splats=${row#*/} timed=$steps
        [ $((${size%x*} * ${size#*x})) -lt 4000000 ] || timed=$((steps / 4 > 3 ? steps / 4 : 3))
        echo "bench: $size, $splats splats, $timed steps" >&2
        code=0
        ./igs bench --json -d "$device" --size "$size" -n "$splats" -s "$timed" >"$scratch/json" || code=$?
        if [ $code -ne 0 ]; then
            [ $code -eq 11 ] || [ $code -eq 137 ] || exit $code
            echo "| $size | $splats | out of memory | | | | | | | | |"
            continue
        fi
        printf '| %s | %s | %.1f | %.3g | %.1f | %.0f MiB | %s | %s | %s | %s | %s |\n' "$size" "$splats" \
            "$(number wall_ms_per_step)" "$(number steps_per_second)" "$(number cpu_ms_per_step)" \
            "$(($(number device_peak_bytes) / 1048576))" "$(share 'splat_project|bin_.*')" "$(share 'rasterize|rasterize_loss')" \
            "$(share 'blur_.*|loss_.*')" "$(share 'rasterize_grad|gather_grad|project_grad|project_grad_frame')" "$timed"
        name=$(text device) driver=$(text driver)
    done
    echo
    commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
    [ -z "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || commit="$commit, modified"
    echo "Device: ${name:-none}; driver: ${driver:-none}; processors: $(getconf _NPROCESSORS_ONLN); commit: $commit; $(date -u +%Y-%m-%d)."
}

if [ -n "$out" ]; then
    table "$@" >"$out.tmp"
    mv "$out.tmp" "$out"
else
    table "$@"
fi
