/* SPDX-License-Identifier: BSD-2-Clause */
/* First touch: what an access makes where nothing was. */
#include "case.h"

static void first_write(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * MB, RW);

	step("untouched");
	look(a, p);
	count();
	step("touched");
	write_pages(a, p, 4 * MB);
	counters();
	look(a, p);
	look(a, p + 4 * MB - PAGE);
	numa_maps(a, p);
	smaps(a, p);
	nodes(a, p, 4 * MB);
	step("thrown away");
	advise(a, p, PAGE, MADV_DONTNEED);
	look(a, p);
	numa_maps(a, p);
	step("unmapped");
	unmap(a, p, 4 * MB);
	look(a, p);
	maps(a, p);
}

static void zero_page(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 16 * PAGE, RW), q;

	count();
	step("read");
	load(a, p);
	read_pages(a, p + PAGE, PAGE);
	counters();
	look(a, p);
	look(a, p + PAGE);
	numa_maps(a, p);
	step("then written");
	store(a, p, 1);
	counters();
	look(a, p);
	look(a, p + PAGE);
	contents(a, p, 2 * PAGE);
	step("in a read-only mapping");
	q = map(a, 16 * PAGE, R);
	load(a, q);
	look(a, q);
	store(a, q, 1);
	look(a, q);
	counters();
}

/* More than the kernel keeps before it flushes. */
static void much_unmapped(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t length = 10000 * PAGE, p = map(a, length, RW);

	write_pages(a, p, length);
	count();
	step("all but the last pages");
	unmap(a, p, length - 16 * PAGE);
	counters();
	look(a, p);
	look(a, p + length - PAGE);
	step("the rest");
	unmap(a, p + length - 16 * PAGE, 16 * PAGE);
	entries(a, p + length - PAGE);
}

static void from_another_node(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 8 * PAGE, RW);

	write_pages(a, p, 4 * PAGE);
	move(a, cpu_of(nr_nodes() - 1, 0));
	write_pages(a, p, 8 * PAGE);
	step("written from two nodes");
	nodes(a, p, 8 * PAGE);
	numa_maps(a, p);
	look(a, p);
	look(a, p + 7 * PAGE);
}

/* On both sides of where one table ends and another begins, at every level. */
static void across_tables(void)
{
	static const uint64_t border[] = {UINT64_C(1) << 21, UINT64_C(1) << 30, UINT64_C(1) << 39};
	static const char *const name[] = {"of the lowest", "of the middle", "of the upper"};
	static const uint64_t base = UINT64_C(0x200000000000);
	struct actor *a = process("a", cpu_of(0, 0));

	count();
	for (unsigned i = 0; i < 3; i++) {
		uint64_t p = base + border[i] - 2 * PAGE;

		step(name[i]);
		map_at(a, p, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		store(a, p + PAGE, i + 1);
		look(a, p + PAGE);
		look(a, p + 2 * PAGE);
		load(a, p + 2 * PAGE);
		look(a, p + 2 * PAGE);
		counters();
	}
	step("one side unmapped");
	unmap(a, base + border[2], 2 * PAGE);
	entries(a, base + border[2] - PAGE);
	entries(a, base + border[2]);
	step("and the other");
	unmap(a, base + border[2] - 2 * PAGE, 2 * PAGE);
	entries(a, base + border[2] - PAGE);
	entries(a, base + border[1] - PAGE);
	counters();
}

const struct conformance_case touch_cases[] = {
	{"first-write", first_write, ON_PLAIN | ON_LA57},
	{"zero-page", zero_page, ON_PLAIN},
	{"much-unmapped", much_unmapped, ON_PLAIN},
	{"from-another-node", from_another_node, ON_PLAIN},
	{"across-tables", across_tables, ON_PLAIN},
	{0},
};
