// Package arrows holds the imports of the program to its map of rooms: which room may
// know which, and which libraries belong to one room alone. Its test reads every Go file
// of the module, whatever its build constraints.
//
// A room is a folder at the top, with the packages below it; a folder below with an entry
// of its own in the map, and each folder under internal, is a room of its own.
package arrows

// Rooms says which rooms each room may import. It is the map of ARCHITECTURE.md; a room
// that is not here may not exist, so that a new one is put on the map first.
var Rooms = map[string][]string{
	".":       {"configs", "event", "imageio", "memory", "metric", "optim", "optim/engine", "optim/selfcheck", "splat", "vk"}, // the public API
	"cmd":     {everything},
	"optim":   {"configs", "event", "memory", "metric", "optim/engine", "optim/sampling", "shaders", "splat", "imageio", "vk", "internal/safetensors"},
	"memory":  {"configs", "splat"},
	"vk":      {"shaders"},
	"runlog":  {"configs", "event", "metric"},
	"metric":  {"imageio"},
	"splat":   {"imageio"},
	"convert": {"splat", "imageio", "internal/safetensors"},
	"video":   {"configs", "record"},
	"render":  {"imageio", "metric", "optim/engine", "record", "sketch", "splat", "video", "vk"},
	"session": {"configs", "convert", "event", "imageio", "memory", "metric", "optim", "optim/engine", "optim/sampling", "optim/selfcheck", "record", "render", "report", "runlog", "splat", "video", "vk", "internal/process"},
	"printer": {"configs", "event", "imageio", "metric", "optim/selfcheck", "record", "render", "report", "runlog", "session", "vk", "internal/terminal"},
	"sketch":  {"splat"},
	"report":  {"configs", "event", "imageio", "metric", "record", "runlog", "splat"},
	"record":  {"metric"},
	"configs": {},
	"event":   {"metric"},
	"imageio": {},
	"shaders": {},
	"scripts": {},

	"cmd/igs/command": {"configs"},

	"optim/engine":    {"imageio", "memory", "metric", "shaders", "splat", "vk"},
	"optim/sampling":  {"configs", "imageio", "memory", "splat"},
	"optim/selfcheck": {"configs", "event", "imageio", "memory", "optim", "optim/engine", "shaders", "splat", "vk"},

	"internal/arrows":      {},
	"internal/fault":       {},
	"internal/float16":     {},
	"internal/wholefile":   {},
	"internal/safetensors": {},
	"internal/golden":      {"imageio", "metric"},
	"internal/limits":      {},
	"internal/oneline":     {},
	"internal/parallel":    {},
	"internal/process":     {},
	"internal/srgb":        {},
	"internal/terminal":    {},
}

const everything = "everything"

// shared rooms may be imported by all others.
var shared = []string{"internal/fault", "internal/float16", "internal/limits", "internal/oneline", "internal/parallel", "internal/srgb", "internal/wholefile"}

// testAids are packages that only _test files may import, of any room, and other aids.
var testAids = []string{"imageio/icc/icctest", "internal/golden", "vk/vktest"}

// reserved packages belong to the rooms named, their subpackages included: the rest of
// the program stays free of the device, of flags, of file syntax and of logging.
var reserved = map[string][]string{
	"C":                              {"vk"},
	"unsafe":                         {"vk"},
	"github.com/vulkan-go/vulkan":    {"vk"},
	"github.com/urfave/cli":          {"cmd/igs/command"},
	"github.com/BurntSushi/toml":     {"configs"},
	"github.com/sirupsen/logrus":     {"runlog"},
	"github.com/nlpodyssey/gopickle": {"convert"},
	"log":                            {"cmd", "runlog"},
}

// oneFile holds a library to one file, so that it can be exchanged for another in a day.
var oneFile = map[string]string{
	"github.com/urfave/cli":      "cmd/igs/command/cli.go",
	"github.com/sirupsen/logrus": "runlog/log.go",
}
