/* SPDX-License-Identifier: BSD-2-Clause */
/* Families: who joins which at a fork or a split, who takes over an abandoned one, and what is
 * freed. */
#include "ranges_world.h"

#define GENERATIONS 6

/* A chain of forks in which each parent goes after it has had its child. */
struct line {
	struct ranges_world w;
	struct vm_area_struct *vma[GENERATIONS];
};

static struct vm_area_struct *other_vma(struct ranges_world *w, const char *label)
{
	struct vm_area_struct *vma;
	struct mm_struct *mm;

	assert_int_equal(mm_create(w->m, &mm, label), 0);
	assert_int_equal(mm_map_anon(w->m, &vma, mm, HPAGE_SIZE, RW_FLAGS, true), 0);
	IN(w, unlink_anon_vmas(vma));
	vma->vm_pgoff = w->vma->vm_pgoff;
	return vma;
}

static void line_open(struct line *l, const char *release)
{
	ranges_open(&l->w, release, false, HPAGE_SIZE);
	l->vma[0] = l->w.vma;
	for (int i = 1; i < GENERATIONS; i++)
		l->vma[i] = other_vma(&l->w, "D");
}

static unsigned chains(const struct vm_area_struct *vma)
{
	const struct anon_vma_chain *chain;
	unsigned n = 0;

	LIST_FOREACH(chain, &vma->anon_vma_chain, same_vma)
		n++;
	return n;
}

static unsigned families(const struct ranges_world *w)
{
	const struct anon_vma *anon_vma;
	unsigned n = 0;

	TAILQ_FOREACH(anon_vma, &w->m->mm->anon_vmas, link)
		n++;
	return n;
}

/* The child has all families of its parent's and one of its own, below; its root is the oldest. */
static void test_fork(void **state)
{
	struct line l;

	line_open(&l, "v3.8");
	IN(&l.w, assert_int_equal(anon_vma_fork(l.vma[1], l.vma[0]), 0));
	assert_int_equal(chains(l.vma[1]), 2);
	assert_true(l.vma[1]->anon_vma != l.vma[0]->anon_vma);
	assert_true(l.vma[1]->anon_vma->root == l.vma[0]->anon_vma);
	assert_true(l.vma[1]->anon_vma->parent == l.vma[0]->anon_vma);
	assert_true(LIST_FIRST(&l.vma[1]->anon_vma_chain)->anon_vma == l.vma[1]->anon_vma);
	IN(&l.w, unlink_anon_vmas(l.vma[0]));
	assert_int_equal(families(&l.w), 2); /* the lock is the root's: it stays */
	IN(&l.w, unlink_anon_vmas(l.vma[1]));
	assert_int_equal(families(&l.w), 0);
	ranges_close(&l.w);
}

/* A parent without memory of its own has no family to join. */
static void test_fork_of_nothing(void **state)
{
	struct line l;

	line_open(&l, DEBIAN_6_12);
	IN(&l.w, unlink_anon_vmas(l.vma[0]));
	IN(&l.w, assert_int_equal(anon_vma_fork(l.vma[1], l.vma[0]), 0));
	assert_null(l.vma[1]->anon_vma);
	assert_int_equal(chains(l.vma[1]), 0);
	ranges_close(&l.w);
}

/* 7a3ef208e662: parents fork and go, again and again. To v3.18 chains grow by one each time. */
static void test_endless_forks(void **state)
{
	static const struct {
		const char *release;
		bool grows;
	} cases[] = {{"v3.8", true}, {"v3.18", true}, {"v3.19", false}, {"v5.10", false},
		     {DEBIAN_6_1, false}, {DEBIAN_6_12, false}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct line l;

		line_open(&l, cases[i].release);
		for (int g = 1; g < GENERATIONS; g++) {
			IN(&l.w, assert_int_equal(anon_vma_fork(l.vma[g], l.vma[g - 1]), 0));
			IN(&l.w, unlink_anon_vmas(l.vma[g - 1]));
		}
		if ((chains(l.vma[GENERATIONS - 1]) == GENERATIONS) != cases[i].grows)
			fail_msg("%s: %u chains", cases[i].release,
				 chains(l.vma[GENERATIONS - 1]));
		IN(&l.w, unlink_anon_vmas(l.vma[GENERATIONS - 1]));
		assert_int_equal(families(&l.w), 0);
		ranges_close(&l.w);
	}
}

/*
 * A family is taken over once its last own mapping has gone, and then is in use again: counted as
 * one number (to v5.19) or as two (2555283eb40d), for one child at a time both say the same.
 */
static void test_who_takes_over(void **state)
{
	static const char *const releases[] = {"v3.19", "v5.19", "v6.0", DEBIAN_6_12};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		struct anon_vma *family;
		struct line l;

		line_open(&l, releases[i]);
		IN(&l.w, {
			anon_vma_fork(l.vma[1], l.vma[0]);
			anon_vma_fork(l.vma[2], l.vma[1]);
		});
		family = l.vma[1]->anon_vma;
		/* in use: nobody takes it over */
		IN(&l.w, anon_vma_fork(l.vma[3], l.vma[2]));
		assert_true(l.vma[3]->anon_vma != family);
		IN(&l.w, unlink_anon_vmas(l.vma[1]));
		IN(&l.w, anon_vma_fork(l.vma[4], l.vma[2]));
		assert_true(l.vma[4]->anon_vma == family);
		/* and now it is in use again */
		IN(&l.w, anon_vma_fork(l.vma[5], l.vma[2]));
		assert_true(l.vma[5]->anon_vma != family);
		for (int v = 0; v < GENERATIONS; v++)
			IN(&l.w, unlink_anon_vmas(l.vma[v]));
		assert_int_equal(families(&l.w), 0);
		ranges_close(&l.w);
	}
}

/*
 * 2555283eb40d, v6.0: who took over a family made no child of the one above it, so that a family
 * which is in use, and has no child, stands in his chain as well; with users and children counted
 * together his own child takes that one, too.
 */
static void test_in_use_without_child(void **state)
{
	static const char *const releases[] = {"v6.0~2555283eb40d", "v6.0"};

	for (int fixed = 0; fixed < 2; fixed++) {
		struct line l;

		line_open(&l, releases[fixed]);
		IN(&l.w, {
			anon_vma_fork(l.vma[1], l.vma[0]);
			anon_vma_fork(l.vma[2], l.vma[1]);
			unlink_anon_vmas(l.vma[1]);
			anon_vma_fork(l.vma[3], l.vma[2]);
			anon_vma_fork(l.vma[4], l.vma[3]);
		});
		assert_int_equal(l.vma[4]->anon_vma == l.vma[2]->anon_vma, !fixed);
		for (int v = 0; v < 5; v++)
			if (v != 1)
				IN(&l.w, unlink_anon_vmas(l.vma[v]));
		assert_int_equal(families(&l.w), 0);
		ranges_close(&l.w);
	}
}

/* Splitting a mapping: both halves are in the same families. */
static void test_clone(void **state)
{
	struct vm_area_struct *half;
	struct line l;

	line_open(&l, DEBIAN_6_12);
	IN(&l.w, anon_vma_fork(l.vma[1], l.vma[0]));
	half = l.vma[2];
	half->anon_vma = l.vma[1]->anon_vma;
	IN(&l.w, assert_int_equal(anon_vma_clone(half, l.vma[1]), 0));
	assert_int_equal(chains(half), 2);
	assert_int_equal(half->anon_vma->num_active_vmas, 2);
	assert_true(LIST_FIRST(&half->anon_vma_chain)->anon_vma ==
		    LIST_FIRST(&l.vma[1]->anon_vma_chain)->anon_vma);
	IN(&l.w, unlink_anon_vmas(l.vma[1]));
	assert_int_equal(half->anon_vma->num_active_vmas, 1);
	ranges_close(&l.w);
}

struct found {
	unsigned n;
	const struct vm_area_struct *vma[4];
	uint64_t address[4];
};

static bool find(struct page *page, struct vm_area_struct *vma, uint64_t address, void *arg)
{
	struct found *f = arg;

	f->vma[f->n] = vma;
	f->address[f->n++] = address;
	return f->n < 4;
}

/* A walk meets every mapping that may have the page, at its address, the oldest first. */
static void test_walk(void **state)
{
	struct found found = {0};
	struct page *page;
	uint64_t address;
	struct line l;

	line_open(&l, DEBIAN_6_12);
	ranges_touch(&l.w, l.w.x + 3 * FRAME_SIZE, FRAME_SIZE);
	IN(&l.w, anon_vma_fork(l.vma[1], l.vma[0]));
	page = pfn_to_page(l.w.m, kernel_pte_pfn(l.w.m->kernel,
						 PTE_AT(&l.w, l.w.x + 3 * FRAME_SIZE)));
	IN(&l.w, rmap_walk(page, find, &found));
	assert_int_equal(found.n, 2);
	assert_true(found.vma[0] == l.vma[0] && found.vma[1] == l.vma[1]);
	assert_true(found.address[0] == l.w.x + 3 * FRAME_SIZE);
	assert_true(found.address[1] == l.vma[1]->vm_start + 3 * FRAME_SIZE);
	IN(&l.w, assert_true(page_address_in_vma(&address, page, l.vma[1])));
	assert_true(address == found.address[1]);
	IN(&l.w, assert_false(page_address_in_vma(&address, page, l.vma[2])));
	l.vma[1]->vm_end = l.vma[1]->vm_start + 3 * FRAME_SIZE;
	IN(&l.w, assert_false(page_address_in_vma(&address, page, l.vma[1])));
	ranges_close(&l.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_fork_of_nothing),
		cmocka_unit_test(test_endless_forks),
		cmocka_unit_test(test_who_takes_over),
		cmocka_unit_test(test_in_use_without_child),
		cmocka_unit_test(test_clone),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
