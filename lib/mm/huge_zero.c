/* SPDX-License-Identifier: BSD-2-Clause */
/* mm/huge_memory.c, get_huge_zero_page() of v3.8, mm_get_huge_zero_page() of v4.9 to v6.12. */
#include "mm/huge_zero.h"

#include "exec/var.h"
#include "mm/anon.h"
#include "mm/gfp.h"
#include "mm/page.h"

#define HUGE_ZERO_OBJECT OBJECT(OBJ_ALLOC, 0, 2)

/* One user more of the page that is there; NULL: there is none. */
static struct page *take(struct mm_room *room)
{
	struct page *page = NULL;

	point(POINT_UPDATE, HUGE_ZERO_OBJECT, ACCESS_WRITE);
	if (room->huge_zero_users) {
		room->huge_zero_users++;
		page = pfn_to_page(current_machine(), room->huge_zero_pfn);
	}
	observe(page ? page->name : 0);
	return page;
}

/* Mine becomes the one, unless another came first: the user and the shrinker count. */
static bool install(struct mm_room *room, struct page *page)
{
	bool first;

	point(POINT_UPDATE, HUGE_ZERO_OBJECT, ACCESS_WRITE);
	first = !room->huge_zero_users;
	observe(first);
	if (first) {
		page_mark(page, PAGE_ZERO);
		room->huge_zero_pfn = page_to_pfn(current_machine(), page);
		room->huge_zero_users = 2;
	}
	return first;
}

static struct page *get_huge_zero_page(void)
{
	struct mm_room *room = current_machine()->mm;

	for (;;) {
		struct page *page = take(room);

		if (page)
			return page;
		page = alloc_page_task(GFP_ZERO | GFP_COMP, HPAGE_ORDER);
		if (!page) {
			count_vm_events(VM_EVENT_THP_ZERO_PAGE_ALLOC_FAILED, 1);
			return NULL;
		}
		count_vm_events(VM_EVENT_THP_ZERO_PAGE_ALLOC, 1);
		if (install(room, page))
			return page;
		put_page(page);
	}
}

/* The shrinker's use remains, so this never frees. */
static void put_huge_zero_page(void)
{
	point(POINT_UPDATE, HUGE_ZERO_OBJECT, ACCESS_WRITE);
	current_machine()->mm->huge_zero_users--;
}

/* The mark of the mm is set once, whoever of its threads comes first. */
struct page *mm_get_huge_zero_page(struct mm_struct *mm)
{
	struct page *page;
	bool had;

	if (!has(ROW_HUGE_ZERO_PER_MM))
		return get_huge_zero_page();
	point(POINT_READ, MM_OBJECT(mm, MM_HUGE_ZERO), ACCESS_READ);
	observe(mm->huge_zero);
	if (mm->huge_zero)
		return pfn_to_page(current_machine(), current_machine()->mm->huge_zero_pfn);
	page = get_huge_zero_page();
	if (!page)
		return NULL;
	point(POINT_UPDATE, MM_OBJECT(mm, MM_HUGE_ZERO), ACCESS_WRITE);
	had = mm->huge_zero;
	mm->huge_zero = true;
	observe(had);
	if (had)
		put_huge_zero_page();
	return page;
}

void huge_zero_put(struct mm_struct *mm)
{
	if (!has(ROW_HUGE_ZERO_PER_MM))
		put_huge_zero_page();
}

void mm_put_huge_zero_page(struct mm_struct *mm)
{
	if (!mm->huge_zero)
		return;
	mm->huge_zero = false;
	put_huge_zero_page();
}
