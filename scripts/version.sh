#!/bin/sh
# Prints the version of these sources: that of the git tag, such as 1.2.0, or 1.2.0-5-g0123abc five commits after it. In
# an archive without .git, the file VERSION has it, which git archive fills in. It prints nothing without any tag.
set -eu
cd "$(dirname "$0")/.."

if [ -e .git ]; then
    version=$(git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null || true)
else
    version=$(cat VERSION 2>/dev/null || true)
fi
case $version in
v[0-9]*) echo "${version#v}" ;;
esac
