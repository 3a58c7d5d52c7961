#!/bin/sh
# Runs the self-check and the GPU tests on several Vulkan drivers, and prints a table: one line per driver, then the
# skipped and failed tests with the reasons.
#
#   scripts/drivers.sh [--trixie] [DRIVER…]     a DRIVER is lavapipe, swiftshader or trixie; the default is the first
# two
#   scripts/drivers.sh --fetch DRIVER           only fetches the driver, and prints the path of its driver file
#
# lavapipe is that of the system. SwiftShader is from Debian's package chromium-common. It is unpacked in build/drivers
# and not installed. With --trixie the lavapipe of Debian 13 is unpacked there too (about 110 MB to fetch). It runs with
# its own C library.
set -eu
cd "$(dirname "$0")/.."

store=$PWD/build/drivers
packages="./vk ./optim/engine ./optim/selfcheck"

# The validation layer 1.4 checks the accesses of kernels only with this setting.
export VK_LAYER_SYNCVAL_SHADER_ACCESSES_HEURISTIC=1

have() { command -v "$1" >/dev/null 2>&1; }

skip() {
    echo "$1" >"$store/reason"
    return 1
}

need_debian() {
    if ! have apt-get || ! have dpkg; then skip "it is from a Debian package, and apt-get is not installed"; fi
}

apt_options="-qq -o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"

# fetch_DRIVER prints the path of the driver file, or writes the reason to a file and fails.
fetch_lavapipe() {
    for place in /usr/share/vulkan/icd.d /usr/local/share/vulkan/icd.d /etc/vulkan/icd.d; do
        for file in "$place"/lvp_icd*.json; do
            if [ -e "$file" ]; then
                echo "$file"
                return 0
            fi
        done
    done
    skip "it is not installed"
}

fetch_swiftshader() {
    file=$store/swiftshader/vk_swiftshader_icd.json
    if [ ! -e "$file" ]; then
        need_debian || return 1
        rm -rf "$store/new" && mkdir -p "$store/new"
        # shellcheck disable=SC2086 # several options
        (cd "$store/new" && apt-get $apt_options download chromium-common && dpkg -x chromium-common_*.deb .) >"$store/log" 2>&1 ||
            skip "chromium-common cannot be fetched: $(tail -1 "$store/log")" || return 1
        mkdir -p "$store/new/kept"
        mv "$store"/new/usr/lib/chromium/libvk_swiftshader.so "$store"/new/usr/lib/chromium/vk_swiftshader_icd.json "$store/new/kept" 2>"$store/log" ||
            skip "chromium-common holds no SwiftShader any more" || return 1
        mv "$store/new/kept" "$store/swiftshader" && rm -rf "$store/new"
    fi
    echo "$file"
}

# Uses apt with its own folders. It knows only trixie and an empty list of installed packages.
fetch_trixie() {
    root=$store/trixie
    if [ ! -e "$root/done" ]; then
        need_debian || return 1
        apt=$store/apt
        rm -rf "$root" && mkdir -p "$root" "$apt/lists/partial" "$apt/cache/archives/partial"
        : >"$apt/status"
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" >"$apt/sources.list"
        own="-o Dir::Etc::sourcelist=$apt/sources.list -o Dir::Etc::sourceparts=/dev/null -o Dir::State=$apt -o Dir::State::lists=$apt/lists
            -o Dir::State::status=$apt/status -o Dir::Cache=$apt/cache -o APT::Sandbox::User= -o Debug::NoLocking=1"
        # shellcheck disable=SC2086
        { apt-get $apt_options $own update && apt-get $apt_options $own install -y --no-install-recommends --download-only \
            mesa-vulkan-drivers libvulkan1 vulkan-validationlayers; } >"$store/log" 2>&1 || skip "its packages cannot be fetched: $(tail -1 "$store/log")" || return 1
        for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
        # A path relative to the driver file, so that the checkout can be moved.
        libraries=../../../lib/$(basename "$(dirname "$(find "$root/usr/lib" -name 'libvulkan_lvp.so')")")
        sed -i "s|\"library_path\": *\"[^\"]*\"|\"library_path\": \"$libraries/libvulkan_lvp.so\"|" "$root"/usr/share/vulkan/icd.d/lvp_icd*.json
        sed -i "s|\"library_path\": *\"[^\"]*\"|\"library_path\": \"$libraries/libVkLayer_khronos_validation.so\"|" "$root"/usr/share/vulkan/explicit_layer.d/VkLayer_khronos_validation.json
        rm -rf "$apt"
        touch "$root/done"
    fi
    find "$root/usr/share/vulkan/icd.d" -name 'lvp_icd*.json' | head -1
}

# tests PACKAGE runs the tests, counts the passed and skipped ones, and notes the others with their reasons.
tests() {
    log=$scratch/$driver$(echo "$1" | tr / -)
    status=ok
    # shellcheck disable=SC2086 # exec is two words or none
    go test -count=1 -timeout 30m -v $exec "$1" >"$log" 2>&1 || status=FAILED
    passed=$(grep -c '^--- PASS' "$log" || true) skipped=$(grep -c '^--- SKIP' "$log" || true)
    grep -B1 -E '^ *--- (SKIP|FAIL)' "$log" | grep -v -E '^(--$|===)' | sed "s|^|    $driver $1: |" >>"$scratch/notes" || true
    [ $status = ok ] || { tail -3 "$log" | sed "s|^|    $driver $1: |" >>"$scratch/notes"; failed=1; }
    printf '%s, %s passed' "$status" "$passed"
    [ "$skipped" = 0 ] || printf ', %s skipped' "$skipped"
}

mkdir -p "$store"
case "${1:-}" in
--fetch)
    if "fetch_$2"; then exit 0; fi
    cat "$store/reason" >&2
    exit 1
    ;;
--trixie)
    shift
    set -- lavapipe swiftshader trixie "$@"
    ;;
esac
[ $# -gt 0 ] || set -- lavapipe swiftshader

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/notes"
failed=0
export IGS_REQUIRE_GPU=1
go build -o "$scratch/igs" ./cmd/igs
line='%-12s %-34s %-11s'
# shellcheck disable=SC2059 # the format is a constant
printf "$line" driver device self-check
for package in $packages; do printf ' %-26s' "$package"; done
echo
for driver in "$@"; do
    if ! "fetch_$driver" >"$scratch/file"; then
        printf '%-12s skipped: %s\n' "$driver" "$(cat "$store/reason")"
        continue
    fi
    VK_DRIVER_FILES=$(cat "$scratch/file") exec="" under=""
    VK_ICD_FILENAMES=$VK_DRIVER_FILES
    export VK_DRIVER_FILES VK_ICD_FILENAMES
    unset VK_LAYER_PATH IGS_TEST_EXEC
    if [ "$driver" = trixie ]; then
        root=$store/trixie
        libraries=$(dirname "$(find "$root/usr/lib" -name 'libvulkan_lvp.so')")
        under="$(find "$root/usr/lib" "$root/usr/lib64" -name 'ld-linux*.so.*' 2>/dev/null | head -1) --library-path $libraries"
        printf '#!/bin/sh\nexec %s "$@"\n' "$under" >"$scratch/under" && chmod +x "$scratch/under"
        exec="-exec $scratch/under"
        IGS_TEST_EXEC=$scratch/under
        export IGS_TEST_EXEC
        VK_LAYER_PATH=$root/usr/share/vulkan/explicit_layer.d
        export VK_LAYER_PATH
    fi
    # shellcheck disable=SC2086
    device=$($under "$scratch/igs" devices --json 2>/dev/null | sed -n 's/.*"name":"\([^"]*\)".*"chosen":true.*/\1/p')
    check=ok
    # shellcheck disable=SC2086
    $under "$scratch/igs" devices --check >"$scratch/check" 2>&1 || { check=FAILED failed=1; tail -3 "$scratch/check" | sed "s|^|    $driver self-check: |" >>"$scratch/notes"; }
    # shellcheck disable=SC2059
    printf "$line" "$driver" "$(echo "$device" | cut -c1-34)" $check
    for package in $packages; do
        tests "$package" >"$scratch/cell"
        printf ' %-26s' "$(cat "$scratch/cell")"
    done
    echo
done
cat "$scratch/notes"
exit $failed
