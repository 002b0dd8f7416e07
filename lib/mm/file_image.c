/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/file_image.h"

#include "exec/var.h"

#include <errno.h>
#include <string.h>

#define IMAGE_ROOM 4

static size_t image_size(uint32_t room)
{
	return sizeof(struct page_image) + room * sizeof(struct image_word);
}

void image_free(struct page_image **image)
{
	if (*image)
		arena_free(current_machine()->arena, *image, image_size((*image)->room));
	*image = NULL;
}

static int image_add(struct page_image **image, uint64_t offset, uint64_t value)
{
	uint32_t nr = *image ? (*image)->nr : 0;
	struct page_image *larger;

	if (!*image || nr == (*image)->room) {
		larger = arena_alloc(current_machine()->arena,
				     image_size(nr ? 2 * nr : IMAGE_ROOM));
		if (!larger)
			return -ENOSPC;
		if (nr)
			memcpy(larger->word, (*image)->word, nr * sizeof(struct image_word));
		larger->nr = nr;
		larger->room = nr ? 2 * nr : IMAGE_ROOM;
		image_free(image);
		*image = larger;
	}
	(*image)->word[(*image)->nr++] = (struct image_word){offset, value};
	return 0;
}

/* The words of [from, to) of the page at @pa that are not zero. */
static int image_add_range(struct page_image **image, uint64_t pa, uint64_t from, uint64_t to)
{
	const struct content *content = current_machine()->content;
	int ret = 0;

	if (content->bytes) {
		const uint64_t *word = content_frame(content, pa);

		for (uint64_t at = from; word && at < to && !ret; at += 8)
			if (word[at / 8])
				ret = image_add(image, at, word[at / 8]);
		return ret;
	}
	for (unsigned i = 0; i < content->nr && !ret; i++)
		if (content->word[i].pa >= pa + from && content->word[i].pa < pa + to)
			ret = image_add(image, content->word[i].pa - pa, content->word[i].value);
	return ret;
}

struct image_step {
	uint64_t from, to;
	int64_t watched;
	uint32_t name;
};

static void describe_write(struct announcement *a, const void *arg)
{
	const struct image_step *s = arg;

	if (s->watched >= 0)
		announce_access(a, OBJECT(OBJ_CONTENT, s->name, s->watched >> 3), ACCESS_READ);
}

int image_write(struct page_image **image, uint64_t object, struct page *page)
{
	struct numasim_machine *m = current_machine();
	uint64_t pa = page_to_pfn(m, page) << FRAME_SHIFT;
	unsigned chunks = content_chunks(m->content, pa, FRAME_SIZE);
	struct image_step s = {.name = page->name};
	int ret = 0;

	touch(object, ACCESS_WRITE);
	image_free(image);
	for (unsigned i = 0; i < chunks && !ret; i++) {
		content_chunk(m->content, pa, FRAME_SIZE, i, &s.from, &s.to, &s.watched);
		if (s.watched >= 0) /* nobody can tell when the others are read */
			point_described(POINT_COPY, OBJECT(OBJ_CONTENT, s.name, i), describe_write,
					&s);
		touch(object, ACCESS_WRITE);
		ret = image_add_range(image, pa, s.from, s.to);
		note("the device reads page %s, part %u of %u", BIRTH_TEXT(page->name), i + 1,
		     chunks);
	}
	if (ret)
		image_free(image);
	return ret;
}

int image_read(struct page *page, const struct page_image *image)
{
	struct numasim_machine *m = current_machine();
	uint64_t pa = page_to_pfn(m, page) << FRAME_SHIFT;
	int ret = 0;

	content_clear(m->content, pa, 0, FRAME_SIZE);
	for (uint32_t i = 0; image && i < image->nr && !ret; i++) {
		touch(OBJECT(OBJ_CONTENT, page->name, image->word[i].offset >> 3), ACCESS_WRITE);
		ret = content_set(m->content, pa + image->word[i].offset, image->word[i].value);
	}
	if (ret)
		limit_reached("more than %d words of memory are in use", CONTENT_WORDS);
	return ret;
}

void image_truncate(struct page_image **image, uint64_t from)
{
	uint32_t left = 0;

	if (!*image)
		return;
	for (uint32_t i = 0; i < (*image)->nr; i++)
		if ((*image)->word[i].offset < from)
			(*image)->word[left++] = (*image)->word[i];
	(*image)->nr = left;
	if (!left)
		image_free(image);
}

void image_digest(const struct page_image *image, struct digest_sink *sink)
{
	digest_put(sink, image ? image->nr : 0);
	for (uint32_t i = 0; image && i < image->nr; i++) {
		digest_put(sink, image->word[i].offset);
		digest_put(sink, image->word[i].value);
	}
}
