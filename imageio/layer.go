package imageio

// Layer is one picture of a texture stack; a plain picture is a stack of one. The samples of its channels are
// (v − Low) / (High − Low) of the values v that its file has as floats.
type Layer struct {
	Name      string  // of the file, without its ending
	C         int     // channels: 1 or 3
	Depth     int     // bits a sample of the file: 8, 16, or 32 for floats
	Low, High float32 // 0 and 1, unless the file holds floats beyond them
}
