package imageio

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"path/filepath"
)

// File identifies the bytes that a picture was read from. For a stack it identifies all files.
type File struct {
	Bytes  int64
	Sha256 string // in hexadecimal; of a stack: the hash of one line for each picture, with its name and its Sha256
}

// together is the File of several pictures in this order. For one picture it is that of the picture.
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

// hashed is a file whose bytes are hashed while a decoder reads them. So the hash is that of the decoded bytes, and the
// file is read only once. Most decoders read from the beginning to the end. Bytes that a decoder reads a second time
// are not hashed again, and bytes that it skips are read and hashed at the end.
type hashed struct {
	r    io.ReaderAt
	size int64
	hash hash.Hash
	next int64 // the first byte that is not in the hash
}

func newHashed(r io.ReaderAt, size int64) *hashed {
	return &hashed{r: r, size: size, hash: sha256.New()}
}

// ReadAt may be called by one goroutine at a time.
func (h *hashed) ReadAt(b []byte, at int64) (int, error) {
	n, err := h.r.ReadAt(b, at)
	if end := min(at+int64(n), h.size); at <= h.next && h.next < end {
		h.hash.Write(b[h.next-at : end-at])
		h.next = end
	}
	return n, err
}

// file reads the remaining bytes and returns the File of all bytes.
func (h *hashed) file() (File, error) {
	n, err := io.Copy(h.hash, io.NewSectionReader(h.r, h.next, h.size-h.next))
	h.next += n
	if err == nil && h.next < h.size {
		err = io.ErrUnexpectedEOF
	}
	return File{h.size, hex.EncodeToString(h.hash.Sum(nil))}, err
}
