// Package arrows tests the imports of the module: which room may import which, and which libraries
// only one room may import. Its test reads every Go file of the module, with any build
// constraints.
//
// A room is a top folder with the packages below it. A lower folder is a room of its own when it has
// an entry in the map or is a folder of internal.
package arrows

// Rooms says which rooms each room may import. ARCHITECTURE.md lists the same rooms. A room that is not here is an error.
var Rooms = map[string][]string{
	".":       {"configs", "event", "imageio", "memory", "metric", "optim", "optim/engine", "optim/selfcheck", "splat", "vk"}, // the public API
	"cmd":     {everything},
	"optim":   {"configs", "event", "memory", "metric", "optim/engine", "optim/sampling", "shaders", "splat", "imageio", "vk", "internal/safetensors"},
	"memory":  {"configs", "splat"},
	"vk":      {"shaders", "internal/process"},
	"runlog":  {"configs", "event", "metric"},
	"metric":  {"imageio"},
	"splat":   {"imageio"},
	"convert": {"splat", "imageio", "viewer", "internal/safetensors"},
	"video":   {"configs", "record"},
	"render":  {"imageio", "metric", "optim/engine", "record", "sketch", "splat", "video", "vk"},
	"session": {"configs", "convert", "event", "imageio", "memory", "metric", "optim", "optim/engine", "optim/sampling", "optim/selfcheck", "record", "render", "report", "runlog", "splat", "video", "viewer", "vk", "internal/process"},
	"printer": {"configs", "event", "imageio", "metric", "optim/selfcheck", "record", "render", "report", "runlog", "session", "vk", "internal/terminal"},
	"codecs":  {"record"},
	"sketch":  {"splat"},
	"report":  {"codecs", "configs", "event", "imageio", "metric", "record", "runlog", "splat", "viewer"},
	"record":  {"imageio", "metric"},
	"configs": {},
	"cluster": {},
	"event":   {"metric"},
	"imageio": {},
	"shaders": {},
	"scripts": {},
	"viewer":  {"imageio", "splat"},
	"live":    {"event", "record", "splat", "viewer"},

	"internal/command": {"configs"},

	"optim/engine":    {"imageio", "memory", "metric", "shaders", "splat", "vk"},
	"optim/sampling":  {"configs", "imageio", "memory", "splat"},
	"optim/selfcheck": {"configs", "event", "imageio", "memory", "optim", "optim/engine", "shaders", "splat", "vk", "internal/process"},

	"internal/arrows":       {},
	"internal/fault":        {},
	"internal/float16":      {},
	"internal/wholefile":    {},
	"internal/safetensors":  {},
	"internal/browsertest":  {},
	"internal/golden":       {"imageio", "metric"},
	"internal/limits":       {},
	"internal/oneline":      {},
	"internal/parallel":     {},
	"internal/picturefiles": {},
	"internal/process":      {},
	"internal/signals":      {},
	"internal/srgb":         {},
	"internal/terminal":     {},
}

const everything = "everything"

// shared rooms may be imported by all others.
var shared = []string{"internal/fault", "internal/float16", "internal/limits", "internal/oneline", "internal/parallel", "internal/picturefiles", "internal/srgb", "internal/wholefile"}

// testAids are packages for tests. Only _test files and other aids may import them.
var testAids = []string{"imageio/icc/icctest", "internal/browsertest", "internal/golden", "vk/vktest"}

// reserved lists packages that only some rooms may import, with their subpackages. So only one room
// depends on a library for the device, flags, file syntax or logging.
var reserved = map[string][]string{
	"C":                              {"vk"},
	"unsafe":                         {"vk"},
	"github.com/vulkan-go/vulkan":    {"vk"},
	"github.com/urfave/cli":          {"internal/command"},
	"github.com/BurntSushi/toml":     {"configs"},
	"github.com/sirupsen/logrus":     {"runlog"},
	"github.com/nlpodyssey/gopickle": {"convert"},
	"log":                            {"cmd", "runlog"},
}

// exceptions lists files that may import a package of reserved: the program of docs/library.md is one of another module.
var exceptions = map[string]string{"program_test.go": "log"}

// oneFile lists libraries that only one file may import, so that another library can replace them with little work.
var oneFile = map[string]string{
	"github.com/urfave/cli":      "internal/command/cli.go",
	"github.com/sirupsen/logrus": "runlog/log.go",
}
