package imageio

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// A block of deflate (RFC 1951) has codes of its own for the bytes and for its end.
const (
	codeEnd     = 256
	codeSymbols = codeEnd + 1
	codeLongest = 14      // bits of a code, so that four codes and 7 bits before them fit into a word; deflate allows 15
	codeHead    = 140     // bytes that a block takes beside the codes of its bytes, at most
	codeCounted = 1 << 15 // bytes that are counted to choose codes
)

// byteCodes compresses bytes with Huffman codes for single bytes, without a search for repetitions. The same in
// klauspost/compress counts all bytes and makes new codes every 32 KiB, which takes twice the time of encoding.
type byteCodes struct {
	counts [4][codeSymbols]uint32 // of bytes at four places, so that counting need not wait for the count before
	sizes  [codeSymbols]uint8     // bits of the codes
	codes  [codeSymbols]uint32    // the codes, with their first bit lowest, times 256, plus their sizes

	out     []byte
	waiting uint64 // bits that do not fill a byte
	waits   uint   // their number
}

// block returns whole bytes: blocks of deflate with b, and an empty block, which is the last one of the stream if last is true.
// They are valid until the next call.
func (c *byteCodes) block(b []byte, last bool) []byte {
	c.choose(b)
	c.out = slices.Grow(c.out[:0], codeLongest*len(b)/8+codeHead+8)
	c.head()
	c.encode(b)
	if len(c.out) > len(b) {
		c.store(b)
	}
	final := uint64(0)
	if last {
		final = 1
	}
	c.put(final, 3) // a block without codes
	c.align()
	return append(c.out, 0, 0, 0xff, 0xff)
}

// size is about the number of bytes that b takes. b has at most codeCounted bytes.
func (c *byteCodes) size(b []byte) int {
	c.choose(b)
	n := 0
	for s, count := range c.counts[0] {
		n += int(count) * int(c.sizes[s])
	}
	return n/8 + codeHead
}

// choose makes codes for b. They suit a part of long bytes: eight at each of many places. The distances of the places
// are chosen by chance, because equal ones would meet the same columns of a picture again and again. Each byte has a code.
func (c *byteCodes) choose(b []byte) {
	c.counts = [4][codeSymbols]uint32{}
	gaps := 16*max(len(b)/codeCounted-1, 0) + 1 // between two places, of which the half is the mean
	at, chance := 0, uint32(1)
	for ; at+8 <= len(b); at += 8 + int(uint64(chance)*uint64(gaps)>>32) {
		chance = 1664525*chance + 1013904223 // "ranqd1" of Numerical Recipes
		word := binary.LittleEndian.Uint64(b[at:])
		c.counts[0][uint8(word)]++
		c.counts[1][uint8(word>>8)]++
		c.counts[2][uint8(word>>16)]++
		c.counts[3][uint8(word>>24)]++
		c.counts[0][uint8(word>>32)]++
		c.counts[1][uint8(word>>40)]++
		c.counts[2][uint8(word>>48)]++
		c.counts[3][uint8(word>>56)]++
	}
	for ; at < len(b); at++ {
		c.counts[0][b[at]]++
	}
	sum := &c.counts[0]
	for s := range sum {
		sum[s] += c.counts[1][s] + c.counts[2][s] + c.counts[3][s]
	}
	weights := *sum
	for !c.measure(&weights) {
		for s, w := range weights {
			weights[s] = w / 2
		}
	}
	c.assign()
}

// measure finds the sizes of the codes with the least sum of sizes times weights (Huffman 1952). A weight of 0 counts as 1. It
// returns false when a code would be too long.
func (c *byteCodes) measure(weights *[codeSymbols]uint32) bool {
	const nodes = 2*codeSymbols - 1
	var weight [nodes]uint32 // the leaves from the lightest on, then the nodes above them, which are made in the same order
	var above [nodes]uint16
	var depth [nodes]uint8
	var order [codeSymbols]uint32
	for s, w := range weights {
		order[s] = max(w, 1)<<9 | uint32(s)
	}
	slices.Sort(order[:])
	for i, o := range order {
		weight[i] = o >> 9
	}
	leaf, node := 0, codeSymbols // the lightest ones that have nothing above them
	for made := codeSymbols; made < nodes; made++ {
		for range 2 {
			lightest := &leaf
			if leaf == codeSymbols || node < made && weight[node] < weight[leaf] {
				lightest = &node
			}
			weight[made] += weight[*lightest]
			above[*lightest] = uint16(made)
			*lightest++
		}
	}
	for i := nodes - 2; i >= 0; i-- {
		depth[i] = depth[above[i]] + 1
	}
	for i, o := range order {
		c.sizes[o&(1<<9-1)] = depth[i]
	}
	return depth[0] <= codeLongest
}

// assign gives each symbol the code of its size that deflate prescribes: codes of a size follow each other.
func (c *byteCodes) assign() {
	var of, next [codeLongest + 2]uint32
	for _, n := range c.sizes {
		of[n]++
	}
	for n := 1; n <= codeLongest; n++ {
		next[n+1] = (next[n] + of[n]) << 1
	}
	for s, n := range c.sizes {
		c.codes[s] = uint32(bits.Reverse16(uint16(next[n]))>>(16-n))<<8 | uint32(n)
		next[n]++
	}
}

// head writes the head of a block. The sizes of its codes are numbers of four bits, which are codes themselves.
func (c *byteCodes) head() {
	c.put(0b10<<1, 3)               // not the last block, codes of its own
	c.put((19-4)<<10, 14)           // 257 symbols, one distance, 19 sizes of sizes
	c.put(0, 9)                     // no runs of sizes
	for range codeLongest + 1 + 1 { // sizes up to 15
		c.put(4, 3)
	}
	for _, n := range c.sizes {
		c.put(uint64(bits.Reverse8(n)>>4), 4)
	}
	c.put(uint64(bits.Reverse8(1)>>4), 4) // the distance, which no code uses
}

// encode writes the codes of b and of the end.
func (c *byteCodes) encode(b []byte) {
	out := c.out[:cap(c.out)]
	at, waiting, waits := len(c.out), c.waiting, c.waits
	for ; len(b) >= 4; b = b[4:] {
		p, q, r, s := c.codes[b[0]], c.codes[b[1]], c.codes[b[2]], c.codes[b[3]]
		two, size := uint64(p>>8)|uint64(q>>8)<<(p&63), p&63+q&63
		four := two | (uint64(r>>8)|uint64(s>>8)<<(r&63))<<(size&63)
		waiting |= four << (waits & 63)
		waits += uint(size + r&63 + s&63)
		binary.LittleEndian.PutUint64(out[at:], waiting)
		at += int(waits / 8)
		waiting >>= waits &^ 7 & 63
		waits &= 7
	}
	c.out, c.waiting, c.waits = out[:at], waiting, waits
	for _, v := range b {
		c.put(uint64(c.codes[v]>>8), uint(c.codes[v]&63))
	}
	c.put(uint64(c.codes[codeEnd]>>8), uint(c.codes[codeEnd]&63))
}

// store writes b in blocks without codes. It is for noise, whose codes are longer than the bytes.
func (c *byteCodes) store(b []byte) {
	c.out, c.waiting, c.waits = c.out[:0], 0, 0
	for part := range slices.Chunk(b, 1<<16-1) {
		n := uint16(len(part))
		c.out = append(c.out, 0)
		c.out = binary.LittleEndian.AppendUint16(c.out, n)
		c.out = binary.LittleEndian.AppendUint16(c.out, ^n)
		c.out = append(c.out, part...)
	}
}

// put writes the lowest n bits of v, whose others are 0. n is at most 14.
func (c *byteCodes) put(v uint64, n uint) {
	c.waiting |= v << c.waits
	for c.waits += n; c.waits >= 8; c.waits -= 8 {
		c.out = append(c.out, byte(c.waiting))
		c.waiting >>= 8
	}
}

// align fills the last byte.
func (c *byteCodes) align() {
	if c.waits > 0 {
		c.put(0, 8-c.waits)
	}
}
