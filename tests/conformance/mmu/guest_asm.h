/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that the guest's C and its assembly share; those of vector.h are checked by guest.c. */
#ifndef MMU_GUEST_ASM_H
#define MMU_GUEST_ASM_H

#define HEADER	      0x1000000
#define HEADER_LEVELS 8

#define GUEST_CS  0x08
#define GUEST_DS  0x10
#define USER_DS	  0x1b
#define USER_CS	  0x23
#define GUEST_TSS 0x28
#define GUEST_LDT 0x38

#define CR0_PE	 0x00000001
#define CR0_ET	 0x00000010
#define CR0_WP	 0x00010000
#define CR0_PG	 0x80000000
#define CR4_PAE	 0x00000020
#define CR4_PGE	 0x00000080
#define CR4_LA57 0x00001000
#define CR4_SMEP 0x00100000
#define CR4_SMAP 0x00200000
#define CR4_PKE	 0x00400000
#define CR4_PKS	 0x01000000
#define MSR_EFER 0xc0000080
#define EFER_LME 0x00000100
#define EFER_LMA 0x00000400
#define EFER_NXE 0x00000800

#define RFLAGS_FIXED 0x00000002
#define RFLAGS_AC    0x00040000

/* Between two accesses. CR4.PKE is on so that PKRU can be written; nothing there is for users. */
#define HOME_CR0  (CR0_PE | CR0_ET | CR0_WP | CR0_PG)
#define HOME_CR4  (CR4_PAE | CR4_PKE)
#define HOME_EFER (EFER_LME | EFER_LMA | EFER_NXE)

/* User mode runs the same code at another address: its own mapping of the guest's page. */
#define USER_ALIAS 0x200000

/* struct go of guest.c */
#define GO_CR3 40
#define GO_CR4 48
#define GO_CR0 56
#define GO_RDI 64
#define GO_RAX 72

#define NR_STUBS 0x41 /* interrupt vectors 0 to MMU_DONE */

#endif
