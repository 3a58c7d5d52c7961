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

// installHints says how to get a loader and a driver. GOOS -> hint.
var installHints = map[string]string{
	"linux":   "install the Vulkan loader and a driver (Debian, Ubuntu: apt install libvulkan1 mesa-vulkan-drivers; Fedora: dnf install vulkan-loader mesa-vulkan-drivers); mesa's lavapipe runs on any CPU",
	"windows": "install the graphics driver of the card's vendor, which brings vulkan-1.dll",
	"darwin":  "install MoltenVK (brew install molten-vk vulkan-loader) or the Vulkan SDK",
}

func noVulkan(format string, args ...any) error {
	return fault.New(fault.NoVulkan, installHints[runtime.GOOS], format, args...)
}

// libraryVariable names one library to open instead of the usual ones: a loader outside
// the system's folders, or a driver without any loader.
const libraryVariable = "IGS_VULKAN_LIB"

// loader opens the Vulkan library, once a process, and returns vkGetInstanceProcAddr.
// The binding's own loader wants libvulkan.so, which only -dev packages install.
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

// bindOnce hands the first instance to the binding and to call.h. What the loader
// answers for core functions are trampolines that serve every instance, so the tables
// stay as they are while others come and go, and no goroutine sees them change.
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
