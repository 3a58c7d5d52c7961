#!/bin/sh
# Runs staticcheck and deadcode over the module and fails when one of them finds something. Needs both on the PATH:
#   go install honnef.co/go/tools/cmd/staticcheck@latest
#   go install golang.org/x/tools/cmd/deadcode@latest
#
# deadcode runs twice. The first run has no tests: the commands are the roots, and a generated program that uses
# everything that package igs exports. A function that only tests use fails this run. The second run has the tests as
# roots too. It checks what exists for tests alone, which the first run leaves out: $aids.
set -eu
cd "$(dirname "$0")/.."

# vk/tally.go counts commands without a device. It cannot be in a test file, because tests of optim/engine use it.
aids='internal/browsertest/ internal/golden/ vk/vktest/ imageio/icc/icctest/ splat/reference/ vk/tally.go:'

staticcheck ./...

# A folder that begins with an underscore is no part of ./... .
root=_deadcode
trap 'rm -rf "$root"' EXIT
rm -rf "$root"
mkdir "$root"
{
    printf 'package main\n\nimport (\n\t"reflect"\n\n\t"igs"\n)\n\n'
    printf 'func main() {\n\tfor _, v := range []any{\n'
    # A function counts as used through reflect, and so does each exported method of a type that lies in an interface.
    go doc -short . | sed -n \
        -e 's/^ *func \([A-Z][A-Za-z0-9]*\)(.*/\t\tigs.\1,/p' \
        -e 's/^type \([A-Z][A-Za-z0-9]*\) .*/\t\t(*igs.\1)(nil),/p'
    printf '\t} {\n\t\treflect.ValueOf(v).Call(nil)\n\t}\n}\n'
} > "$root/main.go"

pattern=$(echo "$aids" | sed 's/ /|/g')
dead=$(deadcode ./... "./$root" | grep -vE "^($pattern)" || true)
dead_tests=$(deadcode -test ./...)
if [ -n "$dead$dead_tests" ]; then
    [ -z "$dead" ] || printf 'No command and no function of package igs reaches:\n%s\n' "$dead" >&2
    [ -z "$dead_tests" ] || printf 'Not even a test reaches:\n%s\n' "$dead_tests" >&2
    exit 1
fi
