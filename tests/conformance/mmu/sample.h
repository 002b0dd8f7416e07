/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recorded vectors and answers as text, for runs without QEMU.
 *
 *	# a comment
 *	machine 4 40 1                     levels, physical bits, 1 GiB pages
 *	write 2 3 5b 55555554 c 1 7fff12345678 2b2866610 17a848ca8
 *		: 3f40000571554a55@55b560ad0^20 ... > e 7 = 5a5b5c5d5e5f5051 . 3
 *
 * A vector is one line: access, log2 of its bytes, CPL, control bits, PKRU, PKRS, the guest's key,
 * address, CR3, target; each entry from the top as value@where, and ^ with the bits that changed;
 * then exception, error code, CR2 (= is the address, . is what it was), value, the word at the
 * target (. is what it was) and the CPL. Numbers are hexadecimal; those of `machine` are decimal.
 */
#ifndef MMU_SAMPLE_H
#define MMU_SAMPLE_H

#include <stdio.h>

#include "image.h"

#define MMU_MAX_BATCHES 4

void mmu_sample_machine(FILE *to, const struct mmu_header *header);
void mmu_sample_vector(FILE *to, unsigned levels, const struct mmu_vector *v,
		       const struct mmu_answer *a);

/*
 * All batches of a file, a `machine` line beginning each. Returns how many; ends the program with a
 * message that names the line if the file is not one of these.
 */
unsigned mmu_sample_read(const char *path, struct mmu_batch batch[MMU_MAX_BATCHES]);

#endif
