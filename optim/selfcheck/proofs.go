package selfcheck

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"igs/internal/process"
	"igs/internal/wholefile"
	"igs/vk"
)

// Proofs remembers what devices have computed right, so that a device proves itself once and not in every process. A
// proof is valid for one subject, one build of the program, and one device with its driver (vk.Info.Identity). After
// any change the device proves itself again. Errors are not remembered. The zero value remembers in memory only. Any
// number of goroutines and processes may use the proofs in one folder.
type Proofs struct {
	Dir    string // folder of the files, one for each type of device; "" = no files
	Always bool   // use no proof of another process; new proofs are still written

	mu    sync.Mutex
	known map[string]bool // keys of the proofs of this process
}

// proof is an entry in the file of a device.
type proof struct {
	Key  string    `json:"key"`
	What string    `json:"what"` // for people who read the file
	When time.Time `json:"when"`
}

const (
	proofsKept     = 64 // in a file; several builds and tunings have proofs at the same time
	proofFileLimit = 1 << 20
)

// Require returns no error if the device has passed the check of a subject, now or before. Before is when the report
// has no rows.
func (p *Proofs) Require(dev *vk.Device, s Subject) (CheckReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := proofKey(dev.Info(), s)
	kept := func() bool {
		return slices.ContainsFunc(p.read(dev.Info()), func(o proof) bool { return o.Key == key })
	}
	if p.known[key] || !p.Always && kept() {
		return CheckReport{}, nil
	}
	return p.prove(dev, s)
}

// Prove checks a subject even if there is a proof. A failure removes the proof.
func (p *Proofs) Prove(dev *vk.Device, s Subject) (CheckReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.prove(dev, s)
}

func (p *Proofs) prove(dev *vk.Device, s Subject) (CheckReport, error) {
	report, err := s.Check(dev)
	fresh := proof{proofKey(dev.Info(), s), s.Name, time.Now().UTC()}
	if p.known == nil {
		p.known = map[string]bool{}
	}
	p.known[fresh.Key] = err == nil
	before := p.read(dev.Info())
	after := slices.DeleteFunc(slices.Clone(before), func(o proof) bool { return o.Key == fresh.Key })
	if err == nil {
		after = append(after, fresh)
	}
	if err == nil || len(after) < len(before) {
		_ = p.write(dev.Info(), after[max(0, len(after)-proofsKept):]) // without a file the device proves itself again
	}
	return report, err
}

// proofKey is a hash of everything that a proof depends on. The program contains the kernels, the code that records
// them, and the reference.
func proofKey(info vk.Info, s Subject) string {
	program, _ := process.Program()
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s", program, info.Identity(), s.Name)))
}

func (p *Proofs) path(info vk.Info) string {
	return filepath.Join(p.Dir, fmt.Sprintf("%04x-%04x.proofs", info.VendorID, info.DeviceID))
}

// read returns the proofs in the file of a device. There are none if the file is missing or damaged, or if a build of
// the program cannot be told from another.
func (p *Proofs) read(info vk.Info) (list []proof) {
	if _, err := process.Program(); err != nil || p.Dir == "" {
		return nil
	}
	text, err := wholefile.Read(p.path(info), proofFileLimit)
	if err != nil || json.Unmarshal(text, &list) != nil {
		return nil
	}
	return list
}

func (p *Proofs) write(info vk.Info, list []proof) error {
	if _, err := process.Program(); err != nil || p.Dir == "" {
		return err
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return err
	}
	return wholefile.WriteBytes(p.path(info), append(text, '\n'))
}
