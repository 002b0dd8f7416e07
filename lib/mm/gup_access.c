/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another's memory by way of the kernel's own mapping of it: __access_remote_vm() (mm/memory.c) as
 * mem_rw() (fs/proc/base.c) and ptrace call it.
 */
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/file.h"
#include "mm/gup.h"
#include "mm/mmap_lock.h"
#include "mm/page.h"

#include <errno.h>

static uint64_t word_object(const struct page *page, uint64_t pa)
{
	uint64_t bytes = (uint64_t)page_nr_frames(page) << FRAME_SHIFT;

	return OBJECT(OBJ_CONTENT, page->name, (pa & (bytes - 1)) >> 3);
}

/* Would @mm reach frame @pfn at @address now? An oracle's look: no points. */
static bool leads_to(struct mm_struct *mm, uint64_t address, uint64_t pfn)
{
	struct numasim_machine *m = current_machine();
	uint64_t *entry = entry_find(m, mm, address, 2);

	if (!entry)
		return false;
	touch(entry_object(m, entry), ACCESS_READ);
	if (pmd_trans_huge(*entry))
		return pmd_present(*entry) &&
		       kernel_pmd_pfn(m->kernel, *entry) + x86_slot(address, 1) == pfn;
	entry = entry_find(m, mm, address, 1);
	if (!entry)
		return false;
	touch(entry_object(m, entry), ACCESS_READ);
	return pte_present(*entry) && kernel_pte_pfn(m->kernel, *entry) == pfn;
}

uint64_t gup_load_word(struct mm_struct *mm, uint64_t address, uint64_t pfn)
{
	struct numasim_machine *m = current_machine();
	struct page *page = pfn_to_page(m, pfn);
	uint64_t pa = pfn << FRAME_SHIFT | (address & (FRAME_SIZE - 1));
	uint64_t object = word_object(page, pa), value;

	point(POINT_READ, object, ACCESS_READ);
	value = content_get(m->content, pa);
	observe(value);
	note("read %llu from page %s", (unsigned long long)value, BIRTH_TEXT(page->name));
	if (m->observer.loaded && leads_to(mm, address, pfn))
		m->observer.loaded(m->observer.self, mm->name, address, value, object);
	return value;
}

void gup_store_word(struct mm_struct *mm, uint64_t address, uint64_t pfn, uint64_t value)
{
	struct numasim_machine *m = current_machine();
	struct page *page = pfn_to_page(m, pfn);
	uint64_t pa = pfn << FRAME_SHIFT | (address & (FRAME_SIZE - 1));
	uint64_t object = word_object(page, pa);

	point(POINT_WRITE, object, ACCESS_WRITE);
	if (content_set(m->content, pa, value))
		limit_reached("more than %d words of memory are in use", CONTENT_WORDS);
	note("write %llu to page %s", (unsigned long long)value, BIRTH_TEXT(page->name));
	if (m->observer.stored && leads_to(mm, address, pfn))
		m->observer.stored(m->observer.self, mm->name, address, value, object);
}

static void store_and_dirty(struct mm_struct *mm, uint64_t address, uint64_t pfn, uint64_t value)
{
	struct page *page = pfn_to_page(current_machine(), pfn);

	gup_store_word(mm, address, pfn, value);
	lock_page(page);
	set_page_dirty(page);
	unlock_page(page);
}

/* From v6.5 on a stack grows before, under the write lock. */
static bool grow_first(struct mm_struct *mm, uint64_t address)
{
	return !has(ROW_STACK_WRITE_LOCK) || find_vma_and_grow(mm, address);
}

int access_remote_word(struct mm_struct *mm, uint64_t address, uint64_t *value, bool write)
{
	unsigned flags = FOLL_GET | FOLL_TOUCH | FOLL_FORCE | (write ? FOLL_WRITE : 0);
	struct gup_hold *hold;
	int ret = -EFAULT;

	if (address & 7)
		return -EINVAL;
	mmap_read_lock(mm);
	if (grow_first(mm, address))
		ret = gup_take(&hold, mm, address, flags);
	if (!ret && write)
		store_and_dirty(mm, address, hold->pfn, *value);
	else if (!ret)
		*value = gup_load_word(mm, address, hold->pfn);
	if (!ret)
		gup_drop(hold);
	mmap_read_unlock(mm);
	return ret && ret != -EOPNOTSUPP ? -EIO : ret;
}
