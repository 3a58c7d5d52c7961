package command

import (
	"strings"
	"testing"

	"igs/internal/fault"
)

// sample is a program with flags of every kind.
func sample() *Program {
	run := []Flag{{Name: "gaussians", Short: "n", Meant: []string{"splats", "num-gaussians"}}, {Name: "out", Short: "o", Paths: Folders}, {Name: "video", Kind: Switch, Takes: func(word string) bool { return word == "20" }}, {Name: "amp", Kind: Switch}, {Name: "recompute", Kind: Switch}, {Name: "set", Kind: List}, {Name: "preset", Words: []string{"standard", "large"}}}
	return &Program{
		Name: "igs", Flags: []Flag{{Name: "quiet", Short: "q", Kind: Bool}, {Name: "json", Kind: Bool}, {Name: "device", Short: "d"}},
		Commands: []*Command{
			{Name: "run", Usage: "train", Flags: run, Paths: Files, Meant: []string{"train", "fit"}}, {Name: "devices", Flags: []Flag{{Name: "check", Kind: Bool}}}, {Name: "bench"}, {Name: "version"},
			{Name: "render", Meant: []string{"view"}, Flags: []Flag{{Name: "out", Short: "o"}, {Name: "force", Kind: Bool}}},
			{Name: "completion", Words: []string{"bash", "zsh"}}, {Name: "secret", Hidden: true},
		},
	}
}

func TestComplete(t *testing.T) {
	for line, want := range map[string]string{
		"":                      "bench completion devices render run version",
		"r":                     "render run",
		"run --preset l":        "large",
		"run --preset=l":        "--preset=large",
		"run --preset = l":      "large", // as bash cuts it
		"run --preset =":        "large standard",
		"run --preset":          "--preset",
		"run --o":               "--out",
		"run --out ":            "folders",
		"run --gaussians ":      "",
		"run --video ":          "files",
		"devices --":            "--check --device --help --help-all --json --quiet",
		"completion z":          "zsh",
		"run --quiet --preset ": "large standard",
		"run a":                 "files",
		"devices ":              "",
	} {
		found := sample().Complete(strings.Split(line, " "))
		var got []string
		for _, c := range found.Choices {
			got = append(got, c.Word)
		}
		if found.Paths != NoPaths {
			got = append(got, map[Paths]string{Files: "files", Folders: "folders"}[found.Paths])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if got := sample().Complete([]string{"ru"}).Choices; len(got) != 1 || got[0].Meaning != "train" {
		t.Errorf("%v has no meaning", got)
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
		"help --quiet bench":               "bench --help=true --",
		"run --help-all":                   "run --help-all=true --",
		"run --video 20 a":                 "run --video=20 -- a",
		"--video 20 run a":                 "run --video=20 -- a",
		"run --video a":                    "run --video=true -- a",
		"run --video":                      "run --video=true --",
		"run --video=7 20":                 "run --video=7 -- 20",
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
	for _, line := range []string{"run --nope", "run -n", "nope", "-n", "run --gaussians --json a", "devices --force", "--check run a", "help nope", "run -n 300 -n 200 a", "run -n 300 --gaussians=200 a", "-d 0 run a -d 1", "run --amp --amp=false a"} {
		if got, err := p.arrange(strings.Fields(line)); err == nil {
			t.Errorf("%q gives %q", line, got)
		}
	}
}

// The error of an unknown name says which name was meant.
func TestMeantNames(t *testing.T) {
	for line, want := range map[string]string{
		"train a": "igs run?", "fit a": "igs run?", "rnu a": "igs run?", "view a": "igs render?", "help view": "igs render?",
		"run --splats 5": "--gaussians?", "run --num_gaussians 5": "--gaussians?", "run --gausians 5": "--gaussians?", "run --devcie 1": "--device?",
	} {
		_, err := sample().arrange(strings.Fields(line))
		if hint := fault.Hint(err); !strings.HasPrefix(hint, "did you mean "+want) {
			t.Errorf("%q: the hint is %q, want %q", line, hint, want)
		}
	}
}

func TestHelpGroupsFlags(t *testing.T) {
	c := &Command{
		Name: "run", Args: "IMAGE", Usage: "train", Description: "A long\ntext.", Details: "keys of the job:\n   a", Examples: []Example{{Line: "igs run a.png", Meaning: "one"}},
		Flags: []Flag{
			{Name: "steps", Short: "s", Group: "training", Usage: "train for `N` steps, which is a long text that does not fit into one line"},
			{Name: "out", Group: "results", Usage: "write to `DIR`"}, {Name: "seed", Group: "training", Rare: true, Usage: "use seed `N`"},
			{Name: "video", Kind: Switch, Group: "results", Usage: "a frame every `N` steps"},
		},
	}
	p := sample()
	for all, want := range map[bool]string{false: `igs run: train

usage: igs run [flags] IMAGE

examples:
  igs run a.png   one

training:
  -s, --steps N             train for N steps, which is a long text that does
                            not fit into one line

results:
      --out DIR             write to DIR
      --video [N]           a frame every N steps

`, true: `igs run: train

usage: igs run [flags] IMAGE

examples:
  igs run a.png   one

training:
  -s, --steps N             train for N steps, which is a long text that does
                            not fit into one line
      --seed N              use seed N

results:
      --out DIR             write to DIR
      --video [N]           a frame every N steps

A long text.

keys of the job:
   a

`} {
		var out strings.Builder
		p.Out = &out
		if err := p.writeCommandHelp(c, all); err != nil {
			t.Fatal(err)
		}
		if all {
			want += "igs --help: the flags of every command.\n"
		} else {
			want += "igs run --help-all shows more: --seed, keys of the job. igs --help: the flags of\nevery command.\n"
		}
		if out.String() != want {
			t.Errorf("help, all %v, is\n%s\nwant\n%s", all, out.String(), want)
		}
	}
}
