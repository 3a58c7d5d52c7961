// Package srgb has the transfer curve of sRGB (IEC 61966-2-1) between samples of 0..1 and linear light of 0..1.
package srgb

import "math"

// Light is the linear light of a sample.
func Light(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// Sample is the sample for linear light. It is the inverse of Light.
func Sample(light float64) float64 {
	if light <= 0.0031308 {
		return light * 12.92
	}
	return 1.055*math.Pow(light, 1/2.4) - 0.055
}
