package exr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Bits of the version field.
const (
	bitTiled     = 1 << 9
	bitLongNames = 1 << 10
	bitDeep      = 1 << 11
	bitMultipart = 1 << 12
)

const (
	maxName   = 255
	maxHeader = 1 << 20 // bytes of an attribute that is read; other attributes, such as previews, are skipped
)

type window struct{ X0, Y0, X1, Y1 int32 } // X1 and Y1 are inside

// readHeader reads the version and the attributes. It sets f.offsets to the offset after them.
func (f *File) readHeader() error {
	var b [8]byte
	if err := f.readAt(b[:], 0); err != nil {
		return err
	}
	if string(b[:4]) != Magic {
		return errors.New("no OpenEXR file")
	}
	version := binary.LittleEndian.Uint32(b[4:])
	switch {
	case version&0xff != 2:
		return Unsupported(fmt.Sprintf("version %d", version&0xff))
	case version&bitMultipart != 0:
		return Unsupported("several parts in one file")
	case version&bitDeep != 0:
		return Unsupported("deep samples")
	case version&bitTiled != 0:
		return Unsupported("tiles")
	case version>>8&^uint32(bitLongNames>>8) != 0:
		return Unsupported(fmt.Sprintf("version flags %#x", version>>8))
	}
	attributes, end, err := f.attributes()
	if err != nil {
		return err
	}
	f.offsets = end
	return f.interpret(attributes)
}

// attributes reads the attributes that the reader needs, by name.
func (f *File) attributes() (map[string][]byte, int64, error) {
	types := map[string]string{"channels": "chlist", "compression": "compression", "dataWindow": "box2i", "displayWindow": "box2i", "chromaticities": "chromaticities"}
	found := map[string][]byte{}
	at := int64(8)
	for {
		name, err := f.text(&at)
		if err != nil || name == "" {
			return found, at, err
		}
		kind, err := f.text(&at)
		if err != nil {
			return nil, 0, err
		}
		var b [4]byte
		if err := f.readAt(b[:], at); err != nil {
			return nil, 0, err
		}
		at += 4
		n := int64(binary.LittleEndian.Uint32(b[:]))
		if n > f.size-at {
			return nil, 0, io.ErrUnexpectedEOF
		}
		if want, ok := types[name]; ok {
			if kind != want || n > maxHeader {
				return nil, 0, fmt.Errorf("%s of type %q with %d bytes", name, kind, n)
			}
			found[name] = make([]byte, n)
			if err := f.readAt(found[name], at); err != nil {
				return nil, 0, err
			}
		}
		at += n
	}
}

// text reads a string that ends with a zero.
func (f *File) text(at *int64) (string, error) {
	b := f.name[:max(min(int64(len(f.name)), f.size-*at), 0)]
	if err := f.readAt(b, *at); err != nil {
		return "", err
	}
	n := bytes.IndexByte(b, 0)
	switch {
	case n < 0 && len(b) <= maxName:
		return "", io.ErrUnexpectedEOF
	case n < 0:
		return "", errors.New("a name without an end in the header")
	}
	*at += int64(n) + 1
	return string(b[:n]), nil
}

// interpret sets the fields of f from the attributes.
func (f *File) interpret(found map[string][]byte) error {
	data, err := box(found, "dataWindow")
	if err != nil {
		return err
	}
	display, err := box(found, "displayWindow")
	if err != nil {
		return err
	}
	w, h := int64(data.X1)-int64(data.X0)+1, int64(data.Y1)-int64(data.Y0)+1
	if w < 1 || h < 1 {
		return fmt.Errorf("a data window of %d x %d px", w, h)
	}
	f.W, f.H, f.top = int(min(w, 1<<31-1)), int(min(h, 1<<31-1)), int64(data.Y0)
	f.Cropped = data != display
	pack := found["compression"]
	if len(pack) != 1 {
		return errors.New("no compression in the header")
	}
	f.pack = compression(pack[0])
	if f.pack > piz {
		return Unsupported(f.pack.String() + " compression")
	}
	f.Packing = f.pack.most()
	if b := found["chromaticities"]; len(b) == 32 {
		f.Primaries = new([8]float64)
		for i := range f.Primaries {
			f.Primaries[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}
	}
	list, err := channels(found["channels"])
	if err != nil {
		return err
	}
	return f.assign(list)
}

func box(found map[string][]byte, name string) (w window, err error) {
	b := found[name]
	if len(b) != 16 {
		return w, fmt.Errorf("no %s in the header", name)
	}
	_, err = binary.Decode(b, binary.LittleEndian, &w)
	return w, err
}

// channel is one entry of the list of channels.
type channel struct {
	name  string
	kind  kind
	place int // index in the rows of Rows
}

// channels reads the list of channels. An entry has name, kind, a hint and distances between samples; an empty name
// ends the list.
func channels(b []byte) ([]channel, error) {
	var list []channel
	for {
		n := bytes.IndexByte(b, 0)
		if n == 0 {
			return list, nil
		}
		if n < 0 || len(b) < n+17 {
			return nil, errors.New("a list of channels without an end")
		}
		c := channel{name: string(b[:n]), kind: kind(binary.LittleEndian.Uint32(b[n+1:]))}
		if c.kind > kindFloat {
			return nil, fmt.Errorf("channel %q of an unknown type %d", c.name, c.kind)
		}
		if x, y := binary.LittleEndian.Uint32(b[n+9:]), binary.LittleEndian.Uint32(b[n+13:]); x != 1 || y != 1 {
			return nil, Unsupported(fmt.Sprintf("channel %q at %d x %d of the resolution", c.name, x, y))
		}
		list, b = append(list, c), b[n+17:]
	}
}

// assign sets the place of each channel. It refuses a picture that is neither grey nor RGB.
func (f *File) assign(list []channel) error {
	colour := map[string]int{"R": 0, "G": 1, "B": 2}
	var names []string
	seen := map[string]bool{}
	for _, c := range list {
		names = append(names, fmt.Sprintf("%q", c.name))
		seen[c.name] = true
		f.RawBytes += c.kind.bytes()
	}
	f.Alpha = seen["A"]
	beside := len(list)
	if f.Alpha {
		beside--
	}
	switch {
	case len(seen) != len(list):
		return errors.New("two channels of one name")
	case beside == 1 && seen["Y"]:
		f.C = 1
	case beside == 3 && seen["R"] && seen["G"] && seen["B"]:
		f.C = 3
	default:
		const show = 8
		if len(names) > show {
			names = append(names[:show], fmt.Sprintf("%d more", len(names)-show))
		}
		return Unsupported("channels " + strings.Join(names, ", ") + " instead of R, G and B, or Y")
	}
	for i := range list {
		list[i].place = colour[list[i].name]
		if list[i].name == "A" {
			list[i].place = f.C
		}
	}
	f.planes = list
	return nil
}
