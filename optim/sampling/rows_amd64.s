#include "textflag.h"

// func combineRowsVectors(smoothed, different *float64, above, here, below *float32, n int)
TEXT ·combineRowsVectors(SB), NOSPLIT, $0-48
	MOVQ smoothed+0(FP), DI
	MOVQ different+8(FP), DX
	MOVQ above+16(FP), R8
	MOVQ here+24(FP), R9
	MOVQ below+32(FP), R10
	MOVQ n+40(FP), BX
	XORQ AX, AX
loop:
	VCVTPS2PD (R8)(AX*4), Y0
	VCVTPS2PD (R9)(AX*4), Y1
	VCVTPS2PD (R10)(AX*4), Y2
	VSUBPD Y0, Y2, Y3
	VADDPD Y1, Y1, Y1
	VADDPD Y0, Y2, Y0
	VADDPD Y1, Y0, Y0
	VMOVUPD Y0, (DI)(AX*8)
	VMOVUPD Y3, (DX)(AX*8)
	ADDQ $4, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func addSquaresVectors(squares, smoothed, different *float64, n int)
// smoothed and different begin one column before squares.
TEXT ·addSquaresVectors(SB), NOSPLIT, $0-32
	MOVQ squares+0(FP), DI
	MOVQ smoothed+8(FP), SI
	MOVQ different+16(FP), DX
	MOVQ n+24(FP), BX
	XORQ AX, AX
loop:
	VMOVUPD 16(SI)(AX*8), Y0
	VSUBPD (SI)(AX*8), Y0, Y0
	VMOVUPD 8(DX)(AX*8), Y1
	VADDPD Y1, Y1, Y1
	VADDPD (DX)(AX*8), Y1, Y1
	VADDPD 16(DX)(AX*8), Y1, Y1
	VMULPD Y0, Y0, Y0
	VMULPD Y1, Y1, Y1
	VADDPD Y1, Y0, Y0
	VADDPD (DI)(AX*8), Y0, Y0
	VMOVUPD Y0, (DI)(AX*8)
	ADDQ $4, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func raiseVectors(row *float32, n int)
TEXT ·raiseVectors(SB), NOSPLIT, $0-16
	MOVQ row+0(FP), DI
	MOVQ n+8(FP), BX
	XORQ AX, AX
	VXORPS Y3, Y3, Y3
loop:
	VMOVUPS (DI)(AX*4), Y0
	VSQRTPS Y0, Y1
	VMULPS Y0, Y1, Y1
	VCMPPS $14, Y3, Y0, Y2 // above 0
	VANDPS Y2, Y1, Y1
	VMOVUPS Y1, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET
