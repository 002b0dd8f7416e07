/* SPDX-License-Identifier: BSD-2-Clause */
/* What a load would find, without any steps; and whether that is what was promised. */
#include "check/check.h"

#include "exec/point.h"
#include "kernel/swap.h"
#include "mm/bits.h"
#include "mm/file.h"
#include "mm/page.h"
#include "mm/swap.h"

/* The entry that decides about @va: a huge PMD, or the PTE. */
static uint64_t *leaf_of(struct numasim_machine *m, struct mm_struct *mm, uint64_t va, bool *huge)
{
	uint64_t *pmd = entry_find(m, mm, va, 2);

	*huge = pmd && kernel_pmd_trans_huge(m->kernel, *pmd);
	return *huge ? pmd : entry_find(m, mm, va, 1);
}

/* A word of a page, @offset bytes in. */
static uint64_t page_word(const struct numasim_machine *m, const struct page *page,
			  uint64_t offset, uint64_t *object)
{
	*object = OBJECT(OBJ_CONTENT, page->name, offset >> 3);
	return content_get(m->content, (page_to_pfn(m, page) << FRAME_SHIFT) + offset);
}

static uint64_t image_word(const struct page_image *image, uint64_t offset)
{
	for (uint32_t i = 0; image && i < image->nr; i++)
		if (image->word[i].offset == offset)
			return image->word[i].value;
	return 0;
}

/* What a fault on swap entry @entry would bring; false: it is none. */
static bool swapped_word(struct numasim_machine *m, uint64_t entry, uint64_t offset,
			 uint64_t *value, uint64_t *object)
{
	uint64_t slot = kernel_swp_offset(m->kernel, entry);
	const struct swap_device *d = m->mm->swap;

	if (!d || kernel_pte_file(m->kernel, entry) || !kernel_pte_swap(m->kernel, entry) ||
	    kernel_swp_kind(m->kernel, entry) != SWAP_FILE || slot >= d->nr_slots)
		return false;
	*object = SWAP_OBJECT(slot);
	*value = d->slot[slot].page ? page_word(m, d->slot[slot].page, offset, object)
				    : image_word(d->slot[slot].image, offset);
	return true;
}

/* What a file holds at @at; false: it ends before. */
static bool file_word(const struct numasim_machine *m, struct file *file, uint64_t at,
		      uint64_t *value, uint64_t *object)
{
	unsigned shift = file->kind == FILE_HUGETLB ? BLOCK_SHIFT : FRAME_SHIFT;
	uint64_t offset = at & ((UINT64_C(1) << shift) - 1);
	struct cached_page key = {.index = at >> shift}, *cached;
	struct disk_block *block;

	*value = 0;
	*object = FILE_OBJECT(file, key.index);
	if (at >= file->size || file->kind == FILE_DEVICE)
		return false;
	cached = RB_FIND(cache_tree, &file->mapping.cache, &key);
	if (cached) {
		*value = page_word(m, cached->page, offset, object);
		return true;
	}
	RB_FOREACH(block, disk_tree, &file->disk)
		if (block->index == key.index)
			*value = image_word(block->image, offset);
	return true;
}

static bool fault_word(struct numasim_machine *m, struct mm_struct *mm, uint64_t va,
		       uint64_t entry, uint64_t *value, uint64_t *object)
{
	const struct vm_area_struct *vma = check_vma(m, mm->name, va);

	if (entry)
		return swapped_word(m, entry, va & (FRAME_SIZE - 1), value, object);
	if (!vma || !vma->vm_file)
		return false;
	return file_word(m, vma->vm_file, (vma->vm_pgoff << FRAME_SHIFT) + (va - vma->vm_start),
			 value, object);
}

bool check_peek(struct numasim_machine *m, struct mm_struct *mm, uint64_t va, uint64_t *value,
		uint64_t *word_object, uint64_t *entry)
{
	bool huge;
	uint64_t *leaf = leaf_of(m, mm, va, &huge), at = va & ~UINT64_C(7), pfn;
	const struct page *page;

	*value = 0;
	*word_object = 0;
	*entry = leaf ? entry_object(m, leaf) : 0;
	if (!leaf || !(huge ? kernel_pmd_present(m->kernel, *leaf)
			    : kernel_pte_present(m->kernel, *leaf)))
		return fault_word(m, mm, at, leaf ? *leaf : 0, value, word_object);
	pfn = huge ? kernel_pmd_pfn(m->kernel, *leaf) + x86_slot(va, 1)
		   : kernel_pte_pfn(m->kernel, *leaf);
	page = pfn_to_page(m, pfn);
	if (!page)
		return false;
	at = (at & (FRAME_SIZE - 1)) + ((pfn - page_to_pfn(m, page)) << FRAME_SHIFT);
	*value = page_word(m, page, at, word_object);
	return true;
}

/* ---- when all is quiet ---- */

static void complain(struct numasim_machine *m, const struct promise *p,
		     const uint64_t objects[3], uint64_t value, bool there)
{
	char text[WORD_TEXT];

	word_text(m->check, p->space, p->at, text);
	if (p->kind == PROMISE_EMPTY)
		violate(ORACLE_LOST_WRITE, objects, 3,
			"%s holds %llu, but that memory was given back and must be empty", text,
			(unsigned long long)value);
	else
		violate(ORACLE_LOST_WRITE, objects, 3,
			"%llu was stored to %s, but %s: the write is lost",
			(unsigned long long)p->value, text,
			there ? "the page that is mapped there holds something else"
			      : "nothing is mapped there any more");
}

void check_promises(struct numasim_machine *m)
{
	for (unsigned i = 0; i < m->check->nr; i++) {
		const struct promise *p = &m->check->promise[i];
		struct mm_struct *mm = mm_by_name(m, p->space);
		struct file *file = mm ? NULL : check_file(m, p->space);
		uint64_t value = 0, object[3] = {p->object, p->object, p->object};
		bool there = false;

		if (p->kind == PROMISE_NONE || (!mm && !file))
			continue;
		if (mm)
			there = check_peek(m, mm, p->at, &value, &object[1], &object[2]);
		else
			there = file_word(m, file, p->at, &value, &object[1]);
		if (value == (p->kind == PROMISE_EMPTY ? 0 : p->value) ||
		    (p->kind == PROMISE_OR_EMPTY && !value))
			continue;
		complain(m, p, object, value, there);
	}
}
