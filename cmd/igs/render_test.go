package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"igs/internal/fault"
	"igs/render"
)

// Exit code 4 means that the user can correct the command, which does not help with a full or broken disk.
func TestNotWritten(t *testing.T) {
	for cause, want := range map[error]int{syscall.ENOSPC: fault.Failed, syscall.EDQUOT: fault.Failed, syscall.EIO: fault.Failed, os.ErrNotExist: fault.BadInput, os.ErrPermission: fault.BadInput} {
		if got := fault.Code(notWritten(fmt.Errorf("write a.png: %w", cause))); got != want {
			t.Errorf("%v: exit code %d, want %d", cause, got, want)
		}
	}
}

// An error has one line even when a file name has two.
func TestAbsentSaysOneLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a\nigs: error: x")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Skip(err) // no such names here
	}
	for _, path := range []string{path, filepath.Join(path, "b")} {
		if err := absent(path, false); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q", err)
		}
	}
}

func TestCropped(t *testing.T) {
	for text, want := range map[string]render.Window{"": {X: 0, Y: 0, W: 90, H: 60}, "0,0,90,60": {X: 0, Y: 0, W: 90, H: 60}, "89,59,1,1": {X: 89, Y: 59, W: 1, H: 1}, " 1, 2, 3, 4": {X: 1, Y: 2, W: 3, H: 4}} {
		if got, err := cropped(text, 90, 60); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"1,2,3", "1,2,3,4,5", "a,b,c,d", "-1,0,5,5", "0,0,0,5", "0,0,91,1", "90,0,1,1", "9223372036854775807,0,1,1", "1,0,9223372036854775807,1"} {
		if got, err := cropped(text, 90, 60); err == nil {
			t.Errorf("%q gives %v", text, got)
		}
	}
}
