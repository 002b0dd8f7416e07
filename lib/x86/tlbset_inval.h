/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instructions that drop cached translations, on both caches of a logical processor.
 *
 *                      TLB: this PCID    TLB: others    globals      paging-structure caches
 *   INVLPG va          the page's        kept           page's       by rules (Intel: this PCID's)
 *   INVPCID 0 pcid va  the page's*       kept           kept         by rules (at least the path)
 *   INVPCID 1 pcid     all*              kept           kept         of that PCID
 *   INVPCID 2          all               all            all          all
 *   INVPCID 3          all               all            kept         all
 *   MOV CR3            all*              kept           kept         of that PCID
 *   MOV CR3, bit 63    kept              kept           kept         kept
 *   MOV CR4: PGE       all               all            all          all
 *   MOV CR4: sets SMEP all, by rules     kept           this PCID's  this PCID's
 *   page fault at va   the page's        kept           page's       the path of this PCID
 *
 *   * of the PCID in the operand
 *
 * Sources: Intel SDM vol. 3A 4.10.4.1, vol. 2 (INVLPG, INVPCID); AMD APM vol. 2 5.5.1 to 5.5.3. A
 * psc argument may be NULL: a processor without paging-structure caches.
 */
#ifndef X86_TLBSET_INVAL_H
#define X86_TLBSET_INVAL_H

#include "x86/psc.h"
#include "x86/tlbset.h"

/* Bits of CR4 that matter here, SDM 2.5. */
#define X86_CR4_PSE   (UINT64_C(1) << 4)
#define X86_CR4_PAE   (UINT64_C(1) << 5)
#define X86_CR4_PGE   (UINT64_C(1) << 7)
#define X86_CR4_LA57  (UINT64_C(1) << 12)
#define X86_CR4_PCIDE (UINT64_C(1) << 17)
#define X86_CR4_SMEP  (UINT64_C(1) << 20)
#define X86_CR4_SMAP  (UINT64_C(1) << 21)
#define X86_CR4_PKE   (UINT64_C(1) << 22)
#define X86_CR4_PKS   (UINT64_C(1) << 24)

/* Bit 63 of the operand of MOV to CR3 with CR4.PCIDE: keep what is cached for the new PCID. */
#define X86_CR3_NOFLUSH (UINT64_C(1) << 63)

enum x86_invpcid {
	X86_INVPCID_ADDR = 0,	     /* one address of one PCID, not global */
	X86_INVPCID_SINGLE = 1,	     /* one PCID, not global */
	X86_INVPCID_ALL_GLOBALS = 2, /* everything */
	X86_INVPCID_ALL = 3,	     /* every PCID, not global */
};

/* The PCID that is current under @cr3. */
static inline uint16_t x86_pcid(bool pcide, uint64_t cr3)
{
	return pcide ? cr3 & (X86_PCIDS - 1) : 0;
}

/* INVLPG @va while @pcid is current. With a non-canonical address it does nothing. */
void x86_invlpg(struct x86_tlbset *t, struct x86_psc *p, const struct x86_rules *rules,
		const struct x86_mode *mode, uint16_t pcid, uint64_t va);

/*
 * INVPCID. -EINVAL, and nothing is dropped, where the processor raises #GP: a type above 3, a PCID
 * above 4095, a PCID other than 0 in types 0 and 1 while CR4.PCIDE is 0, a non-canonical address in
 * type 0.
 */
int x86_invpcid(struct x86_tlbset *t, struct x86_psc *p, const struct x86_rules *rules,
		const struct x86_mode *mode, bool pcide, unsigned type, uint64_t pcid, uint64_t va);

/* MOV to CR3 of @operand; what it drops. The caller keeps CR3 (without bit 63). */
void x86_mov_cr3(struct x86_tlbset *t, struct x86_psc *p, bool pcide, uint64_t operand);

/* MOV to CR4 while @pcid is current; what it drops. The caller keeps CR4. */
void x86_mov_cr4(struct x86_tlbset *t, struct x86_psc *p, const struct x86_rules *rules,
		 uint16_t pcid, uint64_t before, uint64_t after);

/*
 * A page fault at @va was raised while @pcid was current: it drops every translation of the page
 * that the access could have used, and every paging-structure-cache entry on its path, so that it
 * does not come again unless the tables in memory call for it.
 */
void x86_fault_drops(struct x86_tlbset *t, struct x86_psc *p, uint16_t pcid, uint64_t va);

/* Everything: reset, or MOV to CR4 that changes PGE. */
void x86_drop_all(struct x86_tlbset *t, struct x86_psc *p);

#endif
