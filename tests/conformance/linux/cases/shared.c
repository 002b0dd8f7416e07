/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared memory, and files that shrink. */
#include "case.h"

static void anonymous(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t s = map_shared(a, 8 * PAGE, RW);

	count();
	step("written");
	store(a, s, 1);
	counters();
	look(a, s);
	step("read");
	load(a, s + PAGE);
	counters();
	look(a, s + PAGE);
	step("forked");
	b = forked(a, "b");
	entries(b, s);
	store(b, s, 2);
	counters();
	look(a, s);
	look(b, s);
	load(a, s);
	numa_maps(a, s);
	smaps(a, s);
	step("no rights and back");
	protect(a, s, 8 * PAGE, PROT_NONE);
	entries(a, s);
	protect(a, s, 8 * PAGE, RW);
	entries(a, s);
	store(a, s, 3);
	look(a, s);
	counters();
	step("thrown away by one");
	advise(a, s, PAGE, MADV_DONTNEED);
	look(a, s);
	load(a, s);
	look(a, s);
	step("removed");
	advise(b, s, PAGE, MADV_REMOVE);
	look(a, s);
	look(b, s);
	load(a, s);
}

static void truncated(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	int fd = memory_file(a, "f");
	uint64_t s, p;

	resize(a, fd, 8 * PAGE);
	s = map_file(a, fd, 0, 8 * PAGE, RW, MAP_SHARED);
	p = map_file(a, fd, 0, 8 * PAGE, RW, MAP_PRIVATE);
	write_pages(a, s, 8 * PAGE);
	b = forked(a, "b");
	count();
	step("private pages read and written");
	load(a, p + 4 * PAGE);
	store(a, p + 5 * PAGE, 2);
	counters();
	look(a, s + 4 * PAGE);
	look(a, p + 4 * PAGE);
	look(a, p + 5 * PAGE);
	load(b, s + 4 * PAGE);
	look(b, s + 4 * PAGE);
	step("truncated");
	resize(a, fd, 2 * PAGE);
	counters();
	look(a, s + PAGE);
	look(a, s + 4 * PAGE);
	look(a, p + 4 * PAGE);
	look(a, p + 5 * PAGE);
	look(b, s + 4 * PAGE);
	step("beyond the end");
	load(a, s + 4 * PAGE);
	store(a, p + 5 * PAGE, 1);
	step("longer again");
	resize(a, fd, 8 * PAGE);
	load(a, s + 4 * PAGE);
	load(a, p + 5 * PAGE);
	look(a, s + 4 * PAGE);
	numa_maps(a, s);
}

static void private_of_file(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	int fd = memory_file(a, "f");
	uint64_t p;

	fill(a, fd, 8, 10);
	p = map_file(a, fd, PAGE, 4 * PAGE, RW, MAP_PRIVATE);
	count();
	step("read");
	load(a, p);
	counters();
	look(a, p);
	look(a, p + PAGE);
	step("written");
	store(a, p, 99);
	store(a, p + 2 * PAGE, 98);
	counters();
	look(a, p);
	look(a, p + 2 * PAGE);
	numa_maps(a, p);
	smaps(a, p);
	maps(a, p);
	step("thrown away");
	advise(a, p, 4 * PAGE, MADV_DONTNEED);
	contents(a, p, 4 * PAGE);
	counters();
}

static void of_disk(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	int fd = disk_file(a, "of-disk");
	uint64_t s, p;

	fill(a, fd, 8, 20);
	sync_file(a, fd);
	s = map_file(a, fd, 0, 8 * PAGE, RW, MAP_SHARED);
	p = map_file(a, fd, 0, 8 * PAGE, RW, MAP_PRIVATE);
	count();
	step("read");
	load(a, s);
	load(a, p + PAGE);
	counters();
	look(a, s);
	look(a, s + PAGE);
	look(a, p + PAGE);
	step("written");
	store(a, s, 99);
	store(a, p + PAGE, 98);
	counters();
	look(a, s);
	look(a, p + PAGE);
	numa_maps(a, s);
	smaps(a, s);
	maps(a, p);
	step("written to the disk");
	sync_file(a, fd);
	look(a, s);
	step("forked");
	b = forked(a, "b");
	entries(b, s);
	entries(b, p + PAGE);
	store(b, s, 97);
	counters();
	look(a, s);
	look(b, s);
	step("truncated");
	resize(a, fd, PAGE);
	look(a, s);
	look(a, s + PAGE);
	look(a, p + PAGE);
	load(b, s + PAGE);
	counters();
}

/* Two mappings of one file, and an end within a page. */
static void two_mappings(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	int fd = memory_file(a, "f");
	uint64_t s, t;

	fill(a, fd, 4, 30);
	s = map_file(a, fd, 0, 4 * PAGE, RW, MAP_SHARED);
	t = map_file(a, fd, PAGE, 2 * PAGE, R, MAP_SHARED);
	count();
	step("written here, read there");
	store(a, s + PAGE, 99);
	load(a, t);
	counters();
	look(a, s + PAGE);
	look(a, t);
	smaps(a, t);
	step("unmapped here");
	unmap(a, s + PAGE, PAGE);
	look(a, t);
	maps(a, s);
	maps(a, s + 2 * PAGE);
	numa_maps(a, s + 2 * PAGE);
	step("an end within a page");
	contents(a, s + 2 * PAGE, 2 * PAGE);
	resize(a, fd, 2 * PAGE + PAGE / 2);
	look(a, s + 2 * PAGE);
	look(a, s + 3 * PAGE);
	load(a, s + 2 * PAGE);
	load(a, s + 2 * PAGE + PAGE / 2);
	load(a, s + 3 * PAGE);
	counters();
	step("longer again");
	resize(a, fd, 4 * PAGE);
	load(a, s + 2 * PAGE + PAGE / 2);
	load(a, s + 3 * PAGE);
	look(a, s + 3 * PAGE);
	close_file(a, fd);
	contents(a, s + 2 * PAGE, 2 * PAGE);
}

const struct conformance_case shared_cases[] = {
	{"anonymous", anonymous, ON_PLAIN},
	{"truncated", truncated, ON_PLAIN},
	{"private-of-file", private_of_file, ON_PLAIN},
	{"of-disk", of_disk, ON_PLAIN},
	{"two-mappings", two_mappings, ON_PLAIN},
	{0},
};
