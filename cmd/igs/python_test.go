package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// python is an interpreter that runs scripts/*.py and the package python/igsm for all tests, because it takes long to load
// NumPy.
type python struct {
	mu      sync.Mutex
	asks    io.WriteCloser
	answers *json.Decoder
	process *exec.Cmd
}

// pythonRuns is the program of the interpreter. Each line that it reads is a folder and the words of a command line.
const pythonRuns = `
import contextlib, importlib.util, io, json, os, runpy, shutil, sys, traceback
import numpy
if not (importlib.util.find_spec("zstandard") or shutil.which("zstd")):
    sys.exit(1)
print('"ready"', flush=True)
for line in sys.stdin:
    folder, words = json.loads(line)
    os.chdir(folder)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            if words[0] == "-m":
                sys.argv = words[1:]
                runpy.run_module(words[1], run_name="__main__", alter_sys=True)
            else:
                sys.argv = words
                runpy.run_path(words[0], run_name="__main__")
        except SystemExit as end:
            code = end.code or 0
            if isinstance(code, str):
                print(code, file=sys.stderr)
                code = 1
        except BaseException:
            traceback.print_exc()
            code = 1
    print(json.dumps({"Out": out.getvalue(), "Err": err.getvalue(), "Code": code}), file=sys.__stdout__, flush=True)
`

// interpreter is an interpreter that can run the decoder of docs/format.md, or nil. With IGS_REQUIRE_PYTHON=1 a missing one is
// an error. The first call must not come from a script, which lends its environment.
var interpreter = sync.OnceValues(func() (*python, error) {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if p := startPython(name); p != nil {
			atEnd = append(atEnd, p.end)
			return p, nil
		}
	}
	if os.Getenv("IGS_REQUIRE_PYTHON") == "1" {
		return nil, errors.New("no python3 with NumPy and zstd, and IGS_REQUIRE_PYTHON is 1")
	}
	return nil, nil
})

func startPython(name string) *python {
	p := &python{process: exec.Command(name, "-c", pythonRuns)}
	p.process.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH="+filepath.Join(scripts, "../python")+string(os.PathListSeparator)+os.Getenv("PYTHONPATH"))
	asks, err := p.process.StdinPipe()
	answers, err2 := p.process.StdoutPipe()
	if errors.Join(err, err2) != nil || p.process.Start() != nil {
		return nil
	}
	p.asks, p.answers = asks, json.NewDecoder(answers)
	var ready string
	if p.answers.Decode(&ready) != nil {
		p.end()
		return nil
	}
	return p
}

func (p *python) end() {
	p.asks.Close()
	p.process.Wait()
}

// decode runs scripts/SCRIPT.py, or the package of -m, with arguments.
func decode(ts *testscript.TestScript, neg bool, args []string) {
	if args[0] != "-m" {
		args[0] = filepath.Join(scripts, args[0])
	}
	p, err := interpreter()
	ts.Check(err)
	if p == nil {
		ts.Fatalf("no python3 with NumPy and zstd")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ts.Check(json.NewEncoder(p.asks).Encode([]any{ts.MkAbs("."), args}))
	var answer struct {
		Out, Err string
		Code     int
	}
	ts.Check(p.answers.Decode(&answer))
	io.WriteString(ts.Stdout(), answer.Out)
	io.WriteString(ts.Stderr(), answer.Err)
	if (answer.Code != 0) != neg {
		ts.Fatalf("%s: exit code %d", args[0], answer.Code)
	}
}
