package vk

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

func cacheFile(data []byte) []byte {
	file := append([]byte(cacheMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(file[len(cacheMagic):], crc32.Checksum(data, castagnoli))
	return append(file, data...)
}

func driverData(info Info) []byte {
	var data []byte
	for _, w := range []uint32{32, 1, info.VendorID, info.DeviceID} {
		data = binary.LittleEndian.AppendUint32(data, w)
	}
	return append(append(data, info.uuid[:]...), "pipelines"...)
}

func TestCheckCache(t *testing.T) {
	info := Info{VendorID: 0x10de, DeviceID: 7, uuid: [16]byte{1, 2, 3}}
	good := driverData(info)
	if got := checkCache(cacheFile(good), info); !bytes.Equal(got, good) {
		t.Fatalf("a good file gives %d bytes, want %d", len(got), len(good))
	}
	change := func(at int) []byte {
		data := bytes.Clone(good)
		data[at]++
		return cacheFile(data) // the checksum is right: a complete file of another driver
	}
	damaged := cacheFile(good)
	damaged[len(damaged)-1] ^= 1
	cases := map[string][]byte{
		"empty":          nil,
		"short":          cacheFile(good)[:cacheHeader-1],
		"only a header":  cacheFile(nil),
		"cut":            cacheFile(good)[:cacheHeader+33],
		"one bit":        damaged,
		"raw":            good,
		"header length":  cacheFile(append([]byte{16}, good[1:]...)),
		"header version": change(4),
		"vendor":         change(8),
		"device":         change(12),
		"driver":         change(16),
	}
	for name, file := range cases {
		if got := checkCache(file, info); got != nil {
			t.Errorf("%s: accepted %d bytes", name, len(got))
		}
	}
}

func FuzzCheckCache(f *testing.F) {
	info := Info{VendorID: 1, DeviceID: 2}
	f.Add(cacheFile(driverData(info)))
	f.Add([]byte(cacheMagic))
	f.Fuzz(func(t *testing.T, file []byte) {
		data := checkCache(file, info)
		if data != nil && len(data) < 32 {
			t.Errorf("%d bytes reach the driver", len(data))
		}
	})
}
