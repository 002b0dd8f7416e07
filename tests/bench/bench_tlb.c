/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many accesses a second the simulator's TLB serves, on six streams, beside the least work
 * that such a figure can be held against: the program tlb_floor.c of the folder that NUMASIM_SHARED
 * names, built and run in turns with ours. The geometry, the addresses and the sum of the physical
 * addresses are the same; the floor knows no rights, A, D, page sizes, PCIDs or invalidation.
 *
 *     NUMASIM_SHARED=... bench-tlb [millions of accesses [rounds]]
 *
 * Every figure is the best of all rounds; short rounds in turns are what a shared machine allows.
 *
 * The floor walks four tables on every miss. Ours walks from CR3 once per batch and 2 MiB, and from
 * the page table on after that (lib/x86/simtlb_fastwalk.h); the rate of whole walks stands below.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench_tlb_streams.h"
#include "x86/simtlb.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static uint64_t run(struct numasim_tlb *tlb, struct bench *b, bool mixed)
{
	struct numasim_tlb_batch batch;
	static uint64_t pa[CHUNK];
	uint64_t sum = 0;
	size_t done;

	for (size_t i = 0; i < b->n; i += done) {
		batch = (struct numasim_tlb_batch){.va = b->trace + i, .n = CHUNK, .pa = pa};
		batch.kind = mixed ? b->kind : NULL;
		if (b->n - i < CHUNK)
			batch.n = b->n - i;
		if (numasim_tlb_access_batch(&done, tlb, &batch, NULL) || done != batch.n) {
			fprintf(stderr, "access %zu was not served\n", i + done);
			exit(2);
		}
		for (size_t j = 0; j < done; j++)
			sum += pa[j];
	}
	return sum;
}

/* One TLB to measure: a preset, and the code that runs it. */
struct subject {
	const char *preset;
	enum simtlb_isa isa;
	bool general;
	struct numasim_tlb *tlb;
	double rate[STREAMS][2]; /* best accesses a second: loads; a quarter of them stores */
	struct numasim_tlb_counters count[STREAMS];
};

static void make_tlb(struct subject *s, struct bench *b)
{
	struct numasim_tlb_regs regs = {.flags = NUMASIM_TLB_REGS_LINUX};
	struct numasim_error err;

	if (numasim_tlb_create_preset(&s->tlb, s->preset, &err) ||
	    numasim_tlb_set_regs(s->tlb, &regs, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	simtlb_choose(s->tlb, s->isa, s->general);
	numasim_tlb_set_memory(s->tlb, b->gib, 1);
}

static void measure(struct subject *s, struct bench *b, unsigned stream)
{
	numasim_tlb_flush(s->tlb, true);
	run(s->tlb, b, false);
	numasim_tlb_reset_counters(s->tlb);
	for (unsigned pass = 0; pass < 4; pass++) {
		double start = now(), rate;

		run(s->tlb, b, pass & 1);
		rate = b->n / (now() - start);
		if (rate > s->rate[stream][pass & 1])
			s->rate[stream][pass & 1] = rate;
	}
	numasim_tlb_get_counters(&s->count[stream], s->tlb);
}

/* Walks a second from CR3 on: one access per call, in random order, so that hardly any hits. */
static double walk_rate(struct numasim_tlb *tlb, struct bench *b)
{
	size_t n = b->n < 1u << 20 ? b->n : 1u << 20;
	struct numasim_tlb_counters c;
	double start;

	numasim_tlb_reset_counters(tlb);
	start = now();
	for (size_t i = 0; i < n; i++)
		if (numasim_tlb_access(NULL, NULL, tlb, b->trace[i], NUMASIM_TLB_READ, NULL))
			exit(2);
	start = now() - start;
	numasim_tlb_get_counters(&c, tlb);
	return c.walks[0] / start;
}

static void print_subject(const struct subject *s, const double *floor)
{
	printf("\n%s%s\n", numasim_tlb_path(s->tlb), floor ? " (the floor's geometry)" : "");
	printf("%-26s %7s %7s %7s  %5s  %7s  %6s %6s\n", "millions a second, best", "loads",
	       "1/4 st.", "floor", "ratio", "walks", "L1 %", "L2 %");
	for (unsigned i = 0; i < STREAMS; i++) {
		const struct numasim_tlb_counters *c = &s->count[i];
		double all = (double)c->accesses;

		printf("%-26s %7.1f %7.1f ", stream_name[i], s->rate[i][0] / 1e6,
		       s->rate[i][1] / 1e6);
		if (floor)
			printf("%7.1f  %5.2f  ", floor[i] / 1e6, s->rate[i][0] / floor[i]);
		else
			printf("%7s  %5s  ", "-", "-");
		printf("%7.1f  %6.2f %6.2f\n", s->rate[i][0] * (double)c->walks[0] / all / 1e6,
		       100 * (double)c->hits[0][0] / all, 100 * (double)c->hits[1][0] / all);
	}
}

/* The rows that share the floor's geometry stand beside it; 1 if one is below a quarter. */
static int report(const struct subject *s, unsigned n, const double *floor, double walks)
{
	double least = 1e9;

	for (unsigned i = 0; i < n; i++)
		print_subject(&s[i],
			      floor && !strcmp(s[i].preset, "classic-64-1536") ? floor : NULL);
	printf("\nwalks from CR3, four levels, one access a call: %.1f million a second\n",
	       walks / 1e6);
	if (!floor) {
		printf("no floor beside it: skipped, NUMASIM_SHARED names no bench/tlb_floor.c\n");
		return 0;
	}
	for (unsigned i = 0; i < STREAMS; i++) /* subject 0 is what users of that preset get */
		for (unsigned mixed = 0; mixed < 2; mixed++)
			if (s[0].rate[i][mixed] / floor[i] < least)
				least = s[0].rate[i][mixed] / floor[i];
	printf("least of the twelve ratios to the floor: %.2f; 0.25 is asked for\n", least);
	return least < 0.25;
}

int main(int argc, char **argv)
{
	size_t millions = argc > 1 ? strtoull(argv[1], NULL, 0) : 2;
	unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 20;
	struct subject s[] = {
		{.preset = "classic-64-1536"},
		{.preset = "classic-64-1536", .isa = SIMTLB_SSE2},
		{.preset = "classic-64-1536", .general = true},
		{.preset = "intel-golden-cove"},
		{.preset = "amd-zen4"},
	};
	const unsigned n = sizeof(s) / sizeof(s[0]);
	double floor[STREAMS] = {0}, walks = 0;
	bool with_floor;
	char program[64];
	struct bench b;

	prepare(&b, millions ? millions : 1);
	with_floor = build_floor(program, sizeof(program));
	for (unsigned i = 0; i < n; i++)
		make_tlb(&s[i], &b);
	for (unsigned round = 0; round < rounds; round++) {
		b.rng = UINT64_C(88172645463325252);
		for (unsigned stream = 0; stream < STREAMS; stream++) {
			make_stream(&b, stream);
			for (unsigned i = 0; i < (round % 5 ? 1 : n); i++)
				measure(&s[i], &b, stream);
			if (stream == 4 && walk_rate(s[0].tlb, &b) > walks)
				walks = walk_rate(s[0].tlb, &b);
		}
		with_floor = with_floor && run_floor(program, millions, floor);
	}
	if (program[0])
		unlink(program);
	rounds = (unsigned)report(s, n, with_floor ? floor : NULL, walks);
	for (unsigned i = 0; i < n; i++)
		numasim_tlb_destroy(s[i].tlb);
	return (int)rounds;
}
