/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages in use, mappings, counters. */
#include "report/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	uint32_t flag;
	const char *name;
} flag_name[] = {
	{PAGE_LOCKED, "locked"},	 {PAGE_LRU, "lru"},
	{PAGE_ACTIVE, "active"},	 {PAGE_REFERENCED, "referenced"},
	{PAGE_UPTODATE, "uptodate"},	 {PAGE_DIRTY, "dirty"},
	{PAGE_SWAPBACKED, "swapbacked"}, {PAGE_ZERO, "zero"},
};

/* Pages of the machine, collected. */
struct pages {
	const struct page **page;
	size_t nr, room;
	bool failed; /* out of host memory */
};

static void collect(struct pages *p, const struct page *page)
{
	if (page->flags & PAGE_FREE)
		return;
	if (p->nr == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		const struct page **more = realloc(p->page, room * sizeof(*more));

		if (!more) {
			p->failed = true;
			return;
		}
		p->page = more;
		p->room = room;
	}
	p->page[p->nr++] = page;
}

static void collect_node(struct pages *p, const struct numasim_machine *m, unsigned node)
{
	const struct node_space *space = &m->space[node];

	for (uint32_t at = m->node[node].touched; at; at = space->block[at - 1].next) {
		const struct block *block = &space->block[at - 1];

		if (block->kind == BLOCK_HUGE)
			collect(p, &block->head);
		for (unsigned k = 0; block->kind == BLOCK_BROKEN && k < block->used; k++)
			collect(p, block_page(space, at - 1, k));
	}
}

/* Descriptors of one kind stand in the order of their frames; between kinds, ask for the frame. */
static int by_frame(const void *a, const void *b, void *machine)
{
	uint64_t x = page_to_pfn(machine, *(const struct page *const *)a);
	uint64_t y = page_to_pfn(machine, *(const struct page *const *)b);

	return x < y ? -1 : x > y;
}

static void show_flags(const struct show *s, const struct page *page)
{
	char text[SHOW_NAME] = "-";
	size_t used = 0;

	for (size_t i = 0; i < sizeof(flag_name) / sizeof(flag_name[0]); i++)
		if (page->flags & flag_name[i].flag)
			used += snprintf(text + used, sizeof(text) - used, "%s%s",
					 used ? "," : "", flag_name[i].name);
	fprintf(s->out, " %s", text);
}

/* The words that somebody may look at and that are not zero. */
static void show_words(const struct show *s, const struct page *page)
{
	const struct content *content = s->m->content;
	uint64_t start = page_to_pfn(s->m, page) << FRAME_SHIFT;
	uint64_t bytes = (uint64_t)page_nr_frames(page) << FRAME_SHIFT;

	for (unsigned i = 0; i < content->nr; i++)
		if (content->word[i].pa - start < bytes)
			fprintf(s->out, " +0x%" PRIx64 "=%" PRIu64, content->word[i].pa - start,
				content->word[i].value);
}

static const struct table *table_of(const struct numasim_machine *m, const struct page *page)
{
	return arena_at(m->arena, page->index);
}

static void show_table_page(const struct show *s, const struct page *page)
{
	static const char *const name[] = {"", "PTEs", "PMDs", "PUDs", "PGDs", "PGDs"};
	const struct table *table = table_of(s->m, page);

	if (table)
		fprintf(s->out, " table of %s for %s from 0x%" PRIx64 " on", name[table->level],
			table->mm->label, table->base);
	else
		fprintf(s->out, " table put by for a split");
}

static void show_frame(const struct show *s, const struct page *page)
{
	fprintf(s->out, "%-6s %s node %-3u pfn=0x%-7" PRIx64, BIRTH_TEXT(page->name),
		page->flags & PAGE_HEAD ? "2M" : "4K", s->m->node[page->node].id,
		page_to_pfn(s->m, page));
	if (page->flags & PAGE_TABLE) {
		show_table_page(s, page);
	} else {
		fprintf(s->out, " count=%d mapcount=%d", page->count, page->mapcount);
		show_flags(s, page);
		show_words(s, page);
	}
	fputc('\n', s->out);
}

void show_frames(const struct show *s)
{
	struct pages p = {0};

	for (unsigned i = 0; i < s->m->nr_nodes; i++)
		collect_node(&p, s->m, i);
	if (p.nr)
		qsort_r(p.page, p.nr, sizeof(*p.page), by_frame, s->m);
	else
		fprintf(s->out, "no page is in use\n");
	for (size_t i = 0; i < p.nr; i++)
		show_frame(s, p.page[i]);
	if (p.failed)
		fprintf(s->out, "(not all of them: the host is out of memory)\n");
	free(p.page);
}

static void show_mapping(const struct show *s, const struct vm_area_struct *v)
{
	uint32_t flags = v->vm_flags;

	fprintf(s->out, "  %012" PRIx64 "-%012" PRIx64 " %c%c%cp %6" PRIu64 " KiB %s%s%s\n",
		v->vm_start, v->vm_end, flags & VM_READ ? 'r' : '-', flags & VM_WRITE ? 'w' : '-',
		flags & VM_EXEC ? 'x' : '-', (v->vm_end - v->vm_start) >> 10,
		SHOW_ADDRESS(s, v->vm_mm, v->vm_start), flags & VM_HUGEPAGE ? " hugepage" : "",
		flags & VM_NOHUGEPAGE ? " nohugepage" : "");
}

void show_mappings(const struct show *s)
{
	struct vm_area_struct *v;
	struct mm_struct *mm;

	TAILQ_FOREACH(mm, &s->m->mm->mms, link) {
		fprintf(s->out, "%s:%s\n", mm->label,
			RB_EMPTY(&mm->vmas) ? " nothing is mapped" : "");
		RB_FOREACH(v, vma_tree, &mm->vmas)
			show_mapping(s, v);
	}
}

void show_counters(const struct show *s)
{
	static const char *const name[] = {
#define X(id, text) text,
		VM_EVENTS(X)
#undef X
	};

	for (unsigned i = 0; i < VM_EVENT_NR; i++)
		fprintf(s->out, "%-24s %" PRIu64 "\n", name[i], s->m->mm->vm_event[i]);
	fprintf(s->out, "%-24s %" PRIu64 " ms\n", "time since boot", *s->m->clock);
}
