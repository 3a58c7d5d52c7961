package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"os"
	"strconv"
	"time"
)

// runRecord is run.json.
type runRecord struct {
	Status    string                `json:"status"` // running | done | failed | interrupted; only done is finished
	Name      string                `json:"name"`
	Error     string                `json:"error,omitempty"`
	Igs       build                 `json:"igs"`
	Started   time.Time             `json:"started"`
	Ended     *time.Time            `json:"ended,omitempty"`
	Image     imageRecord           `json:"image"`
	Gaussians int                   `json:"gaussians"`
	Steps     int                   `json:"steps"`
	Settings  map[string]setting    `json:"settings"`
	Device    usedDevice            `json:"device"`
	Result    *resultRecord         `json:"result,omitempty"`
	Memory    *memoryRecord         `json:"memory,omitempty"`
	Files     map[string]fileRecord `json:"files,omitempty"`
}

type imageRecord struct {
	Path   string   `json:"path"`
	W      int      `json:"width"`
	H      int      `json:"height"`
	C      int      `json:"channels"`
	Depth  int      `json:"bits"`
	Notes  []string `json:"notes,omitempty"`
	Bytes  int64    `json:"bytes"`
	Sha256 string   `json:"sha256"`
}

type setting struct {
	Value  any    `json:"value"`
	Origin string `json:"origin"`
}

type resultRecord struct {
	PSNR         number  `json:"psnr"`
	SSIM         number  `json:"ssim"`
	Steps        int     `json:"steps"`
	Splats       int     `json:"num_gaussians"`
	StoppedEarly bool    `json:"stopped_early"`
	Bytes        int64   `json:"num_bytes"`
	BitsPerPixel float64 `json:"bits_per_pixel"`
	Seconds      float64 `json:"seconds"`
	TrainSeconds float64 `json:"train_seconds"`
	StepsPerSec  number  `json:"steps_per_second"`
}

type memoryRecord struct {
	Layout  string           `json:"layout"` // float16, recompute in bands of 128 rows
	Planned int64            `json:"device_planned_bytes"`
	Peak    int64            `json:"device_peak_bytes"`
	Host    int64            `json:"host_peak_bytes,omitempty"` // of the whole process so far, with the device's where that is the CPU
	Groups  map[string]int64 `json:"device_peak_bytes_by_group"`
}

type fileRecord struct {
	Bytes  int64  `json:"bytes"`
	Sha256 string `json:"sha256"`
}

// number is a float that becomes null where JSON has no word for it.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if x := float64(n); math.IsInf(x, 0) || math.IsNaN(x) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// hashed describes a file that is there.
func hashed(path string) (fileRecord, error) {
	f, err := os.Open(path)
	if err != nil {
		return fileRecord{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return fileRecord{n, hex.EncodeToString(h.Sum(nil))}, err
}
