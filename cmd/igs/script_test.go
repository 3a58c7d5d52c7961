package main

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

func TestMain(m *testing.M) {
	testscript.Main(cleaner{m}, map[string]func(){"igs": main})
}

// cleaner removes what tests share.
type cleaner struct{ m *testing.M }

func (c cleaner) Run() int {
	defer func() {
		for _, clean := range atEnd {
			clean()
		}
	}()
	return vktest.Run(c.m)
}

// atEnd removes what several tests use: each entry one thing.
var atEnd []func()

// TestScripts runs the program as a user does. Without a device, scripts that begin with [!gpu] skip are skipped, or
// fail when IGS_REQUIRE_GPU is set.
func TestScripts(t *testing.T) {
	vktest.Long(t)
	// Both are opened before a script lends its environment.
	_, gpu := here()
	if gpu != nil && !mayLack(gpu) {
		t.Fatal(gpu)
	}
	py, err := interpreter()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range validated {
		if _, err := os.Stat(filepath.Join(testScripts, name+".txt")); err != nil {
			t.Errorf("the validation layer is for a script that is not there: %v", err)
		}
	}
	cache := t.TempDir()
	lent = lender{t: t, devices: map[kind]*vk.Device{}}
	tryFewTunings(t)
	testscript.Run(t, testscript.Params{
		Dir:                 testScripts,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CACHE_HOME", cache)
			env.Setenv(driverCache())
			env.Setenv("QUICK_ENCODER", quickEncoder)
			env.Setenv("LP_NUM_THREADS", "0")    // see vktest.OneThread
			for _, entry := range os.Environ() { // how this machine finds its drivers
				if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "VK_") || name == "LD_LIBRARY_PATH" || name == "IGS_VULKAN_LIB" {
					env.Setenv(name, value)
				}
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "gpu":
				return gpu == nil, nil
			case "python":
				return py != nil, nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "call": call, "interrupted": interrupted, "python": decode, "picture": picture, "stack": stack, "truncate": truncate, "patch": patch, "edit": edit, "terminate": terminate, "appears": appears, "research": research, "oneerror": oneError, "tunings": editTunings,
		},
	})
}

// tryFewTunings leaves igs bench --tune one value of one knob to try, since kernels are compiled for each. A script needs one
// search, and the tests of optim/selfcheck have all knobs.
func tryFewTunings(t *testing.T) {
	before := slices.Clone(engine.Knobs)
	t.Cleanup(func() { copy(engine.Knobs, before) })
	for i, k := range engine.Knobs {
		engine.Knobs[i].Values = nil
		if k.Name == "pixels" {
			engine.Knobs[i].Values = []string{"1"}
		}
	}
}

// driverCache makes Mesa's drivers use the user's cache of compiled kernels. A process with a cache folder of its own
// would compile them again for five seconds. The folder is asked for before any command borrows the environment of a script,
// in which it is another one.
func driverCache() (name, value string) { return "MESA_SHADER_CACHE_DIR", userCache }

var userCache = func() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return dir
}()

// scripts is the folder scripts, relative to the folder of this test.
var scripts, _ = filepath.Abs("../../scripts")

// quickEncoder takes the place of ffmpeg, which takes longer to start than a run takes to train. It reads the frames and writes a
// file that says so.
var quickEncoder, _ = filepath.Abs("testdata/encoder.sh")

// testScripts is the folder of the scripts that TestScripts runs.
var testScripts, _ = filepath.Abs("testdata/script")

// checkpoint is a file of the research code.
var checkpoint, _ = filepath.Abs("../../convert/testdata/small.pt")

// exits CODE [exec] COMMAND… runs a command that must end with this exit code. igs runs in this process, exec igs in
// its own.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE [exec] COMMAND…")
	}
	var code int
	command := args[1:]
	if command[0] == "igs" {
		code = lent.call(ts, command)
	} else {
		if command[0] == "exec" {
			command = command[1:]
		}
		err := ts.Exec(command[0], command[1:]...)
		var ended *exec.ExitError
		switch {
		case errors.As(err, &ended):
			code = ended.ExitCode()
		case err != nil:
			ts.Fatalf("%v", err)
		}
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// call igs… runs igs in this process. It must succeed.
func call(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || args[0] != "igs" {
		ts.Fatalf("usage: call igs …")
	}
	if code := lent.call(ts, args); code != 0 {
		ts.Fatalf("exit code %d", code)
	}
}

// interrupted PATTERN igs… runs igs in this process until a file of the pattern appears. Then Ctrl-C must end it.
func interrupted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || args[1] != "igs" {
		ts.Fatalf("usage: interrupted PATTERN igs …")
	}
	if code := lent.interrupt(ts, ts.MkAbs(args[0]), args[1:]); code != fault.Interrupted {
		ts.Fatalf("exit code %d", code)
	}
}

// oneerror checks that the last stderr is one line of error and one line of hint.
func oneError(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stderr"), "\n"), "\n")
	if neg || len(args) > 0 || len(lines) != 2 || !strings.HasPrefix(lines[0], "igs: error: ") || !strings.HasPrefix(lines[1], "hint: ") {
		ts.Fatalf("not one line of error and one of hint:\n%s", strings.Join(lines, "\n"))
	}
}

// tunings HOW changes the file of tunings in the cache of the script: HOW is a tuning that replaces all others, or
// "driver" for another driver, or "garbage".
func editTunings(ts *testscript.TestScript, neg bool, args []string) {
	files, err := filepath.Glob(filepath.Join(ts.Getenv("XDG_CACHE_HOME"), "igs", "*.tunings"))
	if err != nil || len(files) != 1 || len(args) != 1 || neg {
		ts.Fatalf("tunings %v: %v, %v", args, files, err)
	}
	var file map[string]any
	text := []byte(ts.ReadFile(files[0]))
	if err := json.Unmarshal(text, &file); err != nil && args[0] != "garbage" {
		ts.Fatalf("%v", err)
	}
	tuning := args[0]
	switch tuning {
	case "garbage":
		text = text[:len(text)/2]
	case "driver":
		file["driver"], tuning = "another driver", "pixels=4,lanes=16,split=2"
		fallthrough
	default:
		for _, found := range file["found"].([]any) {
			found.(map[string]any)["tuning"] = tuning
		}
		text, err = json.Marshal(file)
	}
	if err == nil {
		err = os.WriteFile(files[0], text, 0o666)
	}
	ts.Check(err)
}

// picture FILE WxH [grey|rgba|16|faded|clear] writes a PNG with edges and slopes.
func picture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: picture FILE WxH [grey|rgba|16]")
	}
	width, height, _ := strings.Cut(args[1], "x")
	w, _ := strconv.Atoi(width)
	h, _ := strconv.Atoi(height)
	kind := ""
	if len(args) > 2 {
		kind = args[2]
	}
	rect := image.Rect(0, 0, w, h)
	clear := image.NewNRGBA(rect)
	canvas := map[string]draw.Image{"": image.NewRGBA(rect), "grey": image.NewGray(rect), "rgba": image.NewNRGBA(rect), "16": image.NewRGBA64(rect), "faded": clear, "clear": clear}[kind]
	edgesAndSlopes(canvas)
	for i := 0; i < w*h && canvas == draw.Image(clear); i++ {
		alpha := 0
		if kind == "faded" { // from left to right
			alpha = max(0, min(255, 255*(2*(i%w)-w/2)/w))
		}
		clear.Pix[4*i+3] = uint8(alpha)
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(png.Encode(f, canvas))
	ts.Check(f.Close())
}

// stack FILE NAME:CHANNELS:BITS[:LOW:HIGH]… writes a model of 40 splats at 60 x 40 px that was trained on several
// pictures.
func stack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: stack FILE NAME:CHANNELS:BITS[:LOW:HIGH]…")
	}
	var layers []imageio.Layer
	channels := 0
	for _, arg := range args[1:] {
		part := strings.Split(arg, ":")
		l := imageio.Layer{Name: part[0], High: 1}
		l.C, _ = strconv.Atoi(part[1])
		l.Depth, _ = strconv.Atoi(part[2])
		if len(part) > 3 {
			low, _ := strconv.ParseFloat(part[3], 32)
			high, _ := strconv.ParseFloat(part[4], 32)
			l.Low, l.High = float32(low), float32(high)
		}
		channels += l.C
		layers = append(layers, l)
	}
	p, _ := reference.RandomScene(3, 60, 40, 40, channels)
	m := &splat.Model{Splats: p, W: 60, H: 40, TopK: 10, Layers: layers, Gamma: 1, Bits: splat.Lossless, Recipe: "paper", Version: version}
	ts.Check(splat.Save(ts.MkAbs(args[0]), m))
}

func edgesAndSlopes(canvas draw.Image) {
	w, h := canvas.Bounds().Dx(), canvas.Bounds().Dy()
	for y := range h {
		for x := range w {
			c := color.NRGBA64{uint16(65535 * x / w), uint16(65535 * y / h), 20000, 65535}
			if (x-w/2)*(x-w/2)+(y-h/2)*(y-h/2) < w*h/16 {
				c.R, c.B = 65535-c.R, 60000
			}
			if canvas.ColorModel() == color.NRGBAModel {
				c.A = 30000
			}
			canvas.Set(x, y, c)
		}
	}
}

func writePicture(path string) error {
	canvas := image.NewRGBA(image.Rect(0, 0, 48, 37))
	edgesAndSlopes(canvas)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, canvas), f.Close())
}

// research FILE writes a checkpoint of the research code.
func research(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: research FILE")
	}
	data, err := os.ReadFile(checkpoint)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o666))
}

// truncate FILE BYTES shortens a file.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// edit FILE OLD NEW replaces a text in a file.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if strings.Count(text, args[1]) != 1 {
		ts.Fatalf("%q is not once in %s:\n%s", args[1], args[0], text)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o666))
}

// patch FILE OFFSET HEX writes bytes into the first chunk of a PNG and corrects its checksum, so that only the contents
// of the header are wrong.
func patch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: patch FILE OFFSET HEX")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	bytes, err := hex.DecodeString(args[2])
	ts.Check(err)
	data := []byte(ts.ReadFile(args[0]))
	copy(data[at:], bytes)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29])) // IHDR and its 13 bytes
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o666))
}

// appears PATTERN waits until a command in the background makes a file.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: appears PATTERN")
	}
	for range 600 {
		if found, _ := filepath.Glob(ts.MkAbs(args[0])); len(found) > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s did not appear in 30 s", args[0])
}

// terminate sends SIGTERM to all commands in the background. The built-in kill cannot send it.
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: terminate")
	}
	for _, cmd := range ts.BackgroundCmds() {
		if cmd.ProcessState == nil { // not waited for yet
			ts.Check(cmd.Process.Signal(syscall.SIGTERM))
		}
	}
}
