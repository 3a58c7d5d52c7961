// Package sampling says where splats start and where splats are added. It works on the
// CPU and knows no device.
//
// Two ways are here. Seed and Grow are those of Image-GS: independent draws, round splats
// of one size. Births takes systematic draws and shapes each splat by the structure of the
// target around it.
//
// A picture is gone through row by row, from the top: at 8K one plane of float32 takes
// 133 MB. Pixels are numbered row·width + column. The same random numbers pick the same
// pixels on every machine.
package sampling
