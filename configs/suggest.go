package configs

import "strings"

// unknown is the message about a name that is no key and no section.
func unknown(name string, isSection bool) string {
	what, near := "unknown key ", nearestKey(name)
	if isSection {
		what, near = "unknown section ", Nearest(name, sections())
	}
	if near == "" {
		return what + name
	}
	return what + name + "; did you mean " + near + "?"
}

// nearestKey finds the setting that a wrong name most likely means. The last word counts
// most, because people remember "steps" and forget that it belongs to the section sweep.
func nearestKey(name string) string {
	section, word := split(name)
	best, bestCost := "", 1e9
	for _, k := range schema {
		keySection, keyWord := split(k.name)
		d := distance(word, keyWord)
		if d > slips(word) {
			continue
		}
		cost := float64(d) + 0.25*float64(min(3, distance(section, keySection)))
		if cost < bestCost {
			best, bestCost = k.name, cost
		}
	}
	return best
}

// Nearest is the closest of the words, or "" when none is close enough.
func Nearest(word string, words []string) string {
	best, bestDistance := "", slips(word)+1
	for _, w := range words {
		if d := distance(word, w); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	return best
}

// slips is the number of wrong letters up to which a word counts as misspelt.
func slips(word string) int { return max(1, len(word)/3) }

func split(name string) (section, word string) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}

// distance is the number of letters to insert, delete, replace or swap with a neighbour
// (optimal string alignment). Names longer than any key are cut: files may hold names of any length.
func distance(a, b string) int {
	const longest = 64
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	var before, last, row [longest + 1]int
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
