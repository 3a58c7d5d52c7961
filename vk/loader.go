package vk

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"igs/internal/fault"

	vulkan "github.com/vulkan-go/vulkan"
)

// installHints tells how to install a loader and a driver, by GOOS.
var installHints = map[string]string{
	"linux":   "install the Vulkan loader and a driver (Debian, Ubuntu: apt install libvulkan1 mesa-vulkan-drivers; Fedora: dnf install vulkan-loader mesa-vulkan-drivers); mesa's lavapipe runs on any CPU",
	"windows": "install the graphics driver of the card's vendor, which brings vulkan-1.dll",
	"darwin":  "install MoltenVK (brew install molten-vk vulkan-loader) or the Vulkan SDK",
}

func noVulkan(format string, args ...any) error {
	return fault.New(fault.NoVulkan, installHints[runtime.GOOS], format, args...)
}

// libraryVariable is the environment variable that names a library to open instead of the usual ones: a loader outside
// the folders of the system, or a driver without a loader.
const libraryVariable = "IGS_VULKAN_LIB"

// loader opens the Vulkan library, once per process, and returns vkGetInstanceProcAddr. The binding's own loader needs
// libvulkan.so, which only -dev packages install.
var loader = sync.OnceValues(func() (unsafe.Pointer, error) {
	var tried []string
	names := libraryNames
	if own := os.Getenv(libraryVariable); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		lookup, err := openLibrary(name)
		if err != nil {
			tried = append(tried, err.Error())
			continue
		}
		vulkan.SetGetInstanceProcAddr(lookup)
		if err := vulkan.Init(); err != nil {
			return nil, noVulkan("%s: %w", name, err)
		}
		return lookup, nil
	}
	return nil, noVulkan("no Vulkan loader: %s", strings.Join(tried, "; "))
})

// bindOnce passes the first instance to the binding and to call.h. The loader's addresses of core functions are
// trampolines that work for every instance, so the tables stay the same when instances are made and destroyed.
var bindOnce struct {
	sync.Once
	err error
}

func bindInstance(lookup unsafe.Pointer, instance vulkan.Instance) error {
	bindOnce.Do(func() {
		if err := vulkan.InitInstance(instance); err != nil {
			bindOnce.err = fmt.Errorf("resolving Vulkan functions: %w", err)
			return
		}
		bindOnce.err = resolve(lookup, instance)
	})
	return bindOnce.err
}
