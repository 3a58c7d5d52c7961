#!/bin/sh
# Makes the archives of a release in build/dist, with SHA256SUMS:
#
#   scripts/dist.sh [VERSION]
#
# igs uses cgo, so each system needs its C compiler. On Debian for amd64:
#   linux-amd64     gcc
#   linux-arm64     gcc-aarch64-linux-gnu
#   windows-amd64   gcc-mingw-w64-x86-64
# TARGETS="linux-amd64" makes only that one. A program for Linux needs the C library of the machine that made it, or a
# newer one. macOS is built on a Mac: make build.
set -eu
cd "$(dirname "$0")/.."

version=${1:-$(sh scripts/version.sh)}
flags="-s -w"
if [ -n "$version" ]; then
    flags="$flags -X main.linked=$version"
else
    version=$(sed -n 's/^const Version = "\(.*\)"/\1/p' igs.go)
fi
go=${GO:-go}
out=build/dist
rm -rf $out
mkdir -p $out

# notices FILE writes the licences of all modules in the program, and that of Go.
notices() {
    echo "igs contains these programs and libraries."
    printf '\n==== Go, its standard library and runtime\n\n'
    cat "$($go env GOROOT)/LICENSE"
    modules=$($go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/igs)
    echo "$modules" | sed '/^$/d' | sort -u |
        while read -r path number dir; do
            printf '\n==== %s %s\n\n' "$path" "$number"
            found=false
            for file in "$dir"/LICEN[SC]E* "$dir"/COPYING* "$dir"/NOTICE* "$dir"/PATENTS*; do
                if [ -f "$file" ]; then cat "$file"; found=true; fi
            done
            $found || { echo "dist: $path has no licence file" >&2; return 1; }
        done
}

# compiler SYSTEM prints the C compiler, or the package that has it.
compiler() {
    case $1 in
    linux-amd64) cc=x86_64-linux-gnu-gcc package=gcc ;;
    linux-arm64) cc=aarch64-linux-gnu-gcc package=gcc-aarch64-linux-gnu ;;
    windows-amd64) cc=x86_64-w64-mingw32-gcc package=gcc-mingw-w64-x86-64 ;;
    *) echo "dist: igs has no archive for $1" >&2; return 1 ;;
    esac
    if command -v $cc >/dev/null; then
        echo $cc
    elif [ "$1" = "$($go env GOHOSTOS)-$($go env GOHOSTARCH)" ]; then
        $go env CC
    else
        echo "dist: $1 needs $cc: apt-get install $package" >&2
        return 1
    fi
}

common=$out/common
mkdir -p $common/completions
cp README.md CHANGELOG.md LICENSE $common/
notices >$common/THIRD-PARTY-NOTICES
mkdir -p build
$go build -ldflags "$flags" -o build/igs-dist ./cmd/igs
build/igs-dist man >$common/igs.1
build/igs-dist completion bash >$common/completions/igs.bash
build/igs-dist completion zsh >$common/completions/_igs
build/igs-dist completion fish >$common/completions/igs.fish
rm build/igs-dist

for target in ${TARGETS:-linux-amd64 linux-arm64 windows-amd64}; do
    cc=$(compiler "$target")
    name=igs-$version-$target
    cp -R $common "$out/$name"
    system=${target%-*} program=igs kind=tar.gz
    if [ "$system" = windows ]; then program=igs.exe kind=zip; fi
    CC=$cc CGO_ENABLED=1 GOOS=$system GOARCH=${target#*-} $go build -trimpath -ldflags "$flags" -o "$out/$name/$program" ./cmd/igs
    $go run scripts/archive.go "$out/$name.$kind" "$out/$name"
    rm -r "${out:?}/$name"
    echo "$out/$name.$kind"
done
rm -r $common
(cd $out && sha256sum igs-* >SHA256SUMS)
