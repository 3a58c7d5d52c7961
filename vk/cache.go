package vk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"unsafe"

	"igs/internal/wholefile"

	vulkan "github.com/vulkan-go/vulkan"
)

// pipelineCache keeps compiled pipelines between runs, in one file per device and driver. A driver trusts its own
// bytes, so the file begins with a checksum: a damaged file must not reach the driver.
type pipelineCache struct {
	handle vulkan.PipelineCache
	path   string // "" = memory only
	stored uint32 // checksum of the bytes in the file
}

const (
	cacheMagic  = "IGSPIPE1"
	cacheHeader = len(cacheMagic) + 4 // magic, CRC-32C of the rest
	// A larger file is not a cache of igs: a few dozen pipelines take about 1 MiB.
	cacheLimit = 256 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func openCache(dev vulkan.Device, info Info, dir string) (*pipelineCache, error) {
	c := &pipelineCache{}
	var data []byte
	if dir != "" {
		// The version of the driver is part of the name, because the UUID of lavapipe is the same in every version.
		version := crc32.Checksum([]byte(info.Driver+info.API), castagnoli)
		c.path = filepath.Join(dir, fmt.Sprintf("%04x-%04x-%x-%08x.pipelines", info.VendorID, info.DeviceID, info.uuid, version))
		if file, err := wholefile.Read(c.path, cacheLimit); err == nil {
			data = checkCache(file, info)
			c.stored = crc32.Checksum(data, castagnoli)
		}
	}
	create := vulkan.PipelineCacheCreateInfo{SType: vulkan.StructureTypePipelineCacheCreateInfo}
	var pin runtime.Pinner
	defer pin.Unpin()
	if len(data) > 0 {
		pin.Pin(&data[0])
		create.InitialDataSize, create.PInitialData = uint(len(data)), unsafe.Pointer(&data[0])
	}
	defer create.Free()
	var handle vulkan.PipelineCache
	if err := check("vkCreatePipelineCache", vulkan.CreatePipelineCache(dev, &create, nil, &handle)); err != nil {
		return nil, err
	}
	c.handle = handle
	return c, nil
}

// checkCache returns the driver's bytes if the file is complete and was written for this device by this driver, else
// nil.
func checkCache(file []byte, info Info) []byte {
	if len(file) < cacheHeader || string(file[:len(cacheMagic)]) != cacheMagic {
		return nil
	}
	data := file[cacheHeader:]
	if crc32.Checksum(data, castagnoli) != binary.LittleEndian.Uint32(file[len(cacheMagic):]) {
		return nil
	}
	// VkPipelineCacheHeaderVersionOne: length, version, vendor, device, UUID.
	const headerBytes, version = 32, 1
	if len(data) < headerBytes {
		return nil
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(data[4*i:]) }
	if word(0) < headerBytes || word(1) != version || word(2) != info.VendorID || word(3) != info.DeviceID ||
		!bytes.Equal(data[16:32], info.uuid[:]) {
		return nil
	}
	return data
}

// save writes the cache if it has changed since it was read. After a failure the next run only compiles more.
func (c *pipelineCache) save(dev vulkan.Device) error {
	if c.path == "" {
		return nil
	}
	var size uint
	if err := check("vkGetPipelineCacheData", vulkan.GetPipelineCacheData(dev, c.handle, &size, nil)); err != nil {
		return err
	}
	if size == 0 || size > cacheLimit {
		return nil
	}
	file := make([]byte, cacheHeader+int(size))
	if err := check("vkGetPipelineCacheData", vulkan.GetPipelineCacheData(dev, c.handle, &size, unsafe.Pointer(&file[cacheHeader]))); err != nil {
		return err
	}
	file = file[:cacheHeader+int(size)]
	sum := crc32.Checksum(file[cacheHeader:], castagnoli)
	if sum == c.stored {
		return nil
	}
	copy(file, cacheMagic)
	binary.LittleEndian.PutUint32(file[len(cacheMagic):], sum)
	if err := os.MkdirAll(filepath.Dir(c.path), 0o755); err != nil {
		return err
	}
	if err := wholefile.WriteBytes(c.path, file); err != nil {
		return fmt.Errorf("%s: %w", c.path, err)
	}
	c.stored = sum
	return nil
}

func (c *pipelineCache) close(dev vulkan.Device) {
	_ = c.save(dev) // a failure only costs compile time in the next run
	vulkan.DestroyPipelineCache(dev, c.handle, nil)
}
