package imageio

import "encoding/binary"

const (
	tagOrientation = 0x0112
	typeByte       = 1
	typeShort      = 3
	typeLong       = 4
)

// exifOrientation looks for the orientation in the first directory of a TIFF structure.
// It answers upright for anything that is missing, malformed or out of range: broken
// metadata is no reason to refuse a picture that can be seen.
func exifOrientation(tiff []byte) orientation {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return upright
	}
	count := int(order.Uint16(tiff[start:]))
	entries := tiff[start+2:]
	for ; count > 0 && len(entries) >= 12; count-- {
		entry := entries[:12] // tag 2, type 2, number of values 4, value 4
		entries = entries[12:]
		if order.Uint16(entry) != tagOrientation {
			continue
		}
		value := uint32(0)
		switch order.Uint16(entry[2:]) {
		case typeByte:
			value = uint32(entry[8])
		case typeShort:
			value = uint32(order.Uint16(entry[8:]))
		case typeLong: // not allowed, but written by some programs
			value = order.Uint32(entry[8:])
		}
		if value < 1 || value > 8 {
			return upright
		}
		return orientation(value)
	}
	return upright
}
