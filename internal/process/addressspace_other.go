//go:build !linux

package process

// AddressSpace is 0: other systems do not limit the address space.
func AddressSpace() (limit, used int64) { return 0, 0 }
