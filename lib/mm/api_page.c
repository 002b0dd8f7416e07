/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages under their exported names. */
#include "mm/api.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/page.h"

struct page *numasim_pmd_page(uint64_t pmd)
{
	return api_mm_running("pmd_page") ? pmd_page(pmd) : NULL;
}

struct page *numasim_pte_page(uint64_t pte)
{
	return api_mm_running("pte_page") ? pte_page(pte) : NULL;
}

uint64_t numasim_mk_pte(struct page *page, uint64_t prot)
{
	return api_page(page, "mk_pte") ? mk_pte(page, prot) : 0;
}

uint64_t numasim_mk_huge_pmd(struct page *page, uint64_t prot)
{
	return api_page(page, "mk_huge_pmd") ? mk_huge_pmd(page, prot) : 0;
}

struct page *numasim_alloc_pages_node(int nid, unsigned gfp, unsigned order)
{
	bool huge = order == NUMASIM_HPAGE_PMD_ORDER;
	int node;

	if (!api_mm_running("alloc_pages_node") || nid < 0 || (order && !huge))
		return NULL;
	node = machine_node_index(current_machine(), nid);
	if (node < 0)
		return NULL;
	return gfp & NUMASIM_GFP_THISNODE ? alloc_page_node(node, huge, true)
					  : alloc_page_near(node, huge, true);
}

#define ACTION(name)                                                                               \
	void numasim_##name(struct page *page)                                                     \
	{                                                                                          \
		if (api_page(page, #name))                                                         \
			name(page);                                                                \
	}
#define QUESTION(type, name)                                                                       \
	type numasim_##name(struct page *page)                                                     \
	{                                                                                          \
		return api_page(page, #name) ? name(page) : 0;                                     \
	}

ACTION(get_page)
QUESTION(bool, get_page_unless_zero)
ACTION(put_page)
QUESTION(int, page_count)
QUESTION(int, page_mapcount)
ACTION(lock_page)
QUESTION(bool, trylock_page)
ACTION(unlock_page)
QUESTION(bool, page_locked)
ACTION(wait_on_page_locked)
QUESTION(bool, isolate_lru_page)
ACTION(putback_lru_page)
ACTION(page_remove_rmap)

void numasim_page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma,
				    uint64_t address)
{
	if (api_page(page, "page_add_new_anon_rmap"))
		page_add_new_anon_rmap(page, vma, address);
}

void numasim_copy_page(struct page *to, struct page *from)
{
	if (!api_page(to, "copy_highpage") || !api_page(from, "copy_highpage"))
		return;
	if (page_nr_frames(to) == page_nr_frames(from))
		copy_page_contents(to, from);
	else
		api_fail(NULL, 0, "%s copies a page to one of another size",
			 exec_current->running->name);
}

int numasim_page_to_nid(const struct page *page)
{
	return api_page(page, "page_to_nid") ? (int)current_machine()->node[page->node].id : -1;
}

uint64_t numasim_page_to_pfn(const struct page *page)
{
	uint64_t pfn;

	if (!api_page(page, "page_to_pfn"))
		return 0;
	pfn = page_to_pfn(current_machine(), page);
	observe(pfn); /* states that differ only in frames are one, unless code looks at a number */
	return pfn;
}
