// Package startlimit ends a program with one line and exit code 11 when a limit of the address space (ulimit -v) is so low
// that the Go runtime may not start. The runtime would print a stack. A command imports it; a library must not end the
// program that uses it.
package startlimit
