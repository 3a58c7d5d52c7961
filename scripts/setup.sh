#!/bin/sh
# Installs what igs needs, where it is missing.
#
#   scripts/setup.sh         to build igs and train: a C compiler for cgo, a Vulkan loader, a Vulkan driver
#   scripts/setup.sh --all   also for the tests and for videos: the validation layer, ffmpeg, a browser
#
# The driver is Mesa's lavapipe, which runs on the CPU. It is installed only where no Vulkan driver is. The script checks
# the version of Go first. It prints nothing if nothing is missing. Without root it installs nothing, and prints the
# command for root.
set -eu
cd "$(dirname "$0")/.."

all=false
case "${1:-}" in
"") ;;
--all) all=true ;;
*) echo "usage: scripts/setup.sh [--all]" >&2; exit 2 ;;
esac

say() { echo "setup: $*" >&2; }
have_command() { command -v "$1" >/dev/null 2>&1; }

# Go

# older A B succeeds when version A is before version B.
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$1" ]; }

# in_root WORD… asks Go in the folder /, for an old Go cannot read go.mod.
in_root() { (cd / && "${GO:-go}" "$@" 2>/dev/null); }

check_go() {
    needed=$(sed -n 's/^go //p' go.mod)
    get="get Go from https://go.dev/dl (Debian 13 has it as golang-go), and put its folder bin into PATH"
    if ! have_command "${GO:-go}"; then
        say "igs is built with Go $needed or newer, and there is no Go here: $get"
        return 1
    fi
    found=$(in_root env GOVERSION || true)
    found=$(echo "${found#go}" | sed 's/[^0-9.].*//') # without the name of a pre-release or of a distribution
    if [ -z "$found" ]; then found=1.16; fi # has no GOVERSION
    older "$found" "$needed" || return 0
    # Go 1.21 and newer fetch the version that go.mod asks for, unless GOTOOLCHAIN forbids it.
    if ! older "$found" 1.21 && [ "$(in_root env GOTOOLCHAIN)" != local ]; then
        say "Go $found will download Go $needed, about 75 MB"
        return 0
    fi
    say "Go $found ($(command -v "${GO:-go}")) is too old, igs needs Go $needed or newer: $get"
    return 1
}

# What is here

# Folders where Vulkan loaders look for drivers and layers.
places="${XDG_CONFIG_HOME:-${HOME:-/root}/.config}/vulkan ${XDG_DATA_HOME:-${HOME:-/root}/.local/share}/vulkan /etc/vulkan /usr/share/vulkan /usr/local/share/vulkan /usr/local/etc/vulkan /opt/homebrew/share/vulkan /opt/homebrew/etc/vulkan"
libraries="/lib /lib64 /usr/lib /usr/lib64 /usr/local/lib /opt/homebrew/lib"

have_compiler() { have_command "${CC:-cc}" || have_command gcc || have_command clang; }

have_loader() {
    [ -n "${IGS_VULKAN_LIB:-}" ] && return 0
    for ldconfig in ldconfig /sbin/ldconfig; do
        if have_command $ldconfig && $ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; then return 0; fi
    done
    for dir in $libraries; do
        for name in libvulkan.so.1 libvulkan.1.dylib libMoltenVK.dylib; do
            [ -e "$dir/$name" ] && return 0
        done
    done
    return 1
}

# drivers lists the drivers, one file a line.
drivers() {
    for place in $places; do
        ls "$place"/icd.d/*.json 2>/dev/null || true
    done
}

have_driver() { [ -n "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] || [ -n "$(drivers)" ]; }

have_layer() {
    [ -n "${VK_LAYER_PATH:-}" ] && return 0
    for place in $places; do
        ls "$place"/explicit_layer.d/*hronos_validation.json >/dev/null 2>&1 && return 0
    done
    return 1
}

have_browser() { have_command chromium-headless-shell || have_command chrome-headless-shell || have_command chromium || have_command chromium-browser || have_command google-chrome || have_command google-chrome-stable; }

# needed and wanted list what is missing, in the words of packages_of. igs needs the first, tests and videos the second.
needed() {
    have_compiler || echo compiler
    have_loader || echo loader
    have_driver || echo driver
}
wanted() {
    $all || return 0
    have_layer || echo layer
    have_command ffmpeg || echo ffmpeg
    have_browser || echo browser
}

# Installing

# packages_of MANAGER THING
packages_of() {
    case "$1:$2" in
    apt:compiler) echo gcc libc6-dev ;;
    apt:loader) echo libvulkan1 ;;
    *:driver) case $1 in pacman) echo vulkan-swrast ;; brew) echo molten-vk ;; *) echo mesa-vulkan-drivers ;; esac ;;
    apt:browser) if apt-cache show chromium-headless-shell >/dev/null 2>&1; then echo chromium-headless-shell; else echo chromium; fi ;;
    apt:layer | brew:layer) echo vulkan-validationlayers ;;
    dnf:compiler | pacman:compiler) echo gcc ;;
    dnf:loader | brew:loader) echo vulkan-loader ;;
    dnf:layer | pacman:layer) echo vulkan-validation-layers ;;
    dnf:ffmpeg) echo ffmpeg-free ;;
    pacman:loader) echo vulkan-icd-loader ;;
    brew:compiler | brew:browser) ;; # xcode-select --install; a browser is no formula
    *:ffmpeg) echo ffmpeg ;;
    *:browser) echo chromium ;;
    esac
}

all_packages() {
    for thing in "$@"; do packages_of "$manager" "$thing"; done | tr '\n' ' ' | sed 's/ $//'
}

# command_for PACKAGES is the command that installs them.
command_for() {
    case $manager in
    apt) $updated || printf 'apt-get update -qq && '
        echo "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $*" ;;
    dnf) echo "dnf install -y -q $*" ;;
    pacman) echo "pacman -Sy --needed --noconfirm $*" ;;
    brew) echo "brew install --quiet $*" ;;
    esac
}

# size_of "PACKAGE …" says how much apt downloads for them. Other managers are not asked.
size_of() {
    [ "$manager" = apt ] || return 0
    # shellcheck disable=SC2086 # one word each
    apt-get install -y -qq --no-install-recommends --print-uris $1 2>/dev/null |
        awk '/^.[a-z]+:/ { n++; bytes += $3 } END { if (n) printf ", %.0f MB in %d packages", bytes / 1e6, n }'
}

# install THING… installs quietly. The output of the manager appears when it fails.
install() {
    [ $# -gt 0 ] || return 0
    if [ "$manager" = apt ] && ! $updated && apt-get update -qq >/dev/null 2>&1; then # the names of packages are asked for below
        updated=true
    fi
    packages=$(all_packages "$@")
    [ -n "$packages" ] || return 0
    say "downloading $packages$(size_of "$packages")"
    log=$(mktemp)
    if sh -c "$(command_for "$packages")" >"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    tail -n 20 "$log" >&2
    rm -f "$log"
    say "this failed: $(command_for "$packages")"
}

check_go || exit 1
updated=false # the lists of apt
manager=""
for command in apt-get dnf pacman brew; do
    if have_command $command; then manager=${command%-get}; break; fi
done
first=$(needed)
second=$(wanted)
if have_driver && [ -n "$(drivers)" ] && [ -n "$first$second" ] && ! drivers | grep -q lvp; then
    say "found the Vulkan driver $(drivers | head -n 1), so no driver for the CPU is installed"
fi
# shellcheck disable=SC2086 # one word each
if [ -z "$first$second" ]; then
    exit 0
elif [ -z "$manager" ]; then
    say "found no apt, dnf, pacman or brew to install this:" $first $second
elif [ "$manager" != brew ] && [ "$(id -u)" != 0 ]; then
    say "not root, so nothing is installed. This command installs what is missing:"
    how="su -c"
    if have_command sudo; then how="sudo sh -c"; fi
    echo "$how '$(command_for "$(all_packages $first $second)")'" >&2
else
    install $first
    install $second
fi

# Without the layer, ffmpeg or a browser igs works all the same: the tests that need them are skipped.
left=$(needed)
also=$(wanted)
# shellcheck disable=SC2086 # one word each
[ -z "$left$also" ] || say "still missing:" $left $also
[ -z "$left" ]
