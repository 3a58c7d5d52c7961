package live

import (
	"net"
	"strconv"
	"strings"

	"igs/internal/fault"
)

// IsAddress reports whether a word is a port, or an address with a port.
func IsAddress(word string) bool {
	if port, ok := strings.CutPrefix(word, ":"); ok || !strings.Contains(word, ":") {
		return isPort(port)
	}
	_, port, err := net.SplitHostPort(word)
	return err == nil && isPort(port)
}

// Address is the address that --serve asks for. Other machines reach only an address that names a host.
func Address(value string) (string, error) {
	switch {
	case value == "true":
		return "127.0.0.1:0", nil
	case !IsAddress(value):
		return "", fault.New(fault.BadInput, "give a port of this machine or HOST:PORT, for example --serve=127.0.0.1:8080", "--serve %s: this is no address", value)
	case !strings.Contains(value, ":"):
		return "127.0.0.1:" + value, nil
	case strings.HasPrefix(value, ":"):
		return "127.0.0.1" + value, nil
	}
	return value, nil
}

// isPort reports whether a word is a number. A number that is no port is an error of listening.
func isPort(word string) bool {
	_, err := strconv.ParseUint(word, 10, 32)
	return err == nil
}
