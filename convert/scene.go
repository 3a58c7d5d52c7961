package convert

import (
	"bytes"
	"slices"

	"igs/internal/fault"
	"igs/internal/oneline"
)

// sceneEndings are those of files with 3D Gaussians, for viewers of 3D Gaussian splatting.
var sceneEndings = []string{".ply", ".splat", ".ksplat", ".spz"}

// noScene refuses to write such a file. A model would be another picture there: these viewers add splats by depth and
// opacity, and a model divides the weights of its splats by their sum.
func noScene(path, ending string) error {
	if !slices.Contains(sceneEndings, ending) {
		return nil
	}
	return fault.New(fault.BadInput, "a page for any browser: igs convert MODEL page.html; a shader for other programs: docs/engines.md; numbers for Python: .safetensors",
		"%s: viewers of %s files would show another picture, because they blend splats by depth and opacity, and splats of igs have neither", oneline.Path(path), ending)
}

// isPLY looks at the first bytes, which are a line with the word ply.
func isPLY(first []byte) bool {
	return bytes.HasPrefix(first, []byte("ply\n")) || bytes.HasPrefix(first, []byte("ply\r"))
}

// errPLY is the error of a PLY file to read.
func errPLY() error {
	return fault.New(fault.BadInput, "render the scene to a picture, and train that: igs run picture.png", "a PLY file has points or splats of a scene in 3D, and a model of igs is a picture")
}
