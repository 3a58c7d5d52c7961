package convert

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Limits of a pickle. The pickle of an Image-GS checkpoint has 4 KB, and its names 20 bytes; the numbers are in other
// files of the archive. The library quotes the arguments of a wrong call in its error, so it may allocate the product
// of the two.
const (
	longestPickle = 32 << 10
	longestText   = 64
)

// operand is the kind of data after an opcode.
type operand int

const (
	nothing operand = iota
	byte1
	byte2
	byte4
	byte8
	text1 // a length in 1 byte, and as many bytes
	text4 // in 4 bytes
	frame // the length of a frame, 8 bytes
	lines // two lines
)

// opcodes lists the opcodes that torch.save writes in protocols 2 to 5. Older opcodes that make objects, and opcodes
// with lengths of 8 bytes, are not in the list.
var opcodes = map[byte]operand{
	'(': nothing, '.': nothing, '0': nothing, 'N': nothing, 'R': nothing, 'Q': nothing, 'a': nothing, 'b': nothing, 'e': nothing,
	's': nothing, 't': nothing, 'u': nothing, '}': nothing, ']': nothing, ')': nothing,
	0x81: nothing, 0x85: nothing, 0x86: nothing, 0x87: nothing, 0x88: nothing, 0x89: nothing, 0x93: nothing, 0x94: nothing,
	'K': byte1, 'q': byte1, 'h': byte1, 0x80: byte1,
	'M': byte2,
	'J': byte4, 'r': byte4, 'j': byte4,
	'G':  byte8,
	0x8a: text1, 0x8c: text1, 'C': text1, 'U': text1,
	'X': text4, 'B': text4,
	0x95: frame,
	'c':  lines,
}

// scan reads a pickle without executing it. It refuses everything for which the library would allocate much or fail:
// lengths beyond the data, long texts, opcodes that are not needed.
func scan(pickle []byte) error {
	if len(pickle) > longestPickle {
		return fmt.Errorf("its pickle has %d bytes; that of Image-GS has a few thousand", len(pickle))
	}
	rest := pickle
	for len(rest) > 0 {
		op := rest[0]
		rest = rest[1:]
		kind, known := opcodes[op]
		if !known {
			return fmt.Errorf("its pickle has the opcode 0x%02x, which torch.save does not write", op)
		}
		n, err := kind.length(op, rest)
		if err != nil {
			return err
		}
		if n > len(rest) {
			break
		}
		rest = rest[n:]
		if op == '.' {
			if len(rest) > 0 {
				return fmt.Errorf("%d bytes follow the end of its pickle", len(rest))
			}
			return nil
		}
	}
	return errors.New("its pickle is cut short")
}

// length is the number of bytes of the operand. It is larger than rest when the pickle is cut short.
func (o operand) length(op byte, rest []byte) (int, error) {
	prefix, n := 0, 0
	switch o {
	case byte1, byte2, byte4, byte8:
		return 1 << (o - byte1), nil
	case text1:
		prefix = 1
	case text4:
		prefix = 4
	case frame:
		prefix = 8
	case lines:
		for range 2 {
			end := bytes.IndexByte(rest[n:], '\n')
			if end < 0 {
				return len(rest) + 1, nil
			}
			if end > longestText {
				return 0, errors.New("its pickle has an overlong name")
			}
			n += end + 1
		}
		return n, nil
	default:
		return 0, nil
	}
	if len(rest) < prefix {
		return prefix, nil
	}
	claim := binary.LittleEndian.Uint64(append(bytes.Clone(rest[:prefix]), make([]byte, 8-prefix)...))
	switch {
	case o == frame && claim > uint64(len(rest)-prefix):
		return len(rest) + 1, nil
	case o == frame:
		return prefix, nil
	case claim > longestText:
		return 0, fmt.Errorf("its pickle has a text of %d bytes", claim)
	case op == 0x8a && claim == 0:
		return 0, errors.New("its pickle has a number of no bytes")
	}
	return prefix + int(claim), nil
}
