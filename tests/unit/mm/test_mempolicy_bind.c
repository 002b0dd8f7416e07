/* SPDX-License-Identifier: BSD-2-Clause */
/* mbind() as it was before the two kernels of test_mempolicy_script.c: holes, pages out of place,
 * what a failure leaves. */
#include "system_world.h"

#include "mm/file.h"
#include "mm/hugetlb.h"
#include "mm/mempolicy.h"
#include "mm/syscalls.h"

#include <sys/mman.h>

#define AT UINT64_C(0x200000000000)
#define PG UINT64_C(4096)

/* The mapping that begins at, or holds, @at. */
static struct vm_area_struct *vma_at(struct system_world *w, uint64_t at)
{
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, &w->mm->vmas)
		if (vma->vm_end > at)
			return vma;
	return NULL;
}

static long map_at(struct system_world *w, uint64_t page, uint64_t pages)
{
	return IN_PROCESS(w->process,
			  sys_mmap(AT + page * PG, pages * PG, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, NULL, 0));
}

static long mbind_at(struct system_world *w, uint64_t page, uint64_t pages, int mode,
		     unsigned long mask, unsigned flags)
{
	unsigned long room = mask;

	return IN_PROCESS(w->process,
			  sys_mbind(AT + page * PG, pages * PG, mode, &room, 65, flags));
}

/*
 * pages  0 1 2 3 4 5 6 7
 *        m m . . m m . .
 */
static void open_with_hole(struct system_world *w, const char *release)
{
	system_open_small(w, release);
	assert_true(map_at(w, 0, 2) > 0);
	assert_true(map_at(w, 4, 2) > 0);
}

/* Rows 6f4576e3687b and d888fb2b94fd. */
static void holes(void **state)
{
	static const struct {
		const char *release;
		/* in the middle; at the end, another mapping follows; at the end of all; at the
		 * start; the same for the default policy */
		int middle, end, last, start, default_middle, default_start;
	} expect[] = {
		{"v3.8", -EFAULT, 0, -EFAULT, -EFAULT, 0, -EFAULT},
		{"v3.19", -EFAULT, 0, -EFAULT, -EFAULT, 0, -EFAULT},
		{"v4.0", -EFAULT, 0, 0, -EFAULT, 0, -EFAULT},
		{"v5.4", -EFAULT, 0, 0, -EFAULT, 0, -EFAULT},
		{"v5.5", -EFAULT, -EFAULT, -EFAULT, -EFAULT, 0, 0},
	};
	struct system_world w;

	for (unsigned i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
		open_with_hole(&w, expect[i].release);
		assert_int_equal(mbind_at(&w, 0, 6, MPOL_MODE_BIND, 1, 0), expect[i].middle);
		assert_int_equal(mbind_at(&w, 0, 3, MPOL_MODE_BIND, 1, 0), expect[i].end);
		assert_int_equal(mbind_at(&w, 4, 4, MPOL_MODE_BIND, 1, 0), expect[i].last);
		assert_int_equal(mbind_at(&w, 3, 3, MPOL_MODE_BIND, 1, 0), expect[i].start);
		assert_int_equal(mbind_at(&w, 0, 6, MPOL_MODE_DEFAULT, 0, 0),
				 expect[i].default_middle);
		assert_int_equal(mbind_at(&w, 3, 3, MPOL_MODE_DEFAULT, 0, 0),
				 expect[i].default_start);
		assert_int_equal(mbind_at(&w, 8, 8, MPOL_MODE_DEFAULT, 0, 0), -EFAULT);
		system_close(&w);
	}
}

/* Row a7f40cfe3b7a: v4.0 to v5.0 forget to say that pages are out of place. */
static void strict(void **state)
{
	static const struct {
		const char *release;
		int base, huge;
	} expect[] = {{"v3.8", -EIO, -EIO}, {"v4.0", 0, 0}, {"v4.14", 0, 0}, {"v5.0", 0, 0},
		      {"v5.1", -EIO, -EIO}, {"v6.12", -EIO, -EIO}};
	struct system_world w;

	for (unsigned i = 0; i < sizeof(expect) / sizeof(expect[0]); i++) {
		uint64_t huge;
		unsigned long two = 2;

		system_open_small(&w, expect[i].release);
		assert_true(map_at(&w, 0, 8) > 0);
		assert_int_equal(numasim_process_store(w.process, AT + PG, 1), 0);
		assert_int_equal(mbind_at(&w, 2, 2, MPOL_MODE_BIND, 2, 1), 0); /* none is there */
		assert_int_equal(mbind_at(&w, 0, 8, MPOL_MODE_BIND, 1, 1), 0); /* it is in place */
		assert_int_equal(mbind_at(&w, 0, 8, MPOL_MODE_BIND, 2, 1), expect[i].base);
		huge = system_map(&w, HPAGE_SIZE, true);
		assert_int_equal(numasim_process_store(w.process, huge, 1), 0);
		assert_int_equal(IN_PROCESS(w.process, sys_mbind(huge, HPAGE_SIZE, MPOL_MODE_BIND,
								 &two, 65, 1)), expect[i].huge);
		system_close(&w);
	}
}

/* Row c8633798497c: to v4.13 a strict look splits huge pages; later it does not. In v4.5 and v4.6 a
 * page that still waits for its LRU list cannot be split. */
static void looking_splits(void **state)
{
	static const char *const release[] = {"v3.13", "v4.4", "v4.7", "v4.13", "v4.14"};
	unsigned long one = 1;
	struct system_world w;

	for (unsigned i = 0; i < 5; i++) {
		struct numasim_entries e;
		uint64_t huge;

		system_open_small(&w, release[i]);
		huge = system_map(&w, HPAGE_SIZE, true);
		assert_int_equal(numasim_process_store(w.process, huge, 1), 0);
		numasim_process_entries(&e, w.process, huge);
		assert_true(e.pmd & X86_PSE);
		assert_int_equal(IN_PROCESS(w.process, sys_mbind(huge, HPAGE_SIZE, MPOL_MODE_BIND,
								 &one, 65, 1)), 0);
		numasim_process_entries(&e, w.process, huge);
		if (!(e.pmd & X86_PSE) != (i < 4))
			fail_msg("%s: pmd %#lx", release[i], (unsigned long)e.pmd);
		assert_false(w.system->dead);
		system_close(&w);
	}
}

/* Row dcf1763546d7: to v5.17 hugetlb pages may be anywhere. */
static void strict_hugetlb(void **state)
{
	static const char *const release[] = {"v5.17", "v5.18"};
	struct system_world w;

	for (unsigned i = 0; i < 2; i++) {
		unsigned long two = 2;
		struct file *file;

		system_open_small(&w, release[i]);
		assert_true(IN_PROCESS(w.process, hugetlb_set_pool(2)) >= 0);
		IN_PROCESS(w.process, (file = file_create(FILE_HUGETLB, "h", 2 * HPAGE_SIZE), 0));
		assert_non_null(file);
		assert_int_equal(IN_PROCESS(w.process, sys_mmap(AT, HPAGE_SIZE,
								PROT_READ | PROT_WRITE,
								MAP_SHARED | MAP_FIXED, file, 0)),
				 AT);
		IN_PROCESS(w.process, (file_put(file), 0));
		assert_int_equal(numasim_process_store(w.process, AT, 1), 0);
		assert_int_equal(IN_PROCESS(w.process, sys_mbind(AT, HPAGE_SIZE, MPOL_MODE_BIND,
								 &two, 65, 1)), i ? -EIO : 0);
		system_close(&w);
	}
}

/* Row 1cb5d11a370f: from v6.7 on a page on its way elsewhere is out of place. */
static void strict_migrating(void **state)
{
	static const char *const release[] = {"v6.6", "v6.7"};
	struct system_world w;

	for (unsigned i = 0; i < 2; i++) {
		uint64_t *pte;

		system_open_small(&w, release[i]);
		assert_true(map_at(&w, 0, 2) > 0);
		assert_int_equal(numasim_process_store(w.process, AT, 1), 0);
		pte = entry_find(w.m, w.mm, AT, 1);
		*pte = kernel_mk_migration(w.m->kernel, SWAP_MIGRATION_WRITE, 1, 0);
		assert_int_equal(mbind_at(&w, 0, 2, MPOL_MODE_BIND, 1, 1), i ? -EIO : 0);
		system_close(&w);
	}
}

/* Nothing is moved: -EOPNOTSUPP if a page would have to be, and then nothing has changed. */
static void moving_is_refused(void **state)
{
	struct system_world w;

	system_open_small(&w, "debian-6.12.117");
	assert_true(map_at(&w, 0, 8) > 0);
	assert_int_equal(numasim_process_store(w.process, AT, 1), 0);
	assert_int_equal(mbind_at(&w, 0, 8, MPOL_MODE_BIND, 2, 2), -EOPNOTSUPP);
	assert_null(vma_at(&w, AT)->vm_policy);
	assert_int_equal(mbind_at(&w, 0, 8, MPOL_MODE_BIND, 2, 4 | 1), -EOPNOTSUPP);
	assert_int_equal(mbind_at(&w, 0, 8, MPOL_MODE_INTERLEAVE, 3, 2), 0);
	assert_int_equal(mbind_at(&w, 4, 4, MPOL_MODE_BIND, 2, 2 | 1), 0);
	system_close(&w);
}

/* Memory for the policy, for the first cut, for the second: each time an error, and a later call
 * works. */
static void out_of_memory(void **state)
{
	struct system_world w;
	unsigned failures = 0;

	for (unsigned nth = 1; nth < 8; nth++) {
		struct vm_area_struct *vma;
		uint64_t end = AT;
		long ret;

		system_open_small(&w, "debian-6.12.117");
		assert_true(map_at(&w, 0, 8) > 0);
		alloc_fail_nth(w.m, nth);
		ret = mbind_at(&w, 2, 4, MPOL_MODE_BIND, 2, 0);
		alloc_fail_nth(w.m, 0);
		assert_true(!ret || ret == -ENOMEM);
		failures += ret != 0;
		for (vma = vma_at(&w, AT); vma && vma->vm_start < AT + 8 * PG;
		     vma = RB_NEXT(vma_tree, &w.mm->vmas, vma)) {
			assert_int_equal(vma->vm_start, end);
			end = vma->vm_end;
			if (ret)
				assert_null(vma->vm_policy);
		}
		assert_int_equal(end, AT + 8 * PG);
		assert_int_equal(mbind_at(&w, 2, 4, MPOL_MODE_BIND, 2, 0), 0);
		system_close(&w);
	}
	assert_true(failures >= 1);
}

static struct file *make_file(struct system_world *w)
{
	struct file *file = NULL;

	IN_PROCESS(w->process, (file = file_create(FILE_SHMEM, "f", 64 * PG), 0));
	assert_non_null(file);
	return file;
}

static unsigned ranges_of(const struct file *file)
{
	const struct policy_range *r;
	uint64_t end = 0;
	unsigned nr = 0;

	TAILQ_FOREACH(r, &file->policies, link) {
		assert_true(r->start >= end && r->end > r->start);
		end = r->end;
		nr++;
	}
	return nr;
}

/* A file's policies are cut and cleared like mappings, and go with it (row: sim/test_policy.c). */
static void cut_shared(const char *release, unsigned left)
{
	struct system_world w;
	struct file *file;

	system_open_small(&w, release);
	file = make_file(&w);
	assert_true(IN_PROCESS(w.process, sys_mmap(AT, 16 * PG, PROT_READ, MAP_SHARED | MAP_FIXED,
						   file, 8 * PG)) > 0);
	assert_int_equal(mbind_at(&w, 0, 16, MPOL_MODE_BIND, 1, 0), 0);
	assert_int_equal(ranges_of(file), 1);
	assert_int_equal(TAILQ_FIRST(&file->policies)->start, 8);
	assert_int_equal(mbind_at(&w, 4, 4, MPOL_MODE_BIND, 2, 0), 0);
	assert_int_equal(ranges_of(file), 3);
	assert_int_equal(mbind_at(&w, 2, 10, MPOL_MODE_DEFAULT, 0, 0), 0);
	assert_int_equal(ranges_of(file), left);
	IN_PROCESS(w.process, (file_put(file), 0));
	assert_int_equal(IN_PROCESS(w.process, sys_munmap(AT, 16 * PG)), 0);
	system_close(&w);
}

static void shared_policies(void **state)
{
	cut_shared("v3.8", 3);
	cut_shared("v3.8+4e0906008cdb", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes),
		cmocka_unit_test(strict),
		cmocka_unit_test(looking_splits),
		cmocka_unit_test(strict_hugetlb),
		cmocka_unit_test(strict_migrating),
		cmocka_unit_test(moving_is_refused),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(shared_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
