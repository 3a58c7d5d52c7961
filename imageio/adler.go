package imageio

import "encoding/binary"

// adler is the checksum of a zlib stream (RFC 1950): 1 plus the sum of the bytes, and the sum of these sums after each byte. It takes
// eight bytes at a time, a quarter of the time of hash/adler32.
type adler struct{ bytes, sums uint64 }

const (
	adlerModulus = 65521
	adlerWords   = 16      // words whose sums stay below 1<<16
	adlerPart    = 1 << 16 // bytes whose sums stay far below 1<<64
)

func (a *adler) write(b []byte) {
	for len(b) > 0 {
		n := min(len(b), adlerPart)
		a.add(b[:n])
		b = b[n:]
		a.bytes, a.sums = a.bytes%adlerModulus, a.sums%adlerModulus
	}
}

func (a *adler) add(b []byte) {
	const lanes = 0x00ff00ff00ff00ff
	for ; len(b) >= 8*adlerWords; b = b[8*adlerWords:] {
		var even, odd, evens, odds uint64 // four sums of 16 bits each: of the bytes, and of the sums before each word
		for part := b[:8*adlerWords]; len(part) >= 8; part = part[8:] {
			word := binary.LittleEndian.Uint64(part)
			evens, odds = evens+even, odds+odd
			even, odd = even+word&lanes, odd+word>>8&lanes
		}
		a.sums += 8 * adlerWords * a.bytes
		for i := range uint64(4) { // the place of a byte in a word says how many sums of the word have it
			e, o := even&0xffff, odd&0xffff
			a.bytes += e + o
			a.sums += 8*(evens&0xffff+odds&0xffff) + (8-2*i)*e + (7-2*i)*o
			even, odd, evens, odds = even>>16, odd>>16, evens>>16, odds>>16
		}
	}
	for _, v := range b {
		a.bytes += uint64(v)
		a.sums += a.bytes
	}
}

// sum32 is the checksum of all bytes. The sum of the bytes begins with 1, so a new adler is {bytes: 1}.
func (a *adler) sum32() uint32 { return uint32(a.sums<<16 | a.bytes) }
