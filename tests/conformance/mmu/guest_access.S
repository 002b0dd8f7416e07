/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The accesses themselves, the way into them (access_go) and the ways out: each ends in an
 * exception or in a software interrupt, and all of those come out of access_go.
 *
 * An access finds its address in RDI and what it stores, or the selector, in RAX. It must not use
 * the stack: PUSH and POP have made the tested address their stack.
 */
#include "guest_asm.h"

#define DONE int $0x40

	.text
read1:	movzbl	(%rdi), %eax
	DONE
read2:	movzwl	(%rdi), %eax
	DONE
read4:	movl	(%rdi), %eax
	DONE
read8:	movq	(%rdi), %rax
	DONE
write1:	movb	%al, (%rdi)
	DONE
write2:	movw	%ax, (%rdi)
	DONE
write4:	movl	%eax, (%rdi)
	DONE
write8:	movq	%rax, (%rdi)
	DONE
rmw1:	xchgb	%al, (%rdi)
	movzbl	%al, %eax
	DONE
rmw2:	xchgw	%ax, (%rdi)
	movzwl	%ax, %eax
	DONE
rmw4:	xchgl	%eax, (%rdi)
	DONE
rmw8:	xchgq	%rax, (%rdi)
	DONE
fetch:	jmp	*%rdi
implicit:
	mov	%eax, %fs
	DONE
push8:	lea	8(%rdi), %rsp
	push	%rax
	DONE
pop8:	mov	%rdi, %rsp
	pop	%rax
	DONE

/* [access][size], as in vector.h */
	.data
	.balign 8
	.globl access_code
access_code:
	.quad read1, read2, read4, read8
	.quad write1, write2, write4, write8
	.quad rmw1, rmw2, rmw4, rmw8
	.quad fetch, 0, 0, 0
	.quad 0, 0, 0, implicit
	.quad 0, 0, 0, push8
	.quad 0, 0, 0, pop8

/*
 * void access_go(const struct go *go): load tables and control registers, in this order for the
 * sake of the keys (the home tables have key 0, which the vector may forbid), and run what the
 * interrupt frame says. Returns when that has trapped, with trap_* filled in.
 */
	.text
	.globl access_go
access_go:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, access_stack
	mov	%rdi, %rsp
	mov	GO_CR3(%rsp), %rax
	mov	%rax, %cr3
	mov	GO_CR4(%rsp), %rax
	mov	%rax, %cr4
	mov	GO_CR0(%rsp), %rax
	mov	%rax, %cr0
	mov	GO_RDI(%rsp), %rdi
	mov	GO_RAX(%rsp), %rax
	invlpg	(%rdi)
	iretq

trap_common:
	mov	%rax, trap_value
	mov	%cr2, %rax
	mov	%rax, trap_cr2
	pop	trap_vector
	pop	trap_error
	pop	trap_rip
	pop	trap_cs
	mov	home_cr4, %rax
	mov	%rax, %cr4
	mov	$HOME_CR0, %eax
	mov	%rax, %cr0
	mov	home_cr3, %rax
	mov	%rax, %cr3
	mov	access_stack, %rsp
	push	$RFLAGS_FIXED
	popf
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

/* One entry of 16 bytes per interrupt vector. Some exceptions bring an error code along. */
	.balign 16
	.globl stubs
stubs:
	.set	n, 0
	.rept	NR_STUBS
	.balign	16
	.if	!(n == 8 || n == 17 || n == 21 || (n >= 10 && n <= 14))
	push	$0
	.endif
	push	$n
	jmp	trap_common
	.set	n, n + 1
	.endr

	.bss
	.balign 8
	.globl trap_vector, trap_error, trap_rip, trap_cs, trap_cr2, trap_value
trap_vector: .skip 8
trap_error:  .skip 8
trap_rip:    .skip 8
trap_cs:     .skip 8
trap_cr2:    .skip 8
trap_value:  .skip 8
access_stack: .skip 8
	.section .note.GNU-stack, "", @progbits
