package wholefile

import (
	"fmt"
	"os"
)

// Read reads a regular file of at most limit bytes. It reads no device and no pipe, which could have no end.
func Read(path string, limit int64) ([]byte, error) {
	s, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !s.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if s.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, more than the %d that igs writes", path, s.Size(), limit)
	}
	return os.ReadFile(path)
}
