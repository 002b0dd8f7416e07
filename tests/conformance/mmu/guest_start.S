/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the PVH entry (32 bits, no paging) to guest_main() in long mode.
 *
 * The home tables map a terabyte onto itself with pages of 1 GiB, so that the guest reaches every
 * place. They are complete as they stand here; with five levels, one more table leads to them.
 */
#include "guest_asm.h"

	.section .note.pvh, "a", @note
	.balign 4
	.long 4, 4, 18 /* name, descriptor, XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz "Xen"
	.long start32

	.text
	.code32
	.globl start32
start32:
	cli
	mov	$boot_stack_top, %esp
	movl	$home_p4d, home_cr3
	mov	$HOME_CR4, %eax
	cmpl	$5, HEADER + HEADER_LEVELS
	jne	1f
	or	$CR4_LA57, %eax
	movl	$home_p5d, home_cr3
1:	mov	%eax, home_cr4
	and	$~CR4_PKE, %eax /* not before long mode */
	mov	%eax, %cr4
	mov	home_cr3, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	mov	$(HOME_EFER & ~EFER_LMA), %eax /* paging sets it */
	xor	%edx, %edx
	wrmsr
	mov	$HOME_CR0, %eax
	mov	%eax, %cr0
	lgdt	gdt_pointer
	ljmp	$GUEST_CS, $start64

	.code64
start64:
	mov	$GUEST_DS, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	xor	%eax, %eax
	mov	%eax, %fs
	mov	%eax, %gs
	mov	home_cr4, %eax
	mov	%rax, %cr4
	call	guest_main
1:	hlt
	jmp	1b

	.data
	.balign 8
	.globl gdt, gdt_pointer, home_cr3, home_cr4
gdt:	.quad 0
	.quad 0x00af9b000000ffff /* GUEST_CS */
	.quad 0x00cf93000000ffff /* GUEST_DS */
	.quad 0x00cff3000000ffff /* USER_DS */
	.quad 0x00affb000000ffff /* USER_CS */
	.quad 0, 0		 /* GUEST_TSS: filled in by guest_main() */
	.quad 0, 0		 /* GUEST_LDT: filled in by every implicit access */
gdt_pointer:
	.word gdt_pointer - gdt - 1
	.quad gdt
	.balign 8
home_cr3: .quad 0
home_cr4: .quad 0

	.balign 4096
home_p5d:
	.quad home_p4d + 7
	.fill 511, 8, 0
home_p4d:
	.quad home_pud + 7
	.quad home_pud + 4096 + 7
	.fill 510, 8, 0
home_pud:
	.set	gib, 0
	.rept	1024
	.quad	(gib << 30) + 0x83
	.set	gib, gib + 1
	.endr

	.bss
	.balign 16
	.skip 8192
boot_stack_top:
	.section .note.GNU-stack, "", @progbits
