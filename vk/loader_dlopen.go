//go:build !windows

package vk

/*
#cgo linux LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdlib.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

func openLibrary(name string) (unsafe.Pointer, error) {
	path := C.CString(name)
	defer C.free(unsafe.Pointer(path))
	symbol := C.CString("vkGetInstanceProcAddr")
	defer C.free(unsafe.Pointer(symbol))
	library := C.dlopen(path, C.RTLD_NOW|C.RTLD_LOCAL)
	if library == nil {
		return nil, errors.New(C.GoString(C.dlerror()))
	}
	address := C.dlsym(library, symbol)
	if address == nil {
		return nil, fmt.Errorf("%s has no vkGetInstanceProcAddr", name)
	}
	return address, nil
}
