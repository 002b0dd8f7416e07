/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random sequences of system calls on 1 to 4 address spaces, against the model.
 *
 *	differential RELEASE OPERATIONS [SEED]
 *
 * Every sequence of 4,000 operations has a seed of its own, counted from SEED. A sequence that
 * shows a difference is cut down to one from which nothing can be left out, and printed.
 */
#include "differential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH	4000
#define AUDIT	500 /* operations between looks at the books */
#define COMPARE 1000

static struct world world; /* large: a model of four processes */

static uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15); /* SplitMix64 */

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* How often each kind comes, out of the sum. */
static const uint8_t weight[OP_NR] = {
	[OP_STORE] = 60, [OP_LOAD] = 40, [OP_TOUCH] = 12, [OP_MMAP] = 12, [OP_MMAP_SHARED] = 4,
	[OP_MMAP_FILE] = 8, [OP_MUNMAP] = 8, [OP_MPROTECT] = 14, [OP_MREMAP] = 6, [OP_MOVE] = 6,
	[OP_MADVISE] = 24, [OP_MLOCK] = 3, [OP_MUNLOCK] = 4, [OP_MBIND] = 5, [OP_MEMPOLICY] = 2,
	[OP_TRUNCATE] = 3, [OP_FORK] = 3, [OP_EXIT] = 2, [OP_RUN] = 1,
};

static uint8_t pick(uint64_t r)
{
	unsigned sum = 0, at;
	uint8_t kind = 0;

	for (unsigned i = 0; i < OP_NR; i++)
		sum += weight[i];
	for (at = r % sum; at >= weight[kind]; kind++)
		at -= weight[kind];
	return kind;
}

/* Most ranges are small and near each other; some are whole huge pages. */
static struct op generate(uint64_t *seed)
{
	uint64_t r = next_random(seed), s = next_random(seed);
	struct op op = {.kind = pick(r), .proc = r >> 32 & 3, .arg = (uint32_t)s};
	unsigned size = r >> 40 & 15;

	op.n = (uint16_t)(size < 12 ? 1 + (r >> 44) % 16 : size < 14 ? 1 + (r >> 44) % 600 : 512);
	op.page = (uint16_t)(s >> 32 & 3 ? (s >> 34) % 256 + 512 * (s >> 50 & 1)
					 : (s >> 34) % WINDOW_PAGES);
	if (op.n == 512)
		op.page &= (uint16_t)~511u;
	if (op.page + op.n > WINDOW_PAGES)
		op.n = (uint16_t)(WINDOW_PAGES - op.page);
	op.other = (uint16_t)(next_random(seed) % WINDOW_PAGES);
	return op;
}

/* What the process that runs a sequence tells: it may crash. */
static struct outcome {
	int at;	 /* the operation that it is at */
	int bad; /* the one that shows a difference, or -1; -2: no system */
	char why[sizeof(((struct world *)NULL)->why)];
} *outcome;

static void run_here(const struct numasim_topology *topology, const char *release,
		     const struct op *ops, int n, bool often)
{
	if (world_open(&world, topology, release)) {
		outcome->bad = -2;
		return;
	}
	for (int i = 0; i < n && outcome->bad < 0; i++) {
		bool last = i == n - 1;

		outcome->at = i;
		if (!world_do(&world, &ops[i]) ||
		    ((often || last || i % COMPARE == COMPARE - 1) && !world_compare(&world)) ||
		    ((often || last || i % AUDIT == AUDIT - 1) && !world_audit(&world)))
			outcome->bad = i;
	}
	memcpy(outcome->why, world.why, sizeof(outcome->why));
	world_close(&world);
}

/* Run the operations in a process of their own; outcome->bad. */
static int run(const struct numasim_topology *topology, const char *release, const struct op *ops,
	       int n, bool often)
{
	pid_t child;
	int status;

	*outcome = (struct outcome){.bad = -1};
	fflush(stdout);
	child = fork();
	if (child < 0)
		return -2;
	if (!child) {
		run_here(topology, release, ops, n, often);
		exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		return -2;
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		outcome->bad = outcome->at;
		snprintf(outcome->why, sizeof(outcome->why), "the program crashed (status %#x)",
			 (unsigned)status);
	}
	return outcome->bad;
}

/* Leave out more and more, as long as a difference is left. The new length. */
static int shrink(const struct numasim_topology *topology, const char *release, struct op *ops,
		  int n)
{
	struct op *fewer = malloc(n * sizeof(*ops));

	for (int chunk = n / 2; chunk && fewer; chunk = chunk > 1 ? (chunk + 1) / 2 : 0) {
		for (int from = 0; from < n; ) {
			int len = from + chunk < n ? chunk : n - from, bad;

			memcpy(fewer, ops, from * sizeof(*ops));
			memcpy(fewer + from, ops + from + len, (n - from - len) * sizeof(*ops));
			bad = run(topology, release, fewer, n - len, n < 200);
			if (bad < 0) {
				from += len;
				continue;
			}
			n = bad + 1 < n - len ? bad + 1 : n - len;
			memcpy(ops, fewer, n * sizeof(*ops));
		}
		if (chunk == 1)
			break;
	}
	free(fewer);
	return n;
}

static void report(const struct numasim_topology *topology, const char *release, struct op *ops,
		   int n, uint64_t seed)
{
	printf("not ok - seed %llu, operation %d: %s\n", (unsigned long long)seed, n - 1,
	       outcome->why);
	n = shrink(topology, release, ops, n);
	run(topology, release, ops, n, n < 200);
	printf("%d operations are enough: %s\n", n, outcome->why);
	for (int i = 0; i < n && i < 60; i++)
		op_print(&ops[i]);
}

int main(int argc, char **argv)
{
	static struct op ops[LENGTH];
	struct numasim_topology *topology;
	struct numasim_error err;
	uint64_t total, first, done = 0;

	if (argc < 3 || argc > 4)
		return fprintf(stderr, "usage: differential RELEASE OPERATIONS [SEED]\n"), 2;
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (outcome == MAP_FAILED)
		return fprintf(stderr, "no memory\n"), 2;
	total = strtoull(argv[2], NULL, 10);
	first = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	if (numasim_topology_load(&topology, "numa:2(memory=268435456) core:2 pu:1", &err))
		return fprintf(stderr, "%s\n", err.text), 2;
	for (uint64_t seed = first; done < total; seed++) {
		uint64_t state = seed * UINT64_C(0x2545f4914f6cdd1d);
		int n = total - done < LENGTH ? (int)(total - done) : LENGTH, bad;

		for (int i = 0; i < n; i++)
			ops[i] = generate(&state);
		bad = run(topology, argv[1], ops, n, false);
		if (bad == -2)
			return 2;
		if (bad >= 0) {
			report(topology, argv[1], ops, bad + 1, seed);
			return 1;
		}
		done += n;
	}
	numasim_topology_free(topology);
	printf("%s: %llu operations without a difference\n", argv[1], (unsigned long long)done);
	return 0;
}
