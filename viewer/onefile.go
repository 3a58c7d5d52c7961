package viewer

import (
	"bytes"
	"compress/flate"
	"strings"
)

// startPacked runs the script of the page, which is compressed in a page of one file.
const startPacked = `{const s=document.getElementById("code").textContent,b=new Uint8Array(s.length*7>>3);let h=0,n=0,k=0;` +
	`for(let i=0;i<s.length;i++){h=h<<7&32767|s.charCodeAt(i)&127;n+=7;if(n>7)b[k++]=h>>(n-=8)}` +
	`new Response(new Blob([b.subarray(0,k)]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text().then(t=>{` +
	`const e=document.createElement("script");e.textContent=t;document.body.append(e)})}`

// OneFile is a page that contains a model file. It needs no server and fetches nothing. Its size is that of the model times 1.17, and
// 34 kB.
func OneFile(name string, model []byte) []byte {
	before, script, after := scriptOf(template)
	var code bytes.Buffer
	w, err := flate.NewWriter(&code, flate.BestCompression)
	if err != nil {
		panic(err) // the level is valid
	}
	w.Write([]byte(script)) // a Buffer takes everything
	w.Close()
	data := list([]Item{{Name: name, Model: "model"}}) + textElement("model", model) + textElement("code", code.Bytes())
	return []byte(strings.Replace(before, itemsMark, data, 1) + startPacked + after)
}

// scriptOf cuts a page before and behind its script.
func scriptOf(page string) (before, script, after string) {
	const begin, end = "<script>", "</script>"
	from := strings.LastIndex(page, begin) + len(begin)
	to := strings.LastIndex(page, end)
	return page[:from], page[from:to], page[to:]
}

func textElement(id string, data []byte) string {
	return `<script type="text/plain" id="` + id + `">` + pack(data) + "</script>"
}

// pack writes bytes as text, 7 bits a character, the highest bits of the first byte first. HTML would change NUL and CR, and < may
// begin a tag, so these three are written as the character that is 128 higher.
func pack(data []byte) string {
	var out strings.Builder
	out.Grow(len(data) * 6 / 5)
	put := func(seven uint) {
		if c := rune(seven & 127); c == 0 || c == '\r' || c == '<' {
			out.WriteRune(c + 128)
		} else {
			out.WriteByte(byte(c))
		}
	}
	var held, bits uint
	for _, b := range data {
		held, bits = held&127<<8|uint(b), bits+8
		for bits >= 7 {
			bits -= 7
			put(held >> bits)
		}
	}
	if bits > 0 {
		put(held << (7 - bits))
	}
	return out.String()
}
