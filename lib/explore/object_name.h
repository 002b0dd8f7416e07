/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What texts call the objects of a machine. Nothing in a name depends on a host address:
 *
 *	PMD(P:x)  PTE(P:0x7f0000000000)	     entries, by the address that they translate
 *	_count of page #9		     fields of a page, by its birth
 *	page #9+64			     contents, by byte
 *	mm->tlb_flush_pending, mmap_sem	     of the address space, if there is only one; otherwise
 *	P->tlb_flush_pending, mmap_sem of P  by its label
 *	TLB of CPU 3			     as the topology numbers it
 */
#ifndef EXPLORE_OBJECT_NAME_H
#define EXPLORE_OBJECT_NAME_H

#include <stddef.h>
#include <stdint.h>

/* For exec.object_name. Addresses are named by exec.address_name if that is set. */
void object_name(void *machine, uint64_t object, char *text, size_t size);

#endif
