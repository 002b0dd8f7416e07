/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying 4 KiB out of a page that may be huge. */
#include "exec/var.h"
#include "mm/cow.h"

struct part_copy {
	struct page *dst, *src;
	uint64_t start;	  /* of the part, in the source */
	uint64_t from, to; /* in the part */
	int64_t watched;
};

static void describe_part(struct announcement *a, const void *arg)
{
	const struct part_copy *s = arg;

	if (s->watched < 0)
		return;
	announce_access(a, OBJECT(OBJ_CONTENT, s->src->name, (s->start + s->watched) >> 3),
			ACCESS_READ);
	announce_access(a, OBJECT(OBJ_CONTENT, s->dst->name, s->watched >> 3), ACCESS_WRITE);
}

static void copy_step(struct part_copy *s, uint64_t dst, uint64_t src)
{
	point_described(POINT_COPY, OBJECT(OBJ_CONTENT, s->src->name, s->start >> 3),
			describe_part, s);
	if (content_copy(current_machine()->content, dst, src, s->from, s->to))
		limit_reached("more than %d words of memory are in use", CONTENT_WORDS);
	note("copy a part of page %s to %s", BIRTH_TEXT(s->src->name), BIRTH_TEXT(s->dst->name));
}

void copy_page_part(struct page *dst, struct page *src, unsigned part)
{
	struct numasim_machine *m = current_machine();
	struct part_copy s = {.dst = dst, .src = src, .start = (uint64_t)part << FRAME_SHIFT};
	uint64_t to = page_to_pfn(m, dst) << FRAME_SHIFT;
	uint64_t from = (page_to_pfn(m, src) + part) << FRAME_SHIFT;
	unsigned chunks;

	if (!(src->flags & PAGE_HEAD)) {
		copy_page_contents(dst, src);
		return;
	}
	chunks = content_chunks(m->content, from, FRAME_SIZE);
	for (unsigned i = 0; i < chunks; i++) {
		content_chunk(m->content, from, FRAME_SIZE, i, &s.from, &s.to, &s.watched);
		copy_step(&s, to, from);
	}
}
