/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random sequences of system calls on 1 to 4 address spaces, against the model.
 *
 *	differential [--wrong WHAT] RELEASE OPERATIONS [SEED]
 *	differential [--wrong WHAT] RELEASE --replay FILE
 *
 * Every sequence of 4,000 operations has a seed of its own, counted from SEED. A sequence that
 * shows a difference is cut down to one from which nothing can be left out, and printed; its lines
 * are what --replay reads. With --wrong the model is told something wrong on purpose.
 */
#include "differential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LENGTH 4000
#define ENOUGH 20000 /* operations: each kind has taken place among so many */

#define MACHINE "numa:4(memory=268435456) core:1 pu:1"

static int usage(void)
{
	fprintf(stderr, "usage: differential [--wrong wipe|policy|copy] RELEASE OPERATIONS [SEED]\n"
			"       differential [--wrong ...] RELEASE --replay FILE\n");
	return 2;
}

static int report(struct outcome *outcome, const struct setting *setting, struct op *ops, int n,
		  uint64_t seed)
{
	printf("not ok - seed %llu, operation %d: %s\n", (unsigned long long)seed, n - 1,
	       outcome->why);
	n = shrink(outcome, setting, ops, n);
	printf("# %d operations are enough: %s\n", n, outcome->why);
	for (int i = 0; i < n; i++)
		op_print(&ops[i]);
	return 1;
}

static void add(struct looks *sum, const struct looks *one)
{
	sum->policies += one->policies;
	sum->places += one->places;
	sum->hints += one->hints;
	sum->lacks = one->lacks;
	for (unsigned i = 0; i < OP_NR; i++)
		sum->done[i] += one->done[i];
}

/* Was there a kind of operation that never took place, where the release has it? */
static int idle(const struct looks *looks)
{
	int ret = looks->hints ? 0 : printf("not ok - no hint fault\n");

	for (unsigned i = 0; i < OP_NR; i++)
		if (!looks->done[i] && !(looks->lacks >> i & 1))
			ret |= printf("not ok - no %s took place\n", op_name(i));
	return ret != 0;
}

static int run_random(struct outcome *outcome, const struct setting *setting, uint64_t total,
		      uint64_t first)
{
	static struct op ops[LENGTH];
	struct looks looks = {0};
	uint64_t done = 0;

	for (uint64_t seed = first; done < total; seed++) {
		uint64_t state = seed * UINT64_C(0x2545f4914f6cdd1d);
		int n = total - done < LENGTH ? (int)(total - done) : LENGTH, bad;

		for (int i = 0; i < n; i++)
			ops[i] = generate(&state, i);
		bad = run(outcome, setting, ops, n);
		if (bad == -2)
			return 2;
		if (bad >= 0)
			return report(outcome, setting, ops, bad + 1, seed);
		add(&looks, &outcome->looks);
		done += n;
	}
	printf("%s: %llu operations without a difference (%llu policies, %llu places looked at, "
	       "%llu hint faults)\n", setting->release, (unsigned long long)done,
	       (unsigned long long)looks.policies, (unsigned long long)looks.places,
	       (unsigned long long)looks.hints);
	return done >= ENOUGH ? idle(&looks) : 0;
}

/* Lines of operations; those that begin with # are for people. */
static int read_sequence(struct op *ops, int room, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[160];
	int n = 0;

	while (f && n < room && fgets(line, sizeof(line), f)) {
		if (*line == '#' || *line == '\n')
			continue;
		if (!op_parse(&ops[n++], line)) {
			fprintf(stderr, "%s: %s", path, line);
			n = 0;
			break;
		}
	}
	if (f)
		fclose(f);
	return n;
}

static int replay(struct outcome *outcome, const struct setting *setting, const char *path)
{
	static struct op ops[LENGTH];
	int n = read_sequence(ops, LENGTH, path), bad;

	if (!n)
		return fprintf(stderr, "%s: no operations\n", path), 2;
	bad = run(outcome, setting, ops, n);
	if (bad == -2)
		return 2;
	if (bad >= 0)
		printf("not ok - operation %d: %s\n", bad, outcome->why);
	else
		printf("%s: no difference\n", setting->release);
	return bad >= 0;
}

static bool told_wrong(enum model_wrong *wrong, const char *what)
{
	static const char *const name[] = {NULL, "wipe", "policy", "copy"};

	for (unsigned i = 1; i < sizeof(name) / sizeof(name[0]); i++)
		if (!strcmp(what, name[i]))
			*wrong = (enum model_wrong)i;
	return *wrong != MODEL_RIGHT;
}

int main(int argc, char **argv)
{
	struct outcome *outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct numasim_topology *topology;
	struct setting setting = {0};
	struct numasim_error err;
	int ret;

	if (argc > 2 && !strcmp(argv[1], "--wrong")) {
		if (!told_wrong(&setting.wrong, argv[2]))
			return usage();
		argc -= 2;
		argv += 2;
	}
	if (argc < 3 || argc > 4 || (!strcmp(argv[2], "--replay") && argc != 4))
		return usage();
	if (outcome == MAP_FAILED)
		return fprintf(stderr, "no memory\n"), 2;
	if (numasim_topology_load(&topology, MACHINE, &err))
		return fprintf(stderr, "%s\n", err.text), 2;
	setting.release = argv[1];
	setting.topology = topology;
	if (!strcmp(argv[2], "--replay"))
		ret = replay(outcome, &setting, argv[3]);
	else
		ret = run_random(outcome, &setting, strtoull(argv[2], NULL, 10),
				 argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
	numasim_topology_free(topology);
	return ret;
}
