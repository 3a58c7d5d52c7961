package convert

import "igs/internal/oneline"

// plainError makes the text of an error one printable line, because it may quote a file.
type plainError struct{ error }

func (e plainError) Unwrap() error { return e.error }

func (e plainError) Error() string { return oneline.Text(e.error.Error()) }
