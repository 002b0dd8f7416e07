/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel is told to do by itself. */
#include "words.h"

#include <stdio.h>

#define SWITCH	     "/proc/sys/kernel/numa_balancing"
#define PACE	     "/sys/kernel/debug/sched/numa_balancing/"
#define SCAN_PATIENCE 8000 /* ms; the scanner comes when the actor has run long enough */

/* A setting of the machine and not of an actor. */
static void must_set(const char *path, const char *text)
{
	long result = side_write_file(NULL, path, text);

	if (result)
		side_fail("%s: %s", path, error_name(result));
}

/* One pass over all that an actor has mapped, soon, and no second one while a case looks. */
void kernel_begin(void)
{
	must_set(PACE "scan_delay_ms", "1");
	must_set(PACE "scan_period_min_ms", "200");
	must_set(PACE "scan_period_max_ms", "60000");
	must_set(PACE "scan_size_mb", "256");
}

void balancing(bool on)
{
	must_set(SWITCH, on ? "1" : "0");
}

struct awaited {
	struct actor *actor;
	uint64_t address;
};

/* Is the entry there and not present? Then it is a hint: nothing else makes it so meanwhile. */
static bool is_hint(void *payload)
{
	const struct awaited *awaited = payload;
	uint64_t entry[SIDE_LEVELS], leaf = 0;
	unsigned nr = side_entries(awaited->actor->side, awaited->address, entry);

	for (unsigned i = 0; i < nr && entry[i]; i++)
		leaf = entry[i];
	return leaf && !(leaf & 1);
}

void scan(struct actor *a, uint64_t p)
{
	struct awaited awaited = {a, p};
	char text[TEXT_SIZE];
	bool came;

	balancing(true);
	came = side_run_until(a->side, is_hint, &awaited, SCAN_PATIENCE);
	balancing(false);
	if (!came)
		line("scan %s %s: no hint", a->name, address_text(text, p));
}

void swap_on(void)
{
	side_swap_on();
}

void settle(struct actor *a)
{
	side_settle(a->side);
}

long set(struct actor *a, const char *path, const char *text)
{
	long result = side_write_file(a->side, path, text);

	if (result)
		line("write %s %s: %s", path, text, error_name(result));
	return result;
}

long clear_refs(struct actor *a, unsigned what)
{
	char text[8];

	snprintf(text, sizeof(text), "%u", what);
	return set(a, "/proc/self/clear_refs", text);
}
