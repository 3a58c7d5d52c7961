package vk

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

var libraryNames = []string{"vulkan-1.dll"}

// openLibrary looks in the system's own folder only, where drivers install the loader: a
// DLL of that name beside a picture must not be run.
func openLibrary(name string) (unsafe.Pointer, error) {
	library, err := windows.LoadLibraryEx(name, 0, windows.LOAD_LIBRARY_SEARCH_SYSTEM32)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	address, err := windows.GetProcAddress(library, "vkGetInstanceProcAddr")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return *(*unsafe.Pointer)(unsafe.Pointer(&address)), nil
}
