package vk

import (
	"sort"
	"sync"
)

// Usage is the device memory that a Device holds, in bytes: the sizes that the driver asked for (VkMemoryRequirements),
// staging included.
type Usage struct {
	Now, Peak int64
	Groups    []GroupUse // ordered by name
}

// GroupUse is the memory of one buffer group.
type GroupUse struct {
	Group     string
	Now, Peak int64
}

// ledger adds up the memory of all buffers.
type ledger struct {
	mu     sync.Mutex
	total  GroupUse
	groups map[string]*GroupUse
}

// add adds bytes to a group. A negative number means freed bytes.
func (l *ledger) add(group string, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.groups == nil {
		l.groups = map[string]*GroupUse{}
	}
	g := l.groups[group]
	if g == nil {
		g = &GroupUse{Group: group}
		l.groups[group] = g
	}
	for _, u := range []*GroupUse{&l.total, g} {
		u.Now += bytes
		u.Peak = max(u.Peak, u.Now)
	}
}

func (l *ledger) now() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total.Now
}

func (l *ledger) usage() Usage {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := Usage{Now: l.total.Now, Peak: l.total.Peak}
	for _, g := range l.groups {
		u.Groups = append(u.Groups, *g)
	}
	sort.Slice(u.Groups, func(i, j int) bool { return u.Groups[i].Group < u.Groups[j].Group })
	return u
}

// ResetPeak sets all peaks to the memory held now, so that each of several runs on one device has its own peaks.
func (d *Device) ResetPeak() { d.memory.reset() }

func (l *ledger) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.Peak = l.total.Now
	for _, g := range l.groups {
		g.Peak = g.Now
	}
}
