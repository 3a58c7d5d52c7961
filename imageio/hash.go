package imageio

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"path/filepath"
)

// File identifies the bytes that a picture was read from. For a stack it stands for all its pictures.
type File struct {
	Bytes  int64
	Sha256 string // in hexadecimal. Of a stack: that of a line for each picture, with its name and its own Sha256
}

// together is the File of several pictures in this order, and of a single one its own.
func together(paths []string, files []File) File {
	if len(files) == 1 {
		return files[0]
	}
	h, all := sha256.New(), File{}
	for i, f := range files {
		fmt.Fprintf(h, "%q %s\n", filepath.Base(paths[i]), f.Sha256)
		all.Bytes += f.Bytes
	}
	all.Sha256 = hex.EncodeToString(h.Sum(nil))
	return all
}

// hashed is a file whose bytes go into a hash as a decoder reads them, so that the hash is that of the bytes that were decoded
// and the file is read once. Decoders read a file from its beginning to its end, but for headers, which are read before, and
// for formats with a directory: what lies before the last byte hashed is read again and not hashed again, and what a decoder
// skips is read when the file is done.
type hashed struct {
	r    io.ReaderAt
	size int64
	hash hash.Hash
	next int64 // the first byte that is not in the hash
}

func newHashed(r io.ReaderAt, size int64) *hashed {
	return &hashed{r: r, size: size, hash: sha256.New()}
}

// ReadAt is for one goroutine.
func (h *hashed) ReadAt(b []byte, at int64) (int, error) {
	n, err := h.r.ReadAt(b, at)
	if end := min(at+int64(n), h.size); at <= h.next && h.next < end {
		h.hash.Write(b[h.next-at : end-at])
		h.next = end
	}
	return n, err
}

// file reads what is left and gives what all bytes are.
func (h *hashed) file() (File, error) {
	n, err := io.Copy(h.hash, io.NewSectionReader(h.r, h.next, h.size-h.next))
	h.next += n
	if err == nil && h.next < h.size {
		err = io.ErrUnexpectedEOF
	}
	return File{h.size, hex.EncodeToString(h.hash.Sum(nil))}, err
}
