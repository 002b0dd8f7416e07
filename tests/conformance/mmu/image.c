/* SPDX-License-Identifier: BSD-2-Clause */
#include "image.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static off_t offset_of(uint64_t pa)
{
	return pa < MMU_RAM_LOW ? pa : pa - MMU_RAM_HIGH + MMU_RAM_LOW;
}

static void put(int fd, const char *path, uint64_t pa, const void *from, size_t bytes)
{
	if (pwrite(fd, from, bytes, offset_of(pa)) != (ssize_t)bytes)
		err(2, "%s: writing %zu bytes at %#jx", path, bytes, (uintmax_t)offset_of(pa));
}

static void get(int fd, const char *path, uint64_t pa, void *to, size_t bytes)
{
	ssize_t got = pread(fd, to, bytes, offset_of(pa));

	if (got < 0)
		err(2, "%s: reading %zu bytes at %#jx", path, bytes, (uintmax_t)offset_of(pa));
	if (got != (ssize_t)bytes)
		errx(2, "%s: ends before %#jx: not a memory image", path,
		     (uintmax_t)offset_of(pa) + bytes);
}

static void put_pages(int fd, const char *path, const struct mmu_places *places)
{
	uint64_t word[512];

	for (unsigned kind = 0; kind < MMU_PAGE_KINDS; kind++) {
		for (unsigned i = 0; i < MMU_GIBS * MMU_PAGES; i++) {
			uint64_t frame = places->page[kind][i];

			for (unsigned w = 0; w < 512; w++)
				word[w] = mmu_content(kind, frame + 8 * w);
			put(fd, path, frame, word, sizeof(word));
		}
	}
}

void mmu_image_write(const char *path, const struct mmu_batch *batch,
		     const struct mmu_places *places)
{
	const struct mmu_header *h = &batch->header;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		err(2, "%s", path);
	if (ftruncate(fd, MMU_RAM))
		err(2, "%s: making a sparse file of %llu bytes", path,
		    (unsigned long long)MMU_RAM);
	put_pages(fd, path, places);
	put(fd, path, MMU_HEADER, h, sizeof(*h));
	put(fd, path, MMU_VECTORS, batch->vector, h->count * sizeof(*batch->vector));
	if (close(fd))
		err(2, "%s", path);
}

void mmu_image_read(const char *path, struct mmu_batch *batch)
{
	struct mmu_header *h = &batch->header;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(2, "%s", path);
	get(fd, path, MMU_HEADER, h, sizeof(*h));
	if (h->magic != MMU_MAGIC || h->count > MMU_MAX_VECTORS || h->answered > h->count)
		errx(2, "%s: holds no vectors", path);
	batch->vector = calloc(h->count + 1, sizeof(*batch->vector));
	batch->answer = calloc(h->count + 1, sizeof(*batch->answer));
	if (!batch->vector || !batch->answer)
		err(2, "%u vectors", h->count);
	get(fd, path, MMU_VECTORS, batch->vector, h->count * sizeof(*batch->vector));
	get(fd, path, MMU_ANSWERS, batch->answer, h->answered * sizeof(*batch->answer));
	close(fd);
}

void mmu_batch_free(struct mmu_batch *batch)
{
	free(batch->vector);
	free(batch->answer);
	*batch = (struct mmu_batch){ 0 };
}
