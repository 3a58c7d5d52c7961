package vk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"igs/internal/fault"
)

// Choose selects a device. sel is "auto" (or ""), an index of List, or a part of a name in any case. The string tells
// the user why the device was chosen. The errors have exit codes and hints.
func Choose(infos []Info, sel string) (Info, string, error) {
	if len(infos) == 0 {
		return Info{}, "", noVulkan("no Vulkan device")
	}
	sel = strings.TrimSpace(sel)
	if sel == "" || strings.EqualFold(sel, "auto") {
		return chooseBest(infos, "")
	}
	n, err := strconv.Atoi(sel)
	isNumber := err == nil
	var named []Info
	for _, info := range infos {
		if isNumber && info.Index == n {
			return usable(info, fmt.Sprintf("index %d was asked for", n))
		}
		if strings.Contains(strings.ToLower(info.Name), strings.ToLower(sel)) {
			named = append(named, info)
		}
	}
	switch len(named) {
	case 0:
		if Several(sel) {
			return Info{}, "", noSuchDevice(infos, "%q are several devices, and this works with one", sel)
		}
		return Info{}, "", noSuchDevice(infos, "no device has the index or name %q", sel)
	case 1:
		return usable(named[0], fmt.Sprintf("its name contains %q", sel))
	}
	return chooseBest(named, fmt.Sprintf(" of those whose name contains %q", sel))
}

// Several reports whether a selection may be of more than one device: the word all, or a list with commas.
func Several(sel string) bool { return isAll(sel) || strings.Contains(sel, ",") }

func isAll(sel string) bool { return strings.EqualFold(strings.TrimSpace(sel), "all") }

// ChooseSeveral selects devices: those of a list with commas, each as for Choose, or all. All are those that compute;
// processors are among them only where there is nothing else, since one is slower than a GPU by far.
func ChooseSeveral(infos []Info, sel string) ([]Info, error) {
	if isAll(sel) {
		return chooseAll(infos)
	}
	if one, _, err := Choose(infos, sel); err == nil { // names may have commas
		return []Info{one}, nil
	}
	var chosen []Info
	for _, part := range strings.Split(sel, ",") {
		info, _, err := Choose(infos, part)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(chosen, func(o Info) bool { return o.Index == info.Index }) {
			return nil, noSuchDevice(infos, "device %d (%s) is twice in %q", info.Index, info.Name, sel)
		}
		chosen = append(chosen, info)
	}
	return chosen, nil
}

func chooseAll(infos []Info) ([]Info, error) {
	best, _, err := chooseBest(infos, "")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(infos), func(i Info) bool {
		return i.Missing != "" || i.Kind == CPU && best.Kind != CPU
	}), nil
}

// chooseBest compares devices by kind, then by memory, then by the order of the loader.
func chooseBest(infos []Info, among string) (Info, string, error) {
	best := -1
	count := 0
	for i, info := range infos {
		if info.Missing != "" {
			continue
		}
		count++
		if best < 0 || info.Kind > infos[best].Kind ||
			info.Kind == infos[best].Kind && info.LocalBytes > infos[best].LocalBytes {
			best = i
		}
	}
	if best < 0 {
		return Info{}, "", noVulkan("no usable Vulkan device: %s lacks %s", infos[0].Name, infos[0].Missing)
	}
	chosen := infos[best]
	if count == 1 {
		return chosen, "the only usable device" + among, nil
	}
	reason := fmt.Sprintf("first of %d by kind (%s)", count, chosen.Kind)
	for i, info := range infos {
		if i != best && info.Missing == "" && info.Kind == chosen.Kind {
			reason = fmt.Sprintf("first of %d by kind (%s) and memory", count, chosen.Kind)
		}
	}
	return chosen, reason + among, nil
}

func usable(info Info, reason string) (Info, string, error) {
	if info.Missing != "" {
		return Info{}, "", fault.New(fault.NoVulkan, "choose another device: igs devices lists them",
			"device %d (%s) cannot be used: it lacks %s", info.Index, info.Name, info.Missing)
	}
	return info, reason, nil
}

func noSuchDevice(infos []Info, format string, args ...any) error {
	var list []string
	for _, info := range infos {
		list = append(list, fmt.Sprintf("%d = %s", info.Index, info.Name))
	}
	return fault.New(fault.BadInput, "devices here: "+strings.Join(list, ", "), format, args...)
}
