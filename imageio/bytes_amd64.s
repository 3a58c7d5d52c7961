#include "textflag.h"

// The functions of bytes_amd64.go.

// func widenVectors(dst *float32, row *uint8, n int)
// The quotient v/255 is correctly rounded, as that of Go.
TEXT ·widenVectors(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ n+16(FP), BX
	MOVL $0x437f0000, AX // 255
	VMOVD AX, X1
	VBROADCASTSS X1, Y1
	XORQ AX, AX
loop:
	VPMOVZXBD (SI)(AX*1), Y0
	VCVTDQ2PS Y0, Y0
	VDIVPS Y1, Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func packVectors(line *byte, row *[]float32, channels, n int, constants *packing)
// Y0 collects eight pixels of four bytes. The product with 255 is computed in float64, as in step.
TEXT ·packVectors(SB), NOSPLIT, $0-40
	MOVQ line+0(FP), DI
	MOVQ channels+16(FP), R10
	MOVQ n+24(FP), BX
	MOVQ constants+32(FP), CX
	VMOVUPD 0(CX), Y10
	VMOVUPD 32(CX), Y11
	VMOVUPS 64(CX), Y12
	VMOVDQU 96(CX), Y13
	VXORPS Y14, Y14, Y14
	LEAQ 0(R10*4), R11 // bytes of four pixels
	XORQ AX, AX
loop:
	MOVQ row+8(FP), SI
	VPXOR Y0, Y0, Y0
	XORQ DX, DX
channel:
	MOVQ (SI), R8
	VMOVUPS (R8)(AX*4), Y1
	VMAXPS Y14, Y1, Y1 // NaN becomes 0
	VMINPS Y12, Y1, Y1
	VEXTRACTF128 $1, Y1, X2
	VCVTPS2PD X1, Y3
	VCVTPS2PD X2, Y4
	VMULPD Y10, Y3, Y3
	VMULPD Y10, Y4, Y4
	VADDPD Y11, Y3, Y3
	VADDPD Y11, Y4, Y4
	VCVTTPD2DQY Y3, X3
	VCVTTPD2DQY Y4, X4
	VINSERTI128 $1, X4, Y3, Y3
	VMOVQ DX, X5
	VPSLLD X5, Y3, Y3
	VPOR Y3, Y0, Y0
	ADDQ $24, SI
	ADDQ $8, DX
	LEAQ 0(R10*8), R9
	CMPQ DX, R9
	JLT channel
	VPSHUFB Y13, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VMOVDQU X0, (DI)
	VMOVDQU X1, (DI)(R11*1)
	LEAQ (DI)(R11*2), DI
	ADDQ $8, AX
	CMPQ AX, BX
	JLT loop
	VZEROUPPER
	RET

// func filterVectors(filter int, out, line, left, up, corner *byte, n int)
TEXT ·filterVectors(SB), NOSPLIT, $0-56
	MOVQ filter+0(FP), DX
	MOVQ out+8(FP), DI
	MOVQ line+16(FP), SI
	MOVQ left+24(FP), R8
	MOVQ up+32(FP), R9
	MOVQ corner+40(FP), R10
	MOVQ n+48(FP), BX
	XORQ AX, AX
	VPCMPEQW Y15, Y15, Y15
	VPSRLW $8, Y15, Y15 // the low bytes of words
	VPCMPEQB X14, X14, X14
	VPABSB X14, X14 // 1 in all bytes
	CMPQ DX, $3
	JEQ average
	JGT paeth
	CMPQ DX, $1
	JEQ before
	MOVQ R9, R8
before: // the byte at the left, or above
	VMOVDQU (SI)(AX*1), X0
	VPSUBB (R8)(AX*1), X0, X0
	VMOVDQU X0, (DI)(AX*1)
	ADDQ $16, AX
	CMPQ AX, BX
	JLT before
	JMP done
average: // rounded down
	VMOVDQU (R8)(AX*1), X1
	VMOVDQU (R9)(AX*1), X2
	VPAVGB X1, X2, X3
	VPXOR X1, X2, X2
	VPAND X14, X2, X2
	VPSUBB X2, X3, X3
	VMOVDQU (SI)(AX*1), X0
	VPSUBB X3, X0, X0
	VMOVDQU X0, (DI)(AX*1)
	ADDQ $16, AX
	CMPQ AX, BX
	JLT average
	JMP done
paeth: // Y1, Y2, Y3: left, up, corner; Y4, Y5, Y6: the distances of left, up, corner from left + up - corner
	VPMOVZXBW (SI)(AX*1), Y0
	VPMOVZXBW (R8)(AX*1), Y1
	VPMOVZXBW (R9)(AX*1), Y2
	VPMOVZXBW (R10)(AX*1), Y3
	VPSUBW Y3, Y2, Y4
	VPSUBW Y3, Y1, Y5
	VPADDW Y4, Y5, Y6
	VPABSW Y4, Y4
	VPABSW Y5, Y5
	VPABSW Y6, Y6
	VPMINSW Y5, Y4, Y7
	VPMINSW Y6, Y7, Y7
	VPCMPEQW Y7, Y5, Y5
	VPBLENDVB Y5, Y2, Y3, Y3
	VPCMPEQW Y7, Y4, Y4
	VPBLENDVB Y4, Y1, Y3, Y3
	VPSUBW Y3, Y0, Y0
	VPAND Y15, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKUSWB X1, X0, X0
	VMOVDQU X0, (DI)(AX*1)
	ADDQ $16, AX
	CMPQ AX, BX
	JLT paeth
done:
	VZEROUPPER
	RET
