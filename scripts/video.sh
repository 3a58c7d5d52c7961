#!/bin/sh
# Measures the cost of a training video: trains a picture with and without a video, in turn, and prints the median ratio
# of the training times.
# usage: scripts/video.sh PICTURE [SPLATS [STEPS [PAIRS]]]
set -eu

picture=${1:?usage: scripts/video.sh PICTURE [SPLATS [STEPS [PAIRS]]]}
splats=${2:-5000}
steps=${3:-400}
pairs=${4:-5}
igs=${IGS:-./igs}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# seconds NAME [FLAG...] trains, and prints the wall time of the training. The video is assembled after that time.
seconds() {
    name=$1
    shift
    "$igs" run "$picture" -n "$splats" -s "$steps" --set progressive.enabled=false --set output.report=false \
        -o "$out" --name "$name" --progress none "$@" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
    sed -n 's/^ *"seconds": \([0-9.]*\),*$/\1/p' "$out/$name"/*/run.json | head -n 1
}

for pair in $(seq "$pairs"); do
    if [ $((pair % 2)) = 1 ]; then
        without=$(seconds "a$pair")
        with=$(seconds "b$pair" --video=50)
    else
        with=$(seconds "b$pair" --video=50)
        without=$(seconds "a$pair")
    fi
    echo "with $with s, without $without s" >&2
    echo "$with $without"
done | awk '{ print $1 / $2 }' | sort -n | awk '{ r[NR] = $1 } END { m = int((NR + 1) / 2); print "median ratio", NR % 2 ? r[m] : (r[m] + r[m + 1]) / 2 }'
