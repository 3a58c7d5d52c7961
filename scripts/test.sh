#!/bin/sh
# Runs every test: scripts/test.sh [FLAG…], where the flags are for go test.
#
# Tests write many small files, and igs waits until the disk has them. So their files lie in memory where Linux offers that
# (/dev/shm), unless TMPDIR or GOTMPDIR is set. That saves a third of the time of the tests of sessions.
#
# The packages that take longest are named first. Go starts their tests first, so the last tests to end are short ones.
set -eu
cd "$(dirname "$0")/.."

memory=/dev/shm
enough=4000000 # KiB; Go links the tests there too

# A folder in memory that has room and from which programs may run, as some tests write programs.
in_memory() {
    [ -d "$memory" ] && [ -w "$memory" ] || return 1
    [ "$(df -Pk "$memory" | awk 'NR == 2 {print $4}')" -gt "$enough" ] || return 1
    [ "$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)" -gt $((2 * enough)) ] || return 1
    probe=$(mktemp "$memory/igs-tests-XXXXXX") || return 1
    printf '#!/bin/sh\nexit 0\n' >"$probe"
    chmod +x "$probe"
    "$probe" 2>/dev/null && runs=0 || runs=1
    rm -f "$probe"
    return "$runs"
}

if [ -z "${TMPDIR:-}${GOTMPDIR:-}" ] && in_memory; then
    TMPDIR=$(mktemp -d "$memory/igs-tests-XXXXXX")
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi

# Go can link the C code of the Vulkan binding itself, which saves an eighth of the time of linking. Where it can not read what the C
# compiler makes, the tests of vk do not link, and gcc links all. Go remembers the result of no tests. Only gcc links code that runs before the Go
# runtime, which cmd/igs has (vk/startlimit).
linker=-ldflags=-linkmode=internal
"${GO:-go}" test -vet=off "$linker" -run '^$' ./vk >/dev/null 2>&1 || linker=

# Not started with exec, which would leave the folder behind. make vet and make lint look at the sources, so go test does not.
"${GO:-go}" test -vet=off ${linker:+"$linker" -ldflags=./cmd/igs=} -timeout 30m "$@" ./cmd/igs ./optim/... ./session . ./report ./viewer ./splat/... ./...
