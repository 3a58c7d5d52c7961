#include "textflag.h"

// CONSTANTS loads the constants at CX to Y3 … Y14, and 0 to Y15.
#define CONSTANTS \
	VMOVUPS 0(CX), Y3; \
	VMOVUPS 32(CX), Y4; \
	VMOVUPS 64(CX), Y5; \
	VMOVUPS 96(CX), Y6; \
	VMOVUPS 128(CX), Y7; \
	VMOVUPS 160(CX), Y8; \
	VMOVUPS 192(CX), Y9; \
	VMOVUPS 224(CX), Y10; \
	VMOVUPS 256(CX), Y11; \
	VMOVUPS 288(CX), Y12; \
	VMOVUPS 320(CX), Y13; \
	VMOVUPS 352(CX), Y14; \
	VXORPS Y15, Y15, Y15

// LIGHT turns the samples in Y0 to light. Y1 is the polynomial, Y2 the mask of the linear part. VMAXPS and VMINPS keep a
// NaN of their first operand.
#define LIGHT \
	VMAXPS Y0, Y15, Y0; \
	VMINPS Y0, Y5, Y0; \
	VMOVAPS Y14, Y1; \
	VFMADD213PS Y13, Y0, Y1; \
	VFMADD213PS Y12, Y0, Y1; \
	VFMADD213PS Y11, Y0, Y1; \
	VFMADD213PS Y10, Y0, Y1; \
	VFMADD213PS Y9, Y0, Y1; \
	VFMADD213PS Y8, Y0, Y1; \
	VFMADD213PS Y7, Y0, Y1; \
	VFMADD213PS Y6, Y0, Y1; \
	VCMPPS $2, Y3, Y0, Y2; \
	VMULPS Y4, Y0, Y0; \
	VBLENDVPS Y2, Y0, Y1, Y0

// func lightVectors(out, row *float32, n int, constants *[12][8]float32)
TEXT ·lightVectors(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ n+16(FP), BX
	MOVQ constants+24(FP), CX
	CONSTANTS
	SHLQ $2, BX
	XORQ AX, AX
loop:
	VMOVUPS (SI)(AX*1), Y0
	LIGHT
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func addLightVectors(sums, row *float32, n int, weight float32, constants *[12][8]float32)
TEXT ·addLightVectors(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ n+16(FP), BX
	MOVQ constants+32(FP), CX
	CONSTANTS
	SHLQ $2, BX
	XORQ AX, AX
loop:
	VMOVUPS (SI)(AX*1), Y0
	LIGHT
	VBROADCASTSS weight+24(FP), Y2
	VMOVUPS (DI)(AX*1), Y1
	VFMADD231PS Y2, Y0, Y1
	VMOVUPS Y1, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET
