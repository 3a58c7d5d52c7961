#!/bin/sh
# Installs what igs needs to be built and run, if it is missing: a C compiler for cgo, a Vulkan loader, a Vulkan driver
# (Mesa's lavapipe runs on the CPU, without a graphics card), the validation layer for tests, and ffmpeg for videos. It
# prints nothing if nothing is missing.
set -eu

# Folders where Vulkan loaders look for drivers and layers.
places="${XDG_CONFIG_HOME:-$HOME/.config}/vulkan ${XDG_DATA_HOME:-$HOME/.local/share}/vulkan /etc/vulkan /usr/share/vulkan /usr/local/share/vulkan /usr/local/etc/vulkan /opt/homebrew/share/vulkan /opt/homebrew/etc/vulkan"
libraries="/lib /lib64 /usr/lib /usr/lib64 /usr/local/lib /opt/homebrew/lib"

have_command() { command -v "$1" >/dev/null 2>&1; }

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

have_driver() {
    [ -n "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && return 0
    for place in $places; do
        ls "$place"/icd.d/*.json >/dev/null 2>&1 && return 0
    done
    return 1
}

have_layer() {
    [ -n "${VK_LAYER_PATH:-}" ] && return 0
    for place in $places; do
        ls "$place"/explicit_layer.d/*hronos_validation.json >/dev/null 2>&1 && return 0
    done
    return 1
}

# missing lists what is missing, in the words of packages_of.
missing() {
    have_compiler || echo compiler
    have_loader || echo loader
    have_driver || echo driver
    have_layer || echo layer
    have_command ffmpeg || echo ffmpeg
}

# packages_of MANAGER THING
packages_of() {
    case "$1:$2" in
    apt:compiler) echo gcc libc6-dev ;;
    apt:loader) echo libvulkan1 ;;
    apt:driver) echo mesa-vulkan-drivers ;;
    apt:layer) echo vulkan-validationlayers ;;
    dnf:compiler) echo gcc ;;
    dnf:loader) echo vulkan-loader ;;
    dnf:driver) echo mesa-vulkan-drivers ;;
    dnf:layer) echo vulkan-validation-layers ;;
    dnf:ffmpeg) echo ffmpeg-free ;;
    pacman:compiler) echo gcc ;;
    pacman:loader) echo vulkan-icd-loader ;;
    pacman:driver) echo vulkan-swrast ;;
    pacman:layer) echo vulkan-validation-layers ;;
    brew:compiler) ;; # xcode-select --install
    brew:loader) echo vulkan-loader ;;
    brew:driver) echo molten-vk ;;
    brew:layer) echo vulkan-validationlayers ;;
    *:ffmpeg) echo ffmpeg ;;
    esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif have_command sudo; then sudo "$@"; else
        echo "setup: run this as root: $*" >&2
        return 1
    fi
}

install() {
    case "$1" in
    apt) shift
        as_root apt-get update -qq &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" ;;
    dnf) shift; as_root dnf install -y -q "$@" ;;
    pacman) shift; as_root pacman -Sy --needed --noconfirm "$@" ;;
    brew) shift; brew install --quiet "$@" ;;
    esac
}

manager=""
for command in apt-get dnf pacman brew; do
    if have_command $command; then manager=${command%-get}; break; fi
done

# verdict prints what is still missing, and exits. Without ffmpeg or the layer it succeeds: igs needs ffmpeg only for
# videos, and the layer only for tests.
verdict() {
    left=$(missing)
    [ -z "$left" ] && exit 0
    # shellcheck disable=SC2086 # one word each
    echo "setup: missing: $(echo $left)" >&2
    case "$left" in *compiler* | *loader* | *driver*) exit 1 ;; esac
    exit 0
}

have_command go || echo "setup: Go is not installed; get it from https://go.dev/dl" >&2
wanted=$(missing)
[ -z "$wanted" ] && exit 0
if [ -z "$manager" ]; then
    echo "setup: found no apt, dnf, pacman or brew. Please install what is missing of: a C compiler, the Vulkan loader," >&2
    echo "setup: a Vulkan driver (Mesa's lavapipe runs on any CPU), the Khronos validation layer, ffmpeg" >&2
    verdict
fi
packages=""
for thing in $wanted; do packages="$packages $(packages_of "$manager" "$thing")"; done
echo "setup: installing$packages"
# shellcheck disable=SC2086
install "$manager" $packages || echo "setup: the installation failed" >&2
verdict
