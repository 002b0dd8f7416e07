/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/mapped.h"

#include "mm/bits.h"

#include <errno.h>
#include <stdlib.h>

/* An entry maps frame @pfn. What was never memory in use is nobody's to check. */
static void count_frame(struct mapped *mapped, const struct numasim_machine *m, uint64_t pfn)
{
	const struct node *node = node_of_pfn(m, pfn);
	uint64_t at;

	if (!node)
		return;
	at = pfn - node->start_pfn;
	if (at / BLOCK_FRAMES >= node->next_block)
		return;
	if (m->space[node->index].block[at / BLOCK_FRAMES].kind != BLOCK_BROKEN)
		at -= at % BLOCK_FRAMES;
	mapped->of[node->index][at]++;
}

static void count_table(struct mapped *mapped, const struct numasim_machine *m,
			const struct table *table)
{
	const uint64_t *entry = phys_to_host(&m->phys, table->pa);

	for (unsigned i = 0; table->level <= 2 && i < 512; i++) {
		if (!entry[i])
			continue;
		if (table->level == 1 && kernel_pte_present(m->kernel, entry[i]))
			count_frame(mapped, m, kernel_pte_pfn(m->kernel, entry[i]));
		else if (table->level == 2 && entry[i] & X86_PSE &&
			 kernel_pmd_present(m->kernel, entry[i]))
			count_frame(mapped, m, kernel_pmd_pfn(m->kernel, entry[i]));
	}
}

int mapped_count(struct mapped *mapped, const struct numasim_machine *m)
{
	struct mm_struct *mm;
	struct table *t;

	mapped->of = calloc(m->nr_nodes, sizeof(*mapped->of));
	if (!mapped->of)
		return -ENOMEM;
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		uint64_t frames = m->node[i].next_block * BLOCK_FRAMES;

		mapped->of[i] = frames ? calloc(frames, sizeof(uint32_t)) : NULL;
		if (frames && !mapped->of[i]) {
			mapped_forget(mapped, m);
			return -ENOMEM;
		}
	}
	TAILQ_FOREACH(mm, &m->mm->mms, link)
		RB_FOREACH(t, table_tree, &mm->tables)
			count_table(mapped, m, t);
	return 0;
}

void mapped_forget(struct mapped *mapped, const struct numasim_machine *m)
{
	for (unsigned i = 0; mapped->of && i < m->nr_nodes; i++)
		free(mapped->of[i]);
	free(mapped->of);
	mapped->of = NULL;
}

long mapped_times(const struct mapped *mapped, const struct numasim_machine *m,
		  const struct page *page)
{
	return mapped->of[page->node][page_to_pfn(m, page) - m->node[page->node].start_pfn];
}
