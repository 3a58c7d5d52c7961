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

// pipelineCache keeps compiled pipelines between runs, one file a device and driver. The
// driver trusts its own bytes, so a checksum of ours stands before them: a damaged file
// must not get that far.
type pipelineCache struct {
	handle vulkan.PipelineCache
	path   string // "" = memory only
	stored uint32 // checksum of what the file holds
}

const (
	cacheMagic  = "IGSPIPE1"
	cacheHeader = len(cacheMagic) + 4 // magic, CRC-32C of the rest
	// A cache beyond this is no cache of ours: a few dozen pipelines take about 1 MiB.
	cacheLimit = 256 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func openCache(dev vulkan.Device, info Info, dir string) (*pipelineCache, error) {
	c := &pipelineCache{}
	var data []byte
	if dir != "" {
		// The driver's version counts beside its UUID: lavapipe's is the same in every one.
		version := crc32.Checksum([]byte(info.Driver+info.API), castagnoli)
		c.path = filepath.Join(dir, fmt.Sprintf("%04x-%04x-%x-%08x.pipelines", info.VendorID, info.DeviceID, info.uuid, version))
		if file, err := readLimited(c.path); err == nil {
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

func readLimited(path string) ([]byte, error) {
	s, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !s.Mode().IsRegular() || s.Size() > cacheLimit {
		return nil, fmt.Errorf("%s is no pipeline cache", path)
	}
	return os.ReadFile(path)
}

// checkCache returns the driver's bytes when the file is whole and was written for this
// device by this driver, else nil.
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

// save writes the cache when it has grown since it was read. A failure costs the next
// run some compiling and nothing else.
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
	_ = c.save(dev) // see save: worth trying, not worth failing
	vulkan.DestroyPipelineCache(dev, c.handle, nil)
}
