// Package sampling chooses where splats start and where splats are added. It works on the CPU.
//
// It has two methods. Seed and Grow follow Image-GS: pixels are sampled independently, and splats are round and of one
// size. Births uses systematic sampling and shapes each splat by the structure tensor of the target.
//
// Pictures are processed row by row from the top, because one plane of float32 takes 133 MB at 8K. Pixels are numbered
// row·width + column. The same random numbers give the same pixels on every machine: sampling does not depend on how a
// CPU rounds logarithms, FFTs or fused multiply-adds.
package sampling
