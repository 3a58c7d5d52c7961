package vk

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Identity describes a device, its driver and the settings of its driver. It is the same in every process until
// something changes on which a result of the device may depend: the card, the driver, a limit, a feature, the queue.
func (i Info) Identity() string {
	i.Index, i.FreeBytes, i.raw = 0, 0, rawFacts{}
	return fmt.Sprintf("%+v %q", i, driverSettings(os.Environ()))
}

// driverPrefixes begin the names of environment variables that change a driver: those of the loader, of Mesa and its
// drivers, of NVIDIA, AMD and MoltenVK.
var driverPrefixes = []string{
	"VK_", "MESA_", "LP_", "GALLIUM_", "LLVM_", "RADV_", "ACO_", "AMD_", "NVK_", "NAK_", "ANV_", "INTEL_", "TU_", "IR3_", "V3D_", "PAN_", "ZINK_", "__GL", "__NV", "MVK_",
}

// driverSettings returns the environment variables that may change a driver, in the order of their names.
func driverSettings(environ []string) []string {
	var found []string
	for _, entry := range environ {
		if slices.ContainsFunc(driverPrefixes, func(p string) bool { return strings.HasPrefix(entry, p) }) {
			found = append(found, entry)
		}
	}
	slices.Sort(found)
	return found
}
