package splat

// Slopes tell how the squared error of a picture changes with the parameters of its splats.
type Slopes struct {
	// Gradient is the derivatives with respect to the centre in px (XY), to ln t1 and ln t2 (Scale), to the angle (Rot)
	// and to the features (Feat).
	Gradient  *Splats
	Curvature []Curvature // of each splat
}

// Curvature is the diagonal of the Gauss–Newton matrix of a splat: sums over the pixels at which it counts, with
// w = α/D, the colour C of the pixel, and the coordinates U and V of the pixel in the frame of the splat, in units of its
// deviations.
type Curvature struct {
	Weight           float64 // Σ w²
	UU, VV           float64 // Σ w²|c − C|² U², V²
	UUUU, VVVV, UUVV float64 // Σ w²|c − C|² U⁴, V⁴, U²V²
}
