package oneline

import "testing"

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"plain, schön, 図 1 ×": "plain, schön, 図 1 ×",
		"a\nb\tc\rd":          "a?b?c?d",
		"\x1b[31mred":         "?[31mred",
		"bad \xff\xfe bytes":  "bad ? bytes",
		"left\u202eright":     "left?right",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for text, want := range map[string]string{" four ": "four", "fiver": "fiver", "sixths": "sixt…", "": ""} {
		if got := Short(text, 5); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestPath(t *testing.T) {
	for path, want := range map[string]string{"": `""`, "a b.png": "a b.png", `c:\x "y"`: `c:\x "y"`, "a\nb": `"a\nb"`, "a\xff": `"a\xff"`, "図.png": "図.png"} {
		if got := Path(path); got != want {
			t.Errorf("%q became %s, want %s", path, got, want)
		}
	}
}
