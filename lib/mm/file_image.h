/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a disk holds of a page: the words of it that are not zero. Swap slots and the blocks of
 * files are kept so. NULL is a page of zeroes. Images stand in the arena, but take no memory of the
 * simulated kernel: a disk does not run out because the computer does.
 */
#ifndef MM_FILE_IMAGE_H
#define MM_FILE_IMAGE_H

#include "mm/mm.h"

struct image_word {
	uint64_t offset; /* bytes into the page, a multiple of 8 */
	uint64_t value;
};

struct page_image {
	uint32_t nr, room;
	struct image_word word[];
};

/*
 * The device reads @page, in steps; the old image, which is @object, goes. 0, or -ENOSPC: the host
 * has no memory for the disk, and the image is of zeroes.
 */
int image_write(struct page_image **image, uint64_t object, struct page *page);

/* The device fills @page, which nobody else can look at. 0 or -ENOSPC. */
int image_read(struct page *page, const struct page_image *image);

/* Zeroes from byte @from on. */
void image_truncate(struct page_image **image, uint64_t from);

void image_free(struct page_image **image);
void image_digest(const struct page_image *image, struct digest_sink *sink);

#endif
