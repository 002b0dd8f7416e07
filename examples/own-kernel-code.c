/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Your own kernel code against the machine: a function that moves a huge page to another node, in
 * two versions. Both copy the page and point the PMD to the copy. One empties the PMD and flushes
 * before it copies; the other copies first, and a writer that still has the old translation writes
 * into the page that is about to go. The explorer shows the order in which that happens.
 *
 *     own-kernel-code           both versions, with the witness of the one that breaks
 *
 * Exit 0 if the explorer says of both what is expected.
 */
#include <stdio.h>
#include <stdlib.h>

#include <numasim/kernel.h>
#include <numasim/program.h>
#include <numasim/report.h>

#define HPAGE_SIZE UINT64_C(0x200000)

struct test {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t x; /* a word in the mapping */
	bool flush_first;
};

static pmd_t new_entry(const struct test *t, struct page *page)
{
	return pmd_mkwrite(pmd_mkdirty(mk_huge_pmd(page, numasim_vma_page_prot(t->vma))));
}

/* Kernel code. mmap_sem keeps faults away as long as the PMD is empty. */
static void move_page(void *payload)
{
	const struct test *t = payload;
	pmd_t *pmd = mm_find_pmd(t->mm, t->x);
	struct page *new_page, *page;

	new_page = alloc_pages_node(1, GFP_THISNODE, HPAGE_PMD_ORDER);
	if (!new_page)
		return;
	down_write(numasim_mmap_sem(t->mm));
	page = pmd_page(pmdp_get(pmd));
	if (t->flush_first)
		pmdp_clear_flush(t->vma, t->x, pmd);
	copy_huge_page(new_page, page);
	page_add_new_anon_rmap(new_page, t->vma, t->x);
	spin_lock(pmd_lockptr(t->mm, pmd));
	set_pmd_at(t->mm, t->x, pmd, new_entry(t, new_page));
	numasim_note("point PMD to the copy");
	spin_unlock(pmd_lockptr(t->mm, pmd));
	if (!t->flush_first)
		flush_tlb_range(t->vma, t->x, t->x + HPAGE_SIZE);
	up_write(numasim_mmap_sem(t->mm));
	page_remove_rmap(page);
	put_page(page);
}

/* User code. */
static void write_one(void *payload)
{
	const struct test *t = payload;

	numasim_user_store(t->x, 1);
}

static void write_two(void *payload)
{
	const struct test *t = payload;

	numasim_user_store(t->x, 2);
}

/* A mapping that a thread on node 0 has touched, then that thread beside the kernel's. */
static int build(struct numasim_program *program, struct test *t, struct numasim_error *err)
{
	struct numasim_seat user = {.where = NUMASIM_SEAT_NODE, .id = 0};
	struct numasim_seat kernel = {.where = NUMASIM_SEAT_NODE, .id = 1};
	int ret = numasim_program_mm(&t->mm, program, "P", err);

	if (!ret)
		ret = numasim_program_map(&t->vma, program, t->mm, HPAGE_SIZE,
					  NUMASIM_MAP_READ | NUMASIM_MAP_WRITE | NUMASIM_MAP_HUGE,
					  err);
	if (ret)
		return ret;
	t->x = numasim_vma_start(t->vma);
	user.mm = kernel.mm = t->mm;
	ret = numasim_program_watch(program, t->x, err);
	if (!ret)
		ret = numasim_program_setup(program, write_one, t, &user, err);
	if (!ret)
		ret = numasim_program_add(program, "writer", write_two, t, &user, err);
	if (!ret)
		ret = numasim_program_add(program, "mover", move_page, t, &kernel, err);
	return ret;
}

/* Print what comes out; the verdict, or -1. */
static int explore(bool flush_first)
{
	struct test t = {.flush_first = flush_first};
	struct numasim_program *program;
	struct numasim_result *result;
	struct numasim_result_info info = {.verdict = NUMASIM_VERDICT_UNDECIDED};
	struct numasim_error err = {0};
	char *text = NULL;
	int ret = numasim_program_create(&program, NULL, &err);

	if (!ret) {
		ret = build(program, &t, &err);
		if (!ret)
			ret = numasim_program_explore(&result, program, NULL, &err);
		if (!ret) {
			numasim_result_info(&info, result);
			ret = numasim_report_text(&text, result);
			numasim_result_free(result);
		}
		numasim_program_free(program);
	}
	if (ret) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	printf("--- %s\n%s", flush_first ? "flush, then copy" : "copy, then flush", text);
	free(text);
	return info.verdict;
}

int main(void)
{
	int careless = explore(false), careful = explore(true);

	return careless == NUMASIM_VERDICT_BROKEN && careful == NUMASIM_VERDICT_HOLDS ? 0 : 1;
}
