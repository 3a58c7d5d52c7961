#!/bin/sh
# Trains pictures with several settings and prints one table: PSNR and SSIM by picture and setting, means, seconds.
#
#     scripts/recipes.sh [-o DIR] [-n SPLATS] [-s STEPS] PICTURE... -- SETTING...
#
# A SETTING is a list of flags of igs run, joined by commas: "--recipe=paper,-s=5000" or "--set=train.lr.xy=0.3". The
# others are compared with the first. Runs that are in DIR (default build/recipes) are not trained again.
set -eu
dir=build/recipes splats=5000 steps=100
while getopts o:n:s: flag; do
    case $flag in
    o) dir=$OPTARG ;;
    n) splats=$OPTARG ;;
    s) steps=$OPTARG ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 4 ;;
    esac
done
shift $((OPTIND - 1))
pictures=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    pictures="$pictures
$1"
    shift
done
[ "${1:-}" = -- ] && [ $# -gt 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 4; }
shift
igs=${IGS:-./igs}

# figure FILE KEY prints the first number with this key in run.json.
figure() { sed -n "s/^ *\"$2\": \([-0-9.e]*\),*\$/\1/p" "$1" | head -n 1; }

mkdir -p "$dir"
table=$(mktemp)
trap 'rm -f "$table"' EXIT
for setting; do
    name=$(printf %s "$setting-n$splats-s$steps" | tr -c 'A-Za-z0-9.\n' _)
    echo "$pictures" | while IFS= read -r picture; do
        [ -n "$picture" ] || continue
        base=$(basename "${picture%.*}")
        session="$name-$base"
        if ! grep -qs '"status": "done"' "$dir/$session"/*/run.json; then
            # shellcheck disable=SC2046 # the setting is several words
            "$igs" run "$picture" -n "$splats" -s "$steps" $(echo "$setting" | tr , ' ') -o "$dir" --name "$session" --force -q --set output.report=false </dev/null >/dev/null ||
                { echo "$setting: $picture failed" >&2; continue; }
        fi
        run=$(ls "$dir/$session"/*/run.json)
        echo "$setting|$base|$(figure "$run" psnr)|$(figure "$run" ssim)|$(figure "$run" seconds)"
    done
done >"$table"
awk -F'|' '
    !($1 in n) { order[++settings] = $1 }
    { n[$1]++; p[$1] += $3; q[$1] += $4; t[$1] += $5; line[$1] = line[$1] sprintf("  %s %.2f/%.4f", $2, $3, $4) }
    END {
        for (i = 1; i <= settings; i++) {
            s = order[i]
            printf "%-44s PSNR %.3f (%+.3f)  SSIM %.4f  %.1f s  |%s\n", s, p[s] / n[s], p[s] / n[s] - p[order[1]] / n[order[1]], q[s] / n[s], t[s] / n[s], line[s]
        }
    }' "$table"
