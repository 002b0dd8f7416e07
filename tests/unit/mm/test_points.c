/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What faults, changes of protection and flushes do, point by point, and what they leave in
 * entries and counters: tests/data/order has it for each operation and release, as the library was
 * when it was recorded. A difference is printed with both texts. Where a change of lib/mm means it,
 * "test-mm-points print" prints the file anew; each line that differs is read against the release's
 * source first.
 */
#include "mm/order_data.h"
#include "order_more.h"

#define LINE 20000

static const char *const releases[] = {
	"v3.8",	 "v3.11", "v3.13", "v3.16", "v4.0", "v4.6",  "v4.10",
	"v4.14", "v4.20", "v5.8",  "v5.14", "debian-6.1.192", "v6.6", "debian-6.12.117",
};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

static const struct order_operation operations[] = {
	{"load of nothing", ORDER_BASE, NULL, order_loads},
	{"store to nothing", ORDER_BASE, NULL, order_stores},
	{"store to the zero page", ORDER_BASE, order_read, order_stores},
	{"store to a page of two", ORDER_BASE, order_shared, order_stores},
	{"store to a page that another gave back", ORDER_BASE, order_given_back, order_stores},
	{"spurious fault", ORDER_BASE, order_clean, order_spurious},
	{"hint, stays", ORDER_BASE, order_armed, order_loads},
	{"hint, moves", ORDER_BASE, order_armed_elsewhere, order_loads},
	{"hint, cannot move", ORDER_BASE, order_armed_and_held, order_loads},
	{"scan", ORDER_BASE, order_shared, order_scans},
	{"mprotect none", ORDER_BASE, order_cached, order_protects_none},
	{"mprotect read", ORDER_BASE, order_written, order_protects_read},
	{"mprotect back", ORDER_BASE, order_inaccessible, order_protects_rw},
	{"clear young", ORDER_BASE, order_written, order_clears_young},
	{"clear soft-dirty", ORDER_BASE, order_written, order_clears_soft_dirty},
	{"madvise dontneed", ORDER_BASE, order_cached, order_forgets},
	{"munmap", ORDER_BASE, order_written, order_unmaps},
	{"mremap", ORDER_BASE, order_written, order_moves},
	{"fork", ORDER_BASE, order_written, order_forks},
	{"switch", ORDER_BASE, order_second_process, order_switches},
	{"mprotect of a migration", ORDER_BASE, order_on_its_way, order_protects_read},
	{"fork of a migration", ORDER_BASE, order_on_its_way, order_forks},
	{"clear soft-dirty of a migration", ORDER_BASE, order_on_its_way, order_clears_soft_dirty},
	{"mprotect of swap", ORDER_BASE, order_swapped, order_protects_read},
	{"fork of swap", ORDER_BASE, order_swapped, order_forks},
	{"clear soft-dirty of swap", ORDER_BASE, order_swapped, order_clears_soft_dirty},
	{"load of nothing, huge", ORDER_HUGE, NULL, order_loads},
	{"store to nothing, huge", ORDER_HUGE, NULL, order_stores},
	{"store to the zero page, huge", ORDER_HUGE, order_read, order_stores},
	{"store to a page of two, huge", ORDER_HUGE, order_shared, order_stores},
	{"store to a page that another gave back, huge", ORDER_HUGE, order_given_back,
	 order_stores},
	{"spurious fault, huge", ORDER_HUGE, order_clean, order_spurious},
	{"hint, stays, huge", ORDER_HUGE, order_armed, order_loads},
	{"hint, moves, huge", ORDER_HUGE, order_armed_elsewhere, order_loads},
	{"hint, cannot move, huge", ORDER_HUGE, order_armed_and_held, order_loads},
	{"scan, huge", ORDER_HUGE, order_written, order_scans},
	{"mprotect none, huge", ORDER_HUGE, order_cached, order_protects_none},
	{"mprotect back, huge", ORDER_HUGE, order_inaccessible, order_protects_rw},
	{"clear young, huge", ORDER_HUGE, order_written, order_clears_young},
	{"clear soft-dirty, huge", ORDER_HUGE, order_written, order_clears_soft_dirty},
	{"madvise dontneed, huge", ORDER_HUGE, order_cached, order_forgets},
	{"madvise free, huge", ORDER_HUGE, order_written, order_frees},
	{"madvise cold, huge", ORDER_HUGE, order_written, order_cools},
	{"munmap, huge", ORDER_HUGE, order_written, order_unmaps},
	{"munmap of the zero page, huge", ORDER_HUGE, order_read, order_unmaps},
	{"mremap, huge", ORDER_HUGE, order_written, order_moves},
	{"fork, huge", ORDER_HUGE, order_written, order_forks},
	{"load of nothing, shmem", ORDER_SHMEM, NULL, order_loads},
	{"store to nothing, shmem", ORDER_SHMEM, NULL, order_stores},
	{"store to what was read, shmem", ORDER_SHMEM, order_read, order_stores},
	{"store to nothing, private file", ORDER_PRIVATE, NULL, order_stores},
	{"store to what was read, private file", ORDER_PRIVATE, order_read, order_stores},
	{"store to nothing, hugetlb", ORDER_HUGETLB, NULL, order_stores},
	{"mprotect, hugetlb", ORDER_HUGETLB, order_written, order_protects_none},
	{"munmap, hugetlb", ORDER_HUGETLB, order_written, order_unmaps},
	{"fork, hugetlb", ORDER_HUGETLB_PRIVATE, order_written, order_forks},
	{"store to a page of two, hugetlb", ORDER_HUGETLB_PRIVATE, order_shared, order_stores},
	{"store to a page that another gave back, hugetlb", ORDER_HUGETLB_PRIVATE,
	 order_given_back, order_stores},
	{"fork of a migration, hugetlb", ORDER_HUGETLB_PRIVATE, order_on_its_way, order_forks},
	{"mprotect of a migration, hugetlb", ORDER_HUGETLB, order_on_its_way,
	 order_protects_none},
	{"madvise dontneed in part, huge", ORDER_HUGE, order_written, order_forgets_a_part},
	{"mprotect in part, huge", ORDER_HUGE, order_written, order_protects_a_part},
	{"fork of a migration, huge", ORDER_HUGE, order_on_its_way, order_forks},
	{"mprotect of a migration, huge", ORDER_HUGE, order_on_its_way, order_protects_read},
	{"clear soft-dirty of a migration, huge", ORDER_HUGE, order_on_its_way,
	 order_clears_soft_dirty},
	{"fault on a migration", ORDER_BASE, order_on_its_way, order_spurious},
	{"fault on a migration, huge", ORDER_HUGE, order_on_its_way, order_spurious},
	{"load of an old entry", ORDER_BASE, order_clean, order_loads},
	{"store to a clean entry", ORDER_BASE, order_clean, order_stores},
	{"hint in a marked table", ORDER_BASE, order_scanned, order_loads},
	{"scan of the huge zero page", ORDER_HUGE, order_read, order_scans},
	{"scan of what is armed, huge", ORDER_HUGE, order_armed, order_scans},
	{"hints of a page that PTEs map", ORDER_HUGE, order_split_and_armed, order_loads},
	{"store to the huge zero page, no memory", ORDER_HUGE, order_zero_without_memory,
	 order_stores},
	{"store to a huge page of two, no memory", ORDER_HUGE, order_shared_without_memory,
	 order_stores},
	{"mremap of a table", ORDER_TABLE, order_written, order_moves},
	{"fork with a pin", ORDER_BASE, order_pinned, order_forks},
	{"fork with a pin, huge", ORDER_HUGE, order_pinned, order_forks},
	{"get_user_pages", ORDER_BASE, order_clean, order_gups},
	{"get_user_pages, huge", ORDER_HUGE, order_clean, order_gups},
	{"get_user_pages of a frame", ORDER_DEVICE, order_frame_is_mapped, order_gups},
	{"insert a page", ORDER_DEVICE, order_device_page, order_inserts_page},
	{"insert a frame", ORDER_DEVICE, order_device_frame, order_inserts_frame},
	{"store to nothing, disk", ORDER_DISK, NULL, order_stores},
	{"store to what was read, disk", ORDER_DISK, order_read, order_stores},
	{"write back, disk", ORDER_DISK, order_cached, order_syncs},
	{"madvise dontneed, disk", ORDER_DISK, order_cached, order_forgets},
	{"madvise free", ORDER_BASE, order_written, order_frees},
	{"madvise cold", ORDER_BASE, order_written, order_cools},
	{"munmap of a migration, hugetlb", ORDER_HUGETLB, order_on_its_way, order_unmaps},
	{"madvise dontneed of a migration", ORDER_BASE, order_on_its_way, order_forgets},
	{"madvise dontneed of swap", ORDER_BASE, order_swapped, order_forgets},
	{"load of swap", ORDER_BASE, order_swapped, order_loads},
	{"store to swap", ORDER_BASE, order_swapped, order_stores},
	{"page out", ORDER_BASE, order_to_be_swapped, order_pages_out},
	{"page out with a pin", ORDER_BASE, order_pinned_to_be_swapped, order_pages_out},
	{"page out of a lazy page", ORDER_BASE, order_lazy, order_pages_out},
	{"page out of a lazy page that was written", ORDER_BASE, order_lazy_but_written,
	 order_pages_out},
	{"switch over a kernel thread", ORDER_BASE, order_kthread, order_switches_lazily},
};
#define NR_OPERATIONS (sizeof(operations) / sizeof(*operations))

/* What counters gained; those of reclaim and of mlock are not written down. */
static void say_counts(struct order_world *o, const uint64_t *event, const int64_t *rss)
{
	static const struct {
		enum vm_event id;
		const char *name;
	} counted[] = {
#define COUNTED(name) {VM_EVENT_##name, #name}
		COUNTED(PGFAULT), COUNTED(PGREUSE), COUNTED(PGALLOC_NORMAL), COUNTED(PGFREE),
		COUNTED(NUMA_PTE_UPDATES), COUNTED(NUMA_HUGE_PTE_UPDATES),
		COUNTED(NUMA_HINT_FAULTS), COUNTED(NUMA_HINT_FAULTS_LOCAL),
		COUNTED(NUMA_PAGES_MIGRATED), COUNTED(PGMIGRATE_SUCCESS), COUNTED(PGMIGRATE_FAIL),
		COUNTED(THP_FAULT_ALLOC), COUNTED(THP_FAULT_FALLBACK),
		COUNTED(THP_ZERO_PAGE_ALLOC), COUNTED(THP_SPLIT_PAGE), COUNTED(THP_SPLIT_PMD),
#undef COUNTED
	};
	static const char *const kind[] = {"file", "anon", "swap", "shmem"};
	const uint64_t *now = order_machine(o)->mm->vm_event;

	for (int i = 0; i < NR_MM_COUNTERS; i++)
		if (o->mm->rss[i] != rss[i])
			order_say(o, " %s%+lld", kind[i], (long long)(o->mm->rss[i] - rss[i]));
	for (int i = 0; o->task && o->task->mm && i < NR_MM_COUNTERS; i++)
		if (o->task->mm->rss[i])
			order_say(o, " child %s=%lld", kind[i], (long long)o->task->mm->rss[i]);
	for (size_t i = 0; i < sizeof(counted) / sizeof(*counted); i++)
		if (now[counted[i].id] != event[counted[i].id])
			order_say(o, " %s+%lld", counted[i].name,
				  (long long)(now[counted[i].id] - event[counted[i].id]));
}

/* o->text: what the operation does on @release. */
static void perform(struct order_world *o, const struct order_operation *op, const char *release)
{
	uint64_t event[VM_EVENT_NR];
	int64_t rss[NR_MM_COUNTERS];

	memset(o, 0, offsetof(struct order_world, text) + 1);
	order_open(o, op->memory, release);
	if (op->prepare)
		op->prepare(o);
	memcpy(event, order_machine(o)->mm->vm_event, sizeof(event));
	for (int i = 0; i < NR_MM_COUNTERS; i++)
		rss[i] = o->mm->rss[i];
	if (order_can(o, op))
		order_run(o, op->run);
	order_say_entries(o, o->mm, "");
	if (o->task && o->task->mm)
		order_say_entries(o, o->task->mm, "child ");
	order_shorten(o);
	say_counts(o, event, rss);
	numasim_system_free(o->w.system);
}

/* ---- the file ---- */

static void print_all(void)
{
	static struct order_world o;
	static char last[LINE];

	for (size_t i = 0; i < NR_OPERATIONS; i++) {
		printf("\n== %s\n", operations[i].name);
		for (size_t r = 0; r < NR_RELEASES; r++) {
			perform(&o, &operations[i], releases[r]);
			printf("%s:%s\n", releases[r],
			       r && !strcmp(last, o.text) ? " same" : o.text);
			strcpy(last, o.text);
		}
	}
}

/* The next line that says something, without its end; false: there is none. */
static bool next_line(char *line, FILE *file)
{
	while (fgets(line, LINE, file)) {
		line[strcspn(line, "\n")] = 0;
		if (*line && *line != '#')
			return true;
	}
	return false;
}

static void compare(struct order_world *o, const struct order_operation *op, const char *release,
		    char *wanted, unsigned *wrong)
{
	perform(o, op, release);
	if (strcmp(wanted, o->text) && (*wrong)++ < 10)
		print_message("# %s, %s:%s\n# should be:%s\n", op->name, release, o->text, wanted);
}

static void test_operations(void **state)
{
	static struct order_world o;
	static char line[LINE], wanted[LINE];
	FILE *file = fopen(ORDER_DATA "/orders.txt", "r");
	unsigned wrong = 0;

	assert_non_null(file);
	for (size_t i = 0; i < NR_OPERATIONS; i++) {
		assert_true(next_line(line, file));
		assert_true(!strncmp(line, "== ", 3));
		assert_string_equal(line + 3, operations[i].name);
		for (size_t r = 0; r < NR_RELEASES; r++) {
			size_t length = strlen(releases[r]);

			assert_true(next_line(line, file));
			assert_true(!strncmp(line, releases[r], length) && line[length] == ':');
			if (strcmp(line + length + 1, " same"))
				strcpy(wanted, line + length + 1);
			compare(&o, &operations[i], releases[r], wanted, &wrong);
		}
	}
	assert_false(next_line(line, file));
	fclose(file);
	assert_int_equal(wrong, 0);
}

/* One character less, and the comparison says so. */
static void test_a_difference_is_noticed(void **state)
{
	static struct order_world o;
	static char wanted[LINE];
	unsigned wrong = 10; /* says nothing */

	perform(&o, &operations[0], "v4.14");
	strcpy(wanted, o.text);
	compare(&o, &operations[0], "v4.14", wanted, &wrong);
	assert_int_equal(wrong, 10);
	wanted[strlen(wanted) - 1] = 0;
	compare(&o, &operations[0], "v4.14", wanted, &wrong);
	assert_int_equal(wrong, 11);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_a_difference_is_noticed),
	};

	if (argc == 2 && !strcmp(argv[1], "print")) {
		print_all();
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
