#!/bin/sh
# Prints the registers and waves of every kernel for AMD GPUs, for 3 and 4 channels, float32 and float16. No graphics
# card is needed: Mesa's RADV compiles for the family in RADV_FORCE_FAMILY. The script fails if a kernel spills
# registers or uses scratch, or if the loss has fewer than 4 waves per SIMD on GFX9. The arguments are the families
# (vega10 navi21 navi31). KERNELSTATS_RAW names a file for one line per variant: family, kernel/channels/format,
# registers, spilled, scratch, shared bytes, waves.
# Needs Go, a C compiler, libvulkan-dev and mesa-vulkan-drivers.
set -eu
cd "$(dirname "$0")/.."

radv=${RADV_ICD:-/usr/share/vulkan/icd.d/radeon_icd.x86_64.json}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cc -O1 -Wall scripts/kernelstats.c -lvulkan -o "$scratch/kernelstats"
IGS_KERNEL_LIST="$scratch/jobs" go test ./optim/engine -count=1 -run '^TestKernelsOfAGPU$' >"$scratch/log" || {
    cat "$scratch/log"
    exit 2
}
[ $# -gt 0 ] || set -- vega10 navi21 navi31
compile() { # FAMILY NAME: NAME is the family's name in this version of Mesa
    VK_DRIVER_FILES=$radv VK_ICD_FILENAMES=$radv RADV_FORCE_FAMILY=$2 MESA_SHADER_CACHE_DISABLE=true \
        "$scratch/kernelstats" <"$scratch/jobs" >"$scratch/of" 2>"$scratch/log" && sed "s/^/$1 /" "$scratch/of" >>"$scratch/table"
}
for family in "$@"; do
    old=$family
    case $family in navi31) old=gfx1100 ;; navi32) old=gfx1101 ;; navi33) old=gfx1102 ;; esac # before Mesa 23
    compile "$family" "$family" || compile "$family" "$old" || {
        cat "$scratch/log"
        exit 2
    }
done
[ -z "${KERNELSTATS_RAW:-}" ] || cp "$scratch/table" "$KERNELSTATS_RAW"
awk -v families="$*" '
    { # family kernel/channels/format registers spilled scratch shared waves
        split($2, part, "/"); key = part[1]; form = part[2] " " part[3]
        if (!(key in row)) { row[key] = ++rows; name[rows] = key }
        at = $1 SUBSEP key
        if ($3 > most[at]) most[at] = $3
        if (!(at in waves) || $7 < waves[at]) waves[at] = $7
        if (!(at in shared) || $6 > shared[at]) shared[at] = $6
        if ($4 > 0 || $5 > 0) { printf "%s %s (%s): %d registers spilled, %d bytes of scratch\n", $1, key, form, $4, $5; bad = 1 }
        if ($1 == "vega10" && key ~ /^loss_(ssim|grad)$/ && $7 < 4) { printf "%s %s (%s): %d waves\n", $1, key, form, $7; bad = 1 }
    }
    END {
        n = split(families, family, " ")
        printf "| kernel |"; for (i = 1; i <= n; i++) printf " %s |", family[i]
        printf " shared, B |\n|---|"; for (i = 0; i <= n; i++) printf "---|"; printf "\n"
        for (r = 1; r <= rows; r++) {
            printf "| `%s` |", name[r]
            for (i = 1; i <= n; i++) { at = family[i] SUBSEP name[r]; printf " %d, %d |", most[at], waves[at] }
            printf " %d |\n", shared[family[1] SUBSEP name[r]]
        }
        exit bad
    }' "$scratch/table"
