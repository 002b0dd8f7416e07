/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the engine room and the judges cost: a switch between engine and coroutine (measured as
 * context_switch.c of the shared data does: round robin over one and three coroutines, and at
 * random; one resume and one yield are two switches), an announced point, a snapshot and a digest
 * of a small machine, and states per second of the graph on the model of the race.
 *
 *     bench-engine [millions of switches]
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "exec/var.h"
#include "machine/machine.h"

#define MODEL_WITHOUT_MAIN
#include "../../examples/thp-race-model.c"

#define STACK	    (64 * 1024)
#define NS_PER_S    1e9
#define MODEL_ROUND 20

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / NS_PER_S;
}

/* ---- switches ---- */

static void yields(void *payload)
{
	for (;;)
		coroutine_yield(payload);
}

static void bench_switch(const char *how, int nr, bool at_random, uint64_t n)
{
	struct coroutine co[3] = {{0}};
	uint32_t x = 1;
	double t;

	for (int i = 0; i < 3; i++) {
		co[i].stack = coroutine_stack_alloc(STACK);
		co[i].size = STACK;
		coroutine_reset(&co[i], yields, &co[i]);
	}
	t = now();
	for (uint64_t i = 0; i < n; i++) {
		if (at_random) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
		}
		coroutine_resume(&co[(at_random ? x : i) % nr]);
	}
	t = now() - t;
	printf("switch, %d coroutine%s %-12s %8.2f ns\n", nr, nr > 1 ? "s" : " ", how,
	       t / n / 2 * NS_PER_S);
	for (int i = 0; i < 3; i++)
		coroutine_stack_free(co[i].stack, STACK);
}

/* ---- points ---- */

static void reads_for_ever(void *payload)
{
	for (;;)
		shared_read64(OBJECT(OBJ_VAR, 1, 0), payload);
}

static void bench_points(uint64_t n)
{
	struct arena *arena = arena_create((size_t)1 << 20);
	struct exec exec;
	struct context *c;
	double t;

	exec_init(&exec, arena, STACK);
	exec_add_context(&exec, &c, "a", reads_for_ever, arena_alloc(arena, sizeof(uint64_t)));
	exec_start(&exec);
	t = now();
	for (uint64_t i = 0; i < n; i++)
		exec_step(&exec, (struct choice){0, 0});
	t = now() - t;
	printf("points, announced and taken        %8.1f million/s\n", n / t / 1e6);
	exec_destroy(&exec);
	arena_destroy(arena);
}

/* ---- states ---- */

static int bench_states(void)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_program *program;
	struct numasim_error err = {0};
	struct model model;
	uint64_t states = 0, transitions = 0;
	double t;

	if (model_create(&program, &model, MODEL_MAX, true, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	t = now();
	for (int i = 0; i < MODEL_ROUND; i++) {
		struct numasim_result_info info;
		struct numasim_result *result;

		if (numasim_program_explore(&result, program, &search, &err)) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		numasim_result_info(&info, result);
		states += info.states;
		transitions += info.transitions;
		numasim_result_free(result);
	}
	t = now() - t;
	printf("graph, race model n = %d            %8.2f million states/s, %.2f million "
	       "steps/s\n", MODEL_MAX, states / t / 1e6, transitions / t / 1e6);
	numasim_program_free(program);
	return 0;
}

static int bench_snapshot(void)
{
	enum { N = 100000 };
	struct numasim_program *program;
	struct numasim_error err = {0};
	struct snapshot snap = {0};
	struct numasim_machine *m;
	struct model model;
	double t[3];

	if (model_create(&program, &model, MODEL_MAX, true, &err))
		return 1;
	m = numasim_program_machine(program);
	t[0] = now();
	for (int i = 0; i < N; i++)
		state_save(&m->exec.state, &snap);
	t[1] = now();
	for (int i = 0; i < N; i++)
		state_restore(&snap);
	t[2] = now();
	printf("snapshot of %zu bytes            %8.1f ns to take, %.1f ns to put back\n",
	       snap.used, (t[1] - t[0]) / N * NS_PER_S, (t[2] - t[1]) / N * NS_PER_S);
	snapshot_destroy(&snap);
	numasim_program_free(program);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t n = (argc > 1 ? strtoull(argv[1], NULL, 0) : 10) * 1000000;

	bench_switch("round robin", 1, false, n);
	bench_switch("round robin", 3, false, n);
	bench_switch("at random", 3, true, n);
	bench_points(n);
	return bench_snapshot() || bench_states();
}
