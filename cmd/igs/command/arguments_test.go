package command

import (
	"strings"
	"testing"
)

// sample is a program with flags of every kind.
func sample() *Program {
	run := []Flag{{Name: "gaussians", Short: "n"}, {Name: "out", Short: "o"}, {Name: "amp", Kind: Switch}, {Name: "recompute", Kind: Switch}, {Name: "set", Kind: List}, {Name: "preset", Words: []string{"standard", "large"}}}
	return &Program{
		Name: "igs", Flags: []Flag{{Name: "quiet", Short: "q", Kind: Bool}, {Name: "json", Kind: Bool}, {Name: "device", Short: "d"}},
		Commands: []*Command{
			{Name: "run", Flags: run}, {Name: "devices", Flags: []Flag{{Name: "check", Kind: Bool}}}, {Name: "bench"}, {Name: "version"},
			{Name: "render", Flags: []Flag{{Name: "out", Short: "o"}, {Name: "force", Kind: Bool}}},
			{Name: "completion", Words: []string{"bash", "zsh"}}, {Name: "secret", Hidden: true},
		},
	}
}

func TestComplete(t *testing.T) {
	for line, want := range map[string]string{
		"":                      "bench completion devices render run version",
		"r":                     "render run",
		"run --preset l":        "large",
		"run --preset":          "--preset",
		"run --o":               "--out",
		"devices --":            "--check --device --help --json --quiet",
		"completion z":          "zsh",
		"run --quiet --preset ": "large standard",
		"run a":                 "",
	} {
		if got := strings.Join(sample().Complete(strings.Split(line, " ")), " "); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestArrange(t *testing.T) {
	p := sample()
	for line, want := range map[string]string{
		"run a.png -n 5":                   "run --gaussians=5 -- a.png",
		"-n 5 run a.png":                   "run --gaussians=5 -- a.png",
		"run -n=5 a.png -q b.png":          "--quiet=true run --gaussians=5 -- a.png b.png",
		"run --set a=1 a --set a=2":        "run --set=a=1 --set=a=2 -- a",
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
		got, err := p.arrange(strings.Fields(line))
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %q, %v\nwant %q", line, strings.Join(got, " "), err, want)
		}
	}
	for _, line := range []string{"run --nope", "run -n", "nope", "-n", "run --gaussians --json a", "devices --force", "--check run a", "run -n 300 -n 200 a", "run -n 300 --gaussians=200 a", "-d 0 run a -d 1", "run --amp --amp=false a"} {
		if got, err := p.arrange(strings.Fields(line)); err == nil {
			t.Errorf("%q gives %q", line, got)
		}
	}
}
