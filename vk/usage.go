package vk

import (
	"sort"
	"sync"
)

// Usage is the device memory that a Device holds, counted by what the driver asked for
// each buffer (VkMemoryRequirements), staging included. Bytes.
type Usage struct {
	Now, Peak int64
	Groups    []GroupUse // by name
}

// GroupUse is the share of one buffer group.
type GroupUse struct {
	Group     string
	Now, Peak int64
}

// ledger keeps the sums.
type ledger struct {
	mu     sync.Mutex
	total  GroupUse
	groups map[string]*GroupUse
}

// add books bytes (negative to give back) to a group.
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

// ResetPeak begins all peaks anew from what is held now, so that of several runs on one
// device each has its own.
func (d *Device) ResetPeak() { d.memory.reset() }

func (l *ledger) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.Peak = l.total.Now
	for _, g := range l.groups {
		g.Peak = g.Now
	}
}
