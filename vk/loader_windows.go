package vk

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

var libraryNames = []string{"vulkan-1.dll"}

// openLibrary looks only in the system folder, where drivers install the loader. A DLL of that name in the current
// folder must not be run.
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
