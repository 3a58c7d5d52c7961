#include "textflag.h"

// func errorVectors(dst, rendered, target *float32, n int, gain, most float32)
TEXT ·errorVectors(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ rendered+8(FP), SI
	MOVQ target+16(FP), DX
	MOVQ n+24(FP), BX
	VBROADCASTSS gain+32(FP), Y13
	VBROADCASTSS most+36(FP), Y14
	VPCMPEQD Y15, Y15, Y15
	VPSRLD $1, Y15, Y15 // the bits of a magnitude
	SHLQ $2, BX
	XORQ AX, AX
loop:
	VMOVUPS (SI)(AX*1), Y0
	VSUBPS (DX)(AX*1), Y0, Y0
	VANDPS Y15, Y0, Y0
	VMULPS Y13, Y0, Y0
	VMINPS Y0, Y14, Y0 // keeps a NaN of its first operand
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET
