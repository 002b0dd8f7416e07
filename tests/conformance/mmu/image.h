/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's memory as a file: the host writes vectors into it, QEMU maps it as the memory of the
 * machine, and what the guest has answered is there when QEMU has ended. It is sparse.
 */
#ifndef MMU_IMAGE_H
#define MMU_IMAGE_H

#include "places.h"
#include "vector.h"

/* Vectors and answers, and which machine they are for. */
struct mmu_batch {
	struct mmu_header header;
	struct mmu_vector *vector;
	struct mmu_answer *answer; /* header.answered of them */
};

/* Both end the program with a message if the file cannot be used. */
void mmu_image_write(const char *path, const struct mmu_batch *batch,
		     const struct mmu_places *places);
void mmu_image_read(const char *path, struct mmu_batch *batch);

void mmu_batch_free(struct mmu_batch *batch);

#endif
