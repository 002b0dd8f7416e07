/* SPDX-License-Identifier: BSD-2-Clause */
/* NUMA balancing: hints that the scanner makes, and the faults that come of them. */
#include "case.h"

/* Memory on @node: that of a thread that ran there when it was touched. */
static void place_on(struct actor *a, uint64_t p, uint64_t length, unsigned node)
{
	bind(a, p, length, PREFERRED, 1ul << node, 0);
	write_pages(a, p, length);
	bind(a, p, length, DEFAULT_POLICY, 0, 0);
}

/* The only thread's own node is passed over; what lies elsewhere becomes a hint. */
static void made(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t local = map(a, 64 * PAGE, RW), none = map(a, 64 * PAGE, RW);
	uint64_t readable = map(a, 64 * PAGE, RW), far = map(a, 64 * PAGE, RW);

	write_pages(a, local, 64 * PAGE);
	place_on(a, none, 64 * PAGE, 1);
	place_on(a, readable, 64 * PAGE, 1);
	place_on(a, far, 64 * PAGE, 1);
	protect(a, none, 64 * PAGE, PROT_NONE);
	protect(a, readable, 64 * PAGE, R);
	settle(a);
	count();
	step("scanned");
	scan(a, far);
	counters();
	look(a, local);
	look(a, none);
	look(a, readable);
	look(a, far);
	look(a, far + 63 * PAGE);
	numa_maps(a, far);
}

/* With a second thread nothing is local to the process, and a fault at home moves nothing. */
static void local_fault(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *t = thread(a, "t", cpu_of(1, 0));
	uint64_t p = map(a, 64 * PAGE, RW);

	write_pages(a, p, 64 * PAGE);
	settle(a);
	count();
	step("scanned");
	scan(a, p + 63 * PAGE);
	counters();
	look(a, p);
	step("read at home");
	load(a, p);
	counters();
	look(a, p);
	look(a, p + PAGE);
	step("written at home");
	store(a, p + PAGE, 2);
	counters();
	look(a, p + PAGE);
	step("rights taken and given");
	protect(a, p, 64 * PAGE, R);
	look(a, p);
	look(a, p + 2 * PAGE);
	protect(a, p, 64 * PAGE, RW);
	look(a, p + 2 * PAGE);
	leave(t);
}

static void huge_local_fault(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *t = thread(a, "t", cpu_of(1, 0));
	uint64_t p = map_huge(a, HUGE_PAGE, RW);

	write_pages(a, p, HUGE_PAGE);
	settle(a);
	count();
	step("scanned");
	scan(a, p);
	counters();
	look(a, p);
	step("written at home");
	store(a, p + 5 * PAGE, 2);
	counters();
	look(a, p);
	leave(t);
}

static void far_fault(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 64 * PAGE, RW);

	place_on(a, p, 64 * PAGE, 1);
	settle(a);
	count();
	step("scanned");
	scan(a, p + 63 * PAGE);
	counters();
	step("written from afar");
	balancing(true);
	store(a, p, 2);
	balancing(false);
	counters();
	look(a, p);
	look(a, p + PAGE);
	numa_maps(a, p);
}

/* Pages of two processes are left alone: it would not be clear whose they are. */
static void shared_by_two(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 64 * PAGE, RW), far;

	place_on(a, p, 64 * PAGE, 1);
	b = forked(a, "b");
	far = map(a, 64 * PAGE, RW);
	place_on(a, far, 64 * PAGE, 1);
	settle(a);
	count();
	step("scanned");
	scan(a, far);
	counters();
	look(a, p);
	look(b, p);
	look(a, far);
}

const struct conformance_case hints_cases[] = {
	{"made", made, ON_PLAIN},
	{"local-fault", local_fault, ON_PLAIN},
	{"huge-local-fault", huge_local_fault, ON_PLAIN},
	{"far-fault", far_fault, ON_PLAIN},
	{"shared-by-two", shared_by_two, ON_PLAIN},
	{0},
};
