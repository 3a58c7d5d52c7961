package convert

import "igs/internal/oneline"

// plainError is an error whose text may hold what a file says.
type plainError struct{ error }

func (e plainError) Unwrap() error { return e.error }

func (e plainError) Error() string { return oneline.Text(e.error.Error()) }
