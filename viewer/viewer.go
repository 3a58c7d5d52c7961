// Package viewer owns the page that shows models in a browser. The page draws them with WebGL 2 from their files, so a picture can be
// enlarged without end. Its sources are the modules in src; build.mjs bundles them into page.html, into live.html, which
// shows a training, and into igsm.js, a module for other pages. All are committed, so igs needs no Node.
package viewer

import (
	_ "embed"
	"encoding/json"
	"strings"
)

//go:embed page.html
var template string

//go:embed live.html
var live string

const tokenMark = "TOKEN"

// Live is the page that shows a training. It sends token with its orders; the token has letters and digits.
func Live(token string) string { return strings.Replace(live, tokenMark, token, 1) }

// Item is a model of a page. Model and Targets are URLs. Model may also be the id of an element that contains the model. The URL of a
// script of ScriptOf with an anchor stands for a file in it.
type Item struct {
	Name    string   `json:"name"`
	Model   string   `json:"model"`
	Targets []string `json:"targets,omitempty"` // the pictures of the training: one for each layer of 1 or 3 channels, and one for each channel of the others
}

const itemsMark = "<!--ITEMS-->"

// list is the element with the list of models.
func list(items []Item) string {
	text, err := json.Marshal(items) // escapes <, so no name can end the element
	if err != nil {
		panic(err) // strings always have a JSON form
	}
	return `<script type="application/json" id="items">` + string(text) + "</script>"
}

// Page is a page with the models of items, which it fetches.
func Page(items []Item) string { return strings.Replace(template, itemsMark, list(items), 1) }
