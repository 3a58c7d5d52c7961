package main

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func TestArrange(t *testing.T) {
	app := &cli.App{Flags: globalFlags(), Commands: (&program{console: &console{}}).commands()}
	for line, want := range map[string]string{
		"run a.png -n 5":                   "run --gaussians=5 -- a.png",
		"-n 5 run a.png":                   "run --gaussians=5 -- a.png",
		"run -n=5 a.png -q b.png":          "--quiet=true run --gaussians=5 -- a.png b.png",
		"--json run --json=false a":        "--json=true --json=false run -- a",
		"-d 1 devices --check":             "--device=1 devices --check=true --",
		"run --set a=b --set c=d x":        "run --set=a=b --set=c=d -- x",
		"run a --recompute b --amp":        "run --recompute=true --amp=true -- a b",
		"run --recompute=auto a":           "run --recompute=auto -- a",
		"--amp=false run a":                "run --amp=false -- a",
		"run -- -n 5":                      "run -- -n 5",
		"run a -- --b -- c":                "run -- a --b -- c",
		"run -n -5 a":                      "run --gaussians=-5 -- a",
		"run - a":                          "run -- - a",
		"help bench":                       "bench --help=true --",
		"bench -h":                         "bench --help=true --",
		"--version":                        "version --",
		"":                                 "--help",
		"help":                             "--help",
		"run --out dir/run.png run":        "run --out=dir/run.png -- run",
		"--out run render m --force=false": "render --out=run --force=false -- m",
	} {
		got, err := arrange(strings.Fields(line), app)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %q, %v\nwant %q", line, strings.Join(got, " "), err, want)
		}
	}
	for _, line := range []string{"run --nope", "run -n", "nope", "-n", "run --gaussians --json a", "devices --force", "--check run a"} {
		if got, err := arrange(strings.Fields(line), app); err == nil {
			t.Errorf("%q gives %q", line, got)
		}
	}
}
