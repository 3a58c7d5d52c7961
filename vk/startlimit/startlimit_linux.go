package startlimit

import "C" // for startlimit_linux.c, whose check runs before the Go runtime
