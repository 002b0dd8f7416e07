/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying pages. */
#include "mm/page.h"

struct copy_step {
	uint64_t dst, src, from, to;
	int64_t watched;
	uint32_t dst_name, src_name;
};

static void describe_copy(struct announcement *a, const void *arg)
{
	const struct copy_step *s = arg;

	if (s->watched < 0)
		return;
	announce_access(a, OBJECT(OBJ_CONTENT, s->src_name, s->watched >> 3), ACCESS_READ);
	announce_access(a, OBJECT(OBJ_CONTENT, s->dst_name, s->watched >> 3), ACCESS_WRITE);
}

void copy_page_contents(struct page *dst, struct page *src)
{
	struct numasim_machine *m = current_machine();
	uint64_t bytes = (uint64_t)page_nr_frames(src) << FRAME_SHIFT;
	struct copy_step s = {.dst = page_to_pfn(m, dst) << FRAME_SHIFT,
			      .src = page_to_pfn(m, src) << FRAME_SHIFT,
			      .dst_name = dst->name, .src_name = src->name};
	unsigned chunks = content_chunks(m->content, s.src, bytes);

	for (unsigned i = 0; i < chunks; i++) {
		content_chunk(m->content, s.src, bytes, i, &s.from, &s.to, &s.watched);
		point_described(POINT_COPY, OBJECT(OBJ_CONTENT, s.src_name, i), describe_copy, &s);
		if (content_copy(m->content, s.dst, s.src, s.from, s.to))
			limit_reached("more than %d words of memory are in use", CONTENT_WORDS);
		note("copy page %s to %s, part %u of %u", BIRTH_TEXT(src->name),
		     BIRTH_TEXT(dst->name), i + 1, chunks);
	}
}
