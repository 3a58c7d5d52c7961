#include "textflag.h"

// The functions of lanes_amd64.go. Every register of constants points to vectors of 32 bytes; their order is that of the
// tables in lanes.go and polynomials.go. AX is a column times 4.

// func weighVectors(out *float32, n int, rows *[]float32, weights *float32, taps int)
// 64 columns at a time, then eight. Y0 to Y7 hold sums, Y8 the weight.
TEXT ·weighVectors(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ n+8(FP), BX
	MOVQ weights+24(FP), R9
	MOVQ taps+32(FP), R10
	XORQ AX, AX
	SHLQ $2, BX
wide:
	LEAQ 256(AX), DX
	CMPQ DX, BX
	JGT  narrow
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	MOVQ rows+16(FP), R8
	XORQ CX, CX
tap:
	MOVQ (R8), SI
	VBROADCASTSS (R9)(CX*4), Y8
	VFMADD231PS (SI)(AX*1), Y8, Y0
	VFMADD231PS 32(SI)(AX*1), Y8, Y1
	VFMADD231PS 64(SI)(AX*1), Y8, Y2
	VFMADD231PS 96(SI)(AX*1), Y8, Y3
	VFMADD231PS 128(SI)(AX*1), Y8, Y4
	VFMADD231PS 160(SI)(AX*1), Y8, Y5
	VFMADD231PS 192(SI)(AX*1), Y8, Y6
	VFMADD231PS 224(SI)(AX*1), Y8, Y7
	ADDQ $24, R8
	INCQ CX
	CMPQ CX, R10
	JLT tap
	VMOVUPS Y0, (DI)(AX*1)
	VMOVUPS Y1, 32(DI)(AX*1)
	VMOVUPS Y2, 64(DI)(AX*1)
	VMOVUPS Y3, 96(DI)(AX*1)
	VMOVUPS Y4, 128(DI)(AX*1)
	VMOVUPS Y5, 160(DI)(AX*1)
	VMOVUPS Y6, 192(DI)(AX*1)
	VMOVUPS Y7, 224(DI)(AX*1)
	MOVQ DX, AX
	JMP wide
narrow:
	CMPQ AX, BX
	JGE done
	VXORPS Y0, Y0, Y0
	MOVQ rows+16(FP), R8
	XORQ CX, CX
narrowTap:
	MOVQ (R8), SI
	VBROADCASTSS (R9)(CX*4), Y8
	VFMADD231PS (SI)(AX*1), Y8, Y0
	ADDQ $24, R8
	INCQ CX
	CMPQ CX, R10
	JLT narrowTap
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	JMP narrow
done:
	VZEROUPPER
	RET

// func weighTwiceVectors(out, other *float32, n int, rows *[]float32, weights *[2]float32, taps int)
// 32 columns at a time, then eight. Y0 to Y3 and Y4 to Y7 hold the sums, Y8 and Y9 the weights.
TEXT ·weighTwiceVectors(SB), NOSPLIT, $0-48
	MOVQ out+0(FP), DI
	MOVQ other+8(FP), DX
	MOVQ n+16(FP), BX
	MOVQ weights+32(FP), R9
	MOVQ taps+40(FP), R10
	XORQ AX, AX
	SHLQ $2, BX
wide:
	LEAQ 128(AX), R11
	CMPQ R11, BX
	JGT  narrow
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	MOVQ rows+24(FP), R8
	XORQ CX, CX
tap:
	MOVQ (R8), SI
	VBROADCASTSS (R9)(CX*8), Y8
	VBROADCASTSS 4(R9)(CX*8), Y9
	VMOVUPS (SI)(AX*1), Y10
	VMOVUPS 32(SI)(AX*1), Y11
	VMOVUPS 64(SI)(AX*1), Y12
	VMOVUPS 96(SI)(AX*1), Y13
	VFMADD231PS Y10, Y8, Y0
	VFMADD231PS Y11, Y8, Y1
	VFMADD231PS Y12, Y8, Y2
	VFMADD231PS Y13, Y8, Y3
	VFMADD231PS Y10, Y9, Y4
	VFMADD231PS Y11, Y9, Y5
	VFMADD231PS Y12, Y9, Y6
	VFMADD231PS Y13, Y9, Y7
	ADDQ $24, R8
	INCQ CX
	CMPQ CX, R10
	JLT tap
	VMOVUPS Y0, (DI)(AX*1)
	VMOVUPS Y1, 32(DI)(AX*1)
	VMOVUPS Y2, 64(DI)(AX*1)
	VMOVUPS Y3, 96(DI)(AX*1)
	VMOVUPS Y4, (DX)(AX*1)
	VMOVUPS Y5, 32(DX)(AX*1)
	VMOVUPS Y6, 64(DX)(AX*1)
	VMOVUPS Y7, 96(DX)(AX*1)
	MOVQ R11, AX
	JMP wide
narrow:
	CMPQ AX, BX
	JGE done
	VXORPS Y0, Y0, Y0
	VXORPS Y4, Y4, Y4
	MOVQ rows+24(FP), R8
	XORQ CX, CX
narrowTap:
	MOVQ (R8), SI
	VBROADCASTSS (R9)(CX*8), Y8
	VBROADCASTSS 4(R9)(CX*8), Y9
	VMOVUPS (SI)(AX*1), Y10
	VFMADD231PS Y10, Y8, Y0
	VFMADD231PS Y10, Y9, Y4
	ADDQ $24, R8
	INCQ CX
	CMPQ CX, R10
	JLT narrowTap
	VMOVUPS Y0, (DI)(AX*1)
	VMOVUPS Y4, (DX)(AX*1)
	ADDQ $32, AX
	JMP narrow
done:
	VZEROUPPER
	RET

// func blurVectors(out, row *float32, n int, constants *eight)
// Columns 0 to 7 of the row, from the present one on, are in Y0, 8 to 15 in Y1, 4 to 11 in Y2, 12 to 19 in Y3. Vectors from other
// columns on are made of two of them, because loading them takes longer. Y4 is the sum.
TEXT ·blurVectors(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ n+16(FP), BX
	MOVQ constants+24(FP), CX
	VMOVUPS 0(CX), Y10
	VMOVUPS 32(CX), Y11
	VMOVUPS 64(CX), Y12
	VMOVUPS 96(CX), Y13
	VMOVUPS 128(CX), Y14
	VMOVUPS 160(CX), Y15
	SHLQ $2, BX
	XORQ AX, AX
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VPERM2F128 $0x21, Y1, Y0, Y2
loop:
	VMOVUPS 64(SI)(AX*1), Y9
	VPERM2F128 $0x21, Y9, Y1, Y3
	VPALIGNR $4, Y2, Y1, Y4 // 5
	VMULPS Y10, Y4, Y4
	VPALIGNR $8, Y2, Y1, Y5 // 6
	VADDPS Y2, Y5, Y5 // and 4
	VFMADD231PS Y11, Y5, Y4
	VPALIGNR $12, Y2, Y1, Y6 // 7
	VPALIGNR $12, Y0, Y2, Y7 // 3
	VADDPS Y6, Y7, Y7
	VFMADD231PS Y12, Y7, Y4
	VPALIGNR $8, Y0, Y2, Y8 // 2
	VADDPS Y1, Y8, Y8 // and 8
	VFMADD231PS Y13, Y8, Y4
	VPALIGNR $4, Y1, Y3, Y5 // 9
	VPALIGNR $4, Y0, Y2, Y6 // 1
	VADDPS Y5, Y6, Y6
	VFMADD231PS Y14, Y6, Y4
	VPALIGNR $8, Y1, Y3, Y7 // 10
	VADDPS Y0, Y7, Y7 // and 0
	VFMADD231PS Y15, Y7, Y4
	VMOVUPS Y4, (DI)(AX*1)
	VMOVAPS Y1, Y0
	VMOVAPS Y9, Y1
	VMOVAPS Y3, Y2
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func combineVectors(rows *[4][]float32, a, b *float32, n int)
TEXT ·combineVectors(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ n+24(FP), BX
	MOVQ 0(DI), R8
	MOVQ 24(DI), R9
	MOVQ 48(DI), R10
	MOVQ 72(DI), R11
	SHLQ $2, BX
	XORQ AX, AX
loop:
	VMOVUPS (SI)(AX*1), Y0
	VMOVUPS (DX)(AX*1), Y1
	VADDPS Y1, Y0, Y2
	VSUBPS Y1, Y0, Y3
	VMOVUPS Y2, (R8)(AX*1)
	VMOVUPS Y3, (R9)(AX*1)
	VMULPS Y2, Y2, Y2
	VMULPS Y3, Y3, Y3
	VMOVUPS Y2, (R10)(AX*1)
	VMOVUPS Y3, (R11)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func similarityVectors(rows *[4][]float32, first, n int, constants *eight, sums *[2]eight)
// Y0 and Y1 are the squares of the means, Y2 and Y3 the variances of sum and difference. Y14 and Y15 hold the results.
TEXT ·similarityVectors(SB), NOSPLIT, $0-40
	MOVQ rows+0(FP), DI
	MOVQ first+8(FP), AX
	MOVQ n+16(FP), BX
	MOVQ constants+24(FP), CX
	MOVQ sums+32(FP), DX
	MOVQ 0(DI), R8
	MOVQ 24(DI), R9
	MOVQ 48(DI), R10
	MOVQ 72(DI), R11
	SHLQ $2, AX
	SHLQ $2, BX
	ADDQ AX, BX
	VMOVUPS 0(CX), Y12
	VMOVUPS 32(CX), Y13
	VXORPS Y14, Y14, Y14
	VXORPS Y15, Y15, Y15
loop:
	VMOVUPS (R8)(AX*1), Y0
	VMOVUPS (R9)(AX*1), Y1
	VMULPS Y0, Y0, Y0
	VMULPS Y1, Y1, Y1
	VMOVUPS (R10)(AX*1), Y2
	VMOVUPS (R11)(AX*1), Y3
	VSUBPS Y0, Y2, Y2
	VSUBPS Y1, Y3, Y3
	VADDPS Y3, Y2, Y4
	VADDPS Y13, Y4, Y4 // both variances
	VSUBPS Y3, Y4, Y5
	VSUBPS Y3, Y5, Y5
	VDIVPS Y4, Y5, Y5 // contrast
	VADDPS Y5, Y15, Y15
	VSUBPS Y1, Y0, Y6
	VADDPS Y1, Y0, Y7
	VADDPS Y12, Y6, Y6
	VADDPS Y12, Y7, Y7
	VDIVPS Y7, Y6, Y6 // luminance
	VFMADD231PS Y5, Y6, Y14
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VMOVUPS Y14, (DX)
	VMOVUPS Y15, 32(DX)
	VZEROUPPER
	RET

// TIMES is the product of a matrix at byte `at` of the constants with the vector (a, b, c).
#define TIMES(at, a, b, c, x, y, z) \
	VMULPS (at+0)(CX), a, x; \
	VMULPS (at+96)(CX), a, y; \
	VMULPS (at+192)(CX), a, z; \
	VFMADD231PS (at+32)(CX), b, x; \
	VFMADD231PS (at+128)(CX), b, y; \
	VFMADD231PS (at+224)(CX), b, z; \
	VFMADD231PS (at+64)(CX), c, x; \
	VFMADD231PS (at+160)(CX), c, y; \
	VFMADD231PS (at+256)(CX), c, z

// func opponentVectors(rows *[3][]float32, n int, constants *eight)
TEXT ·opponentVectors(SB), NOSPLIT, $0-24
	MOVQ rows+0(FP), DI
	MOVQ n+8(FP), BX
	MOVQ constants+16(FP), CX
	MOVQ 0(DI), R8
	MOVQ 24(DI), R9
	MOVQ 48(DI), R10
	SHLQ $2, BX
	XORQ AX, AX
loop:
	VMOVUPS (R8)(AX*1), Y0
	VMOVUPS (R9)(AX*1), Y1
	VMOVUPS (R10)(AX*1), Y2
	TIMES(0, Y0, Y1, Y2, Y9, Y10, Y11)
	VMOVUPS Y9, (R8)(AX*1)
	VMOVUPS Y10, (R9)(AX*1)
	VMOVUPS Y11, (R10)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// LOG2 is the binary logarithm of x, which is positive: the exponent, and a polynomial of the fraction from √½ to √2.
#define LOG2(x, t, u) \
	VPSUBD 0(CX), x, t; \
	VPSRAD $23, t, t; \
	VPSLLD $23, t, u; \
	VPSUBD u, x, x; \
	VCVTDQ2PS t, t; \
	VSUBPS 32(CX), x, x; \
	VMOVUPS 288(CX), u; \
	VFMADD213PS 256(CX), x, u; \
	VFMADD213PS 224(CX), x, u; \
	VFMADD213PS 192(CX), x, u; \
	VFMADD213PS 160(CX), x, u; \
	VFMADD213PS 128(CX), x, u; \
	VFMADD213PS 96(CX), x, u; \
	VFMADD213PS 64(CX), x, u; \
	VFMADD213PS t, u, x

// EXP2 is 2 to the power x, which is at most 127: a polynomial of the fraction from −½ to ½, and the exponent.
#define EXP2(x, t, u) \
	VMAXPS 320(CX), x, x; \
	VROUNDPS $0, x, t; \
	VSUBPS t, x, x; \
	VMOVUPS 512(CX), u; \
	VFMADD213PS 480(CX), x, u; \
	VFMADD213PS 448(CX), x, u; \
	VFMADD213PS 416(CX), x, u; \
	VFMADD213PS 384(CX), x, u; \
	VFMADD213PS 352(CX), x, u; \
	VCVTPS2DQ t, t; \
	VPSLLD $23, t, t; \
	VPADDD t, u, x

// LIGHTNESS is the function f of L*a*b*.
#define LIGHTNESS(v) \
	VCMPPS $14, 1120(CX), v, Y3; \
	VMOVUPS 1152(CX), Y4; \
	VFMADD213PS 1184(CX), v, Y4; \
	LOG2(v, Y5, Y9); \
	VMULPS 1216(CX), v, v; \
	EXP2(v, Y5, Y9); \
	VBLENDVPS Y3, v, Y4, v

// func perceiveVectors(rows *[3][]float32, n int, constants *eight)
TEXT ·perceiveVectors(SB), NOSPLIT, $0-24
	MOVQ rows+0(FP), DI
	MOVQ n+8(FP), BX
	MOVQ constants+16(FP), CX
	MOVQ 0(DI), R8
	MOVQ 24(DI), R9
	MOVQ 48(DI), R10
	SHLQ $2, BX
	XORQ AX, AX
	VXORPS Y14, Y14, Y14
	VMOVUPS 32(CX), Y15
loop:
	VMOVUPS (R8)(AX*1), Y0
	VMOVUPS (R9)(AX*1), Y1
	VMOVUPS (R10)(AX*1), Y2
	TIMES(544, Y0, Y1, Y2, Y3, Y4, Y5)
	VMAXPS Y3, Y14, Y3
	VMAXPS Y4, Y14, Y4
	VMAXPS Y5, Y14, Y5
	VMINPS Y3, Y15, Y3
	VMINPS Y4, Y15, Y4
	VMINPS Y5, Y15, Y5
	TIMES(832, Y3, Y4, Y5, Y6, Y7, Y8)
	LIGHTNESS(Y6)
	LIGHTNESS(Y7)
	LIGHTNESS(Y8)
	VSUBPS Y7, Y6, Y6
	VSUBPS Y8, Y7, Y8
	VMOVUPS 1248(CX), Y10
	VFMADD213PS 1280(CX), Y7, Y10 // L*
	VMULPS Y10, Y6, Y6
	VMULPS Y10, Y8, Y8
	VMULPS 1312(CX), Y6, Y6
	VMULPS 1344(CX), Y8, Y8
	VFMADD231PS Y14, Y0, Y10 // NaN stays
	VMOVUPS Y10, (R8)(AX*1)
	VMOVUPS Y6, (R9)(AX*1)
	VMOVUPS Y8, (R10)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// LENGTH is the length of the vector of the rows i and j of a view at register v.
#define LENGTH(v, i, j, x, t) \
	MOVQ (i*24)(v), R8; \
	MOVQ (j*24)(v), R9; \
	VMOVUPS (R8)(AX*1), x; \
	VMOVUPS (R9)(AX*1), t; \
	VMULPS x, x, x; \
	VFMADD231PS t, t, x; \
	VSQRTPS x, x

// MINUS is the difference of row i of both views.
#define MINUS(i, x) \
	MOVQ (i*24)(SI), R8; \
	MOVQ (i*24)(DX), R9; \
	VMOVUPS (R8)(AX*1), x; \
	VSUBPS (R9)(AX*1), x, x

// func compareVectors(errors *float32, n int, reference, test *view, constants *eight)
// Y0 is 1 − the error of features, Y1 the difference of colour, Y2 the logarithm of its mapped error.
TEXT ·compareVectors(SB), NOSPLIT, $0-40
	MOVQ errors+0(FP), DI
	MOVQ n+8(FP), BX
	MOVQ reference+16(FP), SI
	MOVQ test+24(FP), DX
	MOVQ constants+32(FP), CX
	SHLQ $2, BX
	XORQ AX, AX
	VXORPS Y14, Y14, Y14
	VMOVUPS 544(CX), Y15 // the bits of a magnitude
loop:
	LENGTH(SI, 3, 4, Y0, Y5)
	LENGTH(DX, 3, 4, Y1, Y5)
	LENGTH(SI, 5, 6, Y2, Y5)
	LENGTH(DX, 5, 6, Y3, Y5)
	VSUBPS Y1, Y0, Y0
	VSUBPS Y3, Y2, Y2
	VANDPS Y15, Y0, Y0
	VANDPS Y15, Y2, Y2
	VMAXPS Y2, Y0, Y0
	VCMPPS $14, 864(CX), Y0, Y2
	VANDPS Y2, Y0, Y0
	VMULPS 576(CX), Y0, Y0
	VSQRTPS Y0, Y0
	VMOVUPS 32(CX), Y5
	VSUBPS Y0, Y5, Y0

	MINUS(0, Y1)
	MINUS(1, Y2)
	MINUS(2, Y3)
	VANDPS Y15, Y1, Y1
	VMULPS Y2, Y2, Y2
	VFMADD231PS Y3, Y3, Y2
	VSQRTPS Y2, Y2
	VADDPS Y2, Y1, Y1

	VMOVAPS Y1, Y2
	LOG2(Y2, Y3, Y4)
	VMULPS 608(CX), Y2, Y2
	VCMPPS $14, 640(CX), Y2, Y6 // above the knee
	VMOVMSKPS Y6, R8
	VADDPS 672(CX), Y2, Y7
	TESTL R8, R8
	JZ low
	EXP2(Y2, Y3, Y4)
	VSUBPS 704(CX), Y2, Y2
	VMULPS 736(CX), Y2, Y2
	VADDPS 768(CX), Y2, Y2
	LOG2(Y2, Y3, Y4)
	VBLENDVPS Y6, Y2, Y7, Y7
low:
	VCMPPS $1, 800(CX), Y1, Y6 // no difference
	VMOVUPS 832(CX), Y5
	VBLENDVPS Y6, Y5, Y7, Y7
	VMULPS Y7, Y0, Y0
	VMINPS Y14, Y0, Y0
	VCMPPS $14, 320(CX), Y0, Y6
	EXP2(Y0, Y3, Y4)
	VANDPS Y6, Y0, Y0
	VMINPS 32(CX), Y0, Y0
	VFMADD231PS Y14, Y1, Y0 // NaN stays
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func squareVectors(a, b *float32, n int, sums *[4]float64)
// The squares are float64.
TEXT ·squareVectors(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), SI
	MOVQ b+8(FP), DX
	MOVQ n+16(FP), BX
	MOVQ sums+24(FP), DI
	SHLQ $2, BX
	XORQ AX, AX
	VXORPD Y14, Y14, Y14
	VXORPD Y15, Y15, Y15
loop:
	VMOVUPS (SI)(AX*1), Y0
	VSUBPS (DX)(AX*1), Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VCVTPS2PD X0, Y2
	VCVTPS2PD X1, Y3
	VFMADD231PD Y2, Y2, Y14
	VFMADD231PD Y3, Y3, Y15
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VADDPD Y15, Y14, Y14
	VMOVUPD Y14, (DI)
	VZEROUPPER
	RET

// func halveVectors(row, above, below *float32, n int)
// Each value of row is a quarter of the sum of two neighbours of both other rows.
TEXT ·halveVectors(SB), NOSPLIT, $0-32
	MOVQ row+0(FP), DI
	MOVQ above+8(FP), SI
	MOVQ below+16(FP), DX
	MOVQ n+24(FP), BX
	SHLQ $2, BX
	MOVL $0x3e800000, AX // 1/4
	VMOVD AX, X15
	VBROADCASTSS X15, Y15
	XORQ AX, AX
loop:
	VMOVUPS (SI)(AX*2), Y0
	VMOVUPS 32(SI)(AX*2), Y1
	VMOVUPS (DX)(AX*2), Y2
	VMOVUPS 32(DX)(AX*2), Y3
	VSHUFPS $0x88, Y1, Y0, Y4 // the left neighbours of both in turn, two by two
	VSHUFPS $0xdd, Y1, Y0, Y5
	VSHUFPS $0x88, Y3, Y2, Y6
	VSHUFPS $0xdd, Y3, Y2, Y7
	VADDPS Y5, Y4, Y0
	VADDPS Y6, Y0, Y0
	VADDPS Y7, Y0, Y0
	VPERMPD $0xd8, Y0, Y0
	VMULPS Y15, Y0, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET
