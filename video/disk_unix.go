//go:build unix

package video

import "golang.org/x/sys/unix"

// freeBytes is the free space on the disk of a folder that the user may write to.
func freeBytes(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
