/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The race between a hinting scan and the migration of a huge page, as a model of three threads on
 * plain variables and locks: no TLB, no flush, no page table of the library takes part. One step
 * is one access, as in a model for a stateless model checker.
 *
 *     A scans                    B migrates                  C writes
 *     pend = 1                   sees the hint in pmd        for each word:
 *     pmd |= NUMA                [fixed: if pend, flush]       no translation? take pmd's,
 *     K more entries             copy the words                unless it hints
 *     flush C's translation      pmd = the other page          store through the translation
 *     pend = 0                   flush C's translation
 *
 * A store through a valid translation is one step: C takes no flush in its middle (the lock cpuC).
 * What must hold at the end: the page that pmd maps has all that C wrote.
 *
 *     thp-race-model [n [fixed|unfixed [graph|tree|tree-merged]]]
 *
 * n words are copied, n stores are made, n more entries are scanned. Exit 0: holds; 1: broken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <numasim/kernel.h>
#include <numasim/program.h>

#define MODEL_MAX 8
#define NUMA	  2

struct model {
	int n;
	bool fixed;
	struct numasim_atomic *pmd, *pend, *other[MODEL_MAX], *data[2 * MODEL_MAX];
	struct numasim_lock *ptl, *cpuC;
	struct numasim_guarded *tlb_valid, *tlb_page; /* by cpuC */
};

static void flush(const struct model *m)
{
	mutex_lock(m->cpuC);
	numasim_guarded_set(m->tlb_valid, 0);
	mutex_unlock(m->cpuC);
}

static void scan(void *payload)
{
	const struct model *m = payload;

	atomic_set(m->pend, 1);
	mutex_lock(m->ptl);
	atomic_set(m->pmd, atomic_read(m->pmd) | NUMA);
	mutex_unlock(m->ptl);
	for (int i = 0; i < m->n; i++) {
		mutex_lock(m->ptl);
		atomic_set(m->other[i], 1);
		mutex_unlock(m->ptl);
	}
	flush(m);
	atomic_set(m->pend, 0);
}

static void migrate(void *payload)
{
	const struct model *m = payload;
	int64_t from, to;

	numasim_assume(atomic_read(m->pmd) & NUMA);
	mutex_lock(m->ptl);
	from = atomic_read(m->pmd) & 1;
	mutex_unlock(m->ptl);
	to = 1 - from;
	if (m->fixed && atomic_read(m->pend))
		flush(m);
	for (int i = 0; i < m->n; i++)
		atomic_set(m->data[to * m->n + i], atomic_read(m->data[from * m->n + i]));
	mutex_lock(m->ptl);
	atomic_set(m->pmd, to);
	mutex_unlock(m->ptl);
	flush(m);
}

static void write_words(void *payload)
{
	const struct model *m = payload;

	for (int j = 0; j < m->n; j++) {
		mutex_lock(m->cpuC);
		if (!numasim_guarded_read(m->tlb_valid)) {
			int64_t pmd = atomic_read(m->pmd);

			numasim_assume(!(pmd & NUMA));
			numasim_guarded_set(m->tlb_page, pmd & 1);
			numasim_guarded_set(m->tlb_valid, 1);
		}
		atomic_set(m->data[numasim_guarded_read(m->tlb_page) * m->n + j], j + 1);
		mutex_unlock(m->cpuC);
	}
}

static void check(void *payload)
{
	const struct model *m = payload;

	for (int j = 0; j < m->n; j++)
		if (atomic_read(m->data[(atomic_read(m->pmd) & 1) * m->n + j]) != j + 1)
			numasim_fail("word %d of the page that is mapped is not what was written",
				     j);
}

static int make_array(struct numasim_atomic **v, struct numasim_machine *machine, const char *name,
		      int n, struct numasim_error *err)
{
	int ret = 0;

	for (int i = 0; i < n && !ret; i++) {
		char label[NUMASIM_LABEL];

		snprintf(label, sizeof(label), "%s[%d]", name, i);
		ret = numasim_atomic_new(&v[i], machine, label, 0, err);
	}
	return ret;
}

static int make_variables(struct model *m, struct numasim_machine *machine,
			  struct numasim_error *err)
{
	int ret = numasim_atomic_new(&m->pmd, machine, "pmd", 0, err);

	if (!ret)
		ret = numasim_atomic_new(&m->pend, machine, "pend", 0, err);
	if (!ret)
		ret = make_array(m->other, machine, "other", m->n, err);
	if (!ret)
		ret = make_array(m->data, machine, "data", 2 * m->n, err);
	if (!ret)
		ret = numasim_lock_new(&m->ptl, machine, "ptl", err);
	if (!ret)
		ret = numasim_lock_new(&m->cpuC, machine, "cpuC", err);
	if (!ret)
		ret = numasim_guarded_new(&m->tlb_valid, machine, "tlb_valid", 1, m->cpuC, err);
	if (!ret)
		ret = numasim_guarded_new(&m->tlb_page, machine, "tlb_page", 0, m->cpuC, err);
	return ret;
}

/* The whole model. @m must outlive @program, and be as it is. */
static int model_create(struct numasim_program **program, struct model *m, int n, bool fixed,
			struct numasim_error *err)
{
	int ret = numasim_program_create(program, NULL, err);

	if (ret)
		return ret;
	*m = (struct model){.n = n, .fixed = fixed};
	ret = make_variables(m, numasim_program_machine(*program), err);
	if (!ret)
		ret = numasim_program_add(*program, "A", scan, m, NULL, err);
	if (!ret)
		ret = numasim_program_add(*program, "B", migrate, m, NULL, err);
	if (!ret)
		ret = numasim_program_add(*program, "C", write_words, m, NULL, err);
	if (ret)
		numasim_program_free(*program);
	else
		numasim_program_check(*program, check, m);
	return ret;
}

#ifndef MODEL_WITHOUT_MAIN /* a test of the library takes the model and leaves main() */

static void print_witness(const struct numasim_result *result, size_t nr_steps)
{
	for (size_t i = 0; i < nr_steps; i++) {
		struct numasim_result_step step;

		numasim_result_step(&step, result, i);
		printf("%3zu %s%c %s\n", i + 1, step.actor, step.preempts ? '!' : ' ', step.text);
	}
}

static int explore(struct numasim_program *program, const struct numasim_search *search,
		   struct numasim_error *err)
{
	struct numasim_result *result;
	struct numasim_result_info info;

	if (numasim_program_explore(&result, program, search, err))
		return 2;
	numasim_result_info(&info, result);
	print_witness(result, info.nr_steps);
	printf("%s%s\n", info.sentence ? info.sentence : "holds in every order",
	       info.partial && !info.sentence ? ", as far as was looked" : "");
	if (info.engine == NUMASIM_ENGINE_GRAPH)
		printf("%llu states, %u preemptions\n", (unsigned long long)info.states,
		       info.preemptions);
	else
		printf("%llu classes, %llu schedules, %llu blocked\n",
		       (unsigned long long)info.classes, (unsigned long long)info.schedules,
		       (unsigned long long)info.blocked);
	numasim_result_free(result);
	return info.verdict;
}

int main(int argc, char **argv)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	int n = argc > 1 ? atoi(argv[1]) : 2, ret;
	bool fixed = argc <= 2 || strcmp(argv[2], "unfixed");
	struct numasim_error err = {0};
	struct numasim_program *program;
	struct model model;

	if (n < 1 || n > MODEL_MAX ||
	    (argc > 3 && numasim_engine_by_name(&search.engine, argv[3]))) {
		fprintf(stderr, "usage: thp-race-model [n <= %d [fixed|unfixed "
			"[graph|tree|tree-merged]]]\n", MODEL_MAX);
		return 2;
	}
	if (model_create(&program, &model, n, fixed, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	ret = explore(program, &search, &err);
	if (ret == 2)
		fprintf(stderr, "%s\n", err.text);
	numasim_program_free(program);
	return ret;
}
#endif
