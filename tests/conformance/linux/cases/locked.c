/* SPDX-License-Identifier: BSD-2-Clause */
/* mlock(2) and its kin. */
#include "case.h"

static void locked_and_unlocked(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, PAGE);
	settle(a);
	count();
	step("locked");
	lock(a, p, 4 * PAGE);
	settle(a);
	counters();
	look(a, p);
	look(a, p + PAGE);
	smaps(a, p);
	step("half unlocked");
	unlock(a, p, 2 * PAGE);
	settle(a);
	counters();
	look(a, p);
	look(a, p + 2 * PAGE);
	maps(a, p);
	maps(a, p + 2 * PAGE);
	step("unmapped");
	unmap(a, p, 4 * PAGE);
	counters();
}

static void on_fault(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	count();
	step("locked");
	lock_on_fault(a, p, 4 * PAGE);
	counters();
	look(a, p);
	smaps(a, p);
	step("written");
	store(a, p, 1);
	settle(a);
	counters();
	look(a, p);
	step("nothing mapped");
	lock(a, p + HUGE_PAGE, PAGE);
	lock(a, p, HUGE_PAGE);
	look(a, p + PAGE);
}

static void all_to_come(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p;

	count();
	lock_all(a, MCL_FUTURE);
	step("mapped");
	p = map(a, 4 * PAGE, RW);
	settle(a);
	counters();
	look(a, p);
	step("unlocked");
	unlock_all(a);
	settle(a);
	counters();
	look(a, p);
}

const struct conformance_case locked_cases[] = {
	{"locked-and-unlocked", locked_and_unlocked, ON_PLAIN},
	{"on-fault", on_fault, ON_PLAIN},
	{"all-to-come", all_to_come, ON_PLAIN},
	{0},
};
