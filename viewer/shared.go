package viewer

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// The sources of scripts that a page may run. A page of SharedPage may also load scripts that lie beside it: 'self' is for a page
// from a server, file: for one from a disk.
const (
	ownScripts = "script-src 'unsafe-inline'"
	allScripts = ownScripts + " 'self' file:"
)

// SharedPage is a page with the models of items, which are in scripts beside it. It works from a disk without a server. The page reads a
// script when a file in it is asked for; the anchor #a=2&b=5 asks for two by their index.
func SharedPage(items []Item) []byte {
	before, after, _ := strings.Cut(template, ownScripts)
	return []byte(strings.Replace(before+allScripts+after, itemsMark, list(items), 1))
}

// ScriptOf is a script with files, models and pictures, by their names. Names are unique among the scripts of a page.
func ScriptOf(files map[string][]byte) []byte {
	texts := map[string]string{}
	for name, file := range files {
		texts[name] = base64.StdEncoding.EncodeToString(file)
	}
	text, err := json.Marshal(texts)
	if err != nil {
		panic(err) // strings always have a JSON form
	}
	return []byte("Object.assign(globalThis.igsFiles ??= {}, " + string(text) + ");\n")
}
