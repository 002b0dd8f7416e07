/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many accesses a second the simulator's TLB serves, on six streams, beside the least work
 * that such a figure can be held against: the program tlb_floor.c of the folder that NUMASIM_SHARED
 * names, built and run in turns with ours. The geometry, the addresses and the sum of the physical
 * addresses are the same; the floor knows no rights, A, D, page sizes, PCIDs or invalidation.
 *
 *     NUMASIM_SHARED=... bench-tlb [millions of accesses [rounds]]
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <numasim/tlb.h>

#define STREAMS 6
#define BASE	UINT64_C(0x7f0000000000)
#define WINDOW	(UINT64_C(1) << 30)
#define CHUNK	2048 /* accesses per call: results stay in the cache, as a driver would have it */
#define FRAMES	(UINT64_C(1) << 20) /* number of the first data frame, beyond the tables */

struct bench {
	uint64_t *trace;
	size_t n;
	char *window;
	char *gib[1];
	uint64_t next_table, next_frame;
	uint64_t rng;
	uint8_t kind[CHUNK];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	return p;
}

/* xorshift64, from the same seed as the floor, so that the streams are the same. */
static uint64_t next_random(struct bench *b)
{
	b->rng ^= b->rng << 13;
	b->rng ^= b->rng >> 7;
	b->rng ^= b->rng << 17;
	return b->rng;
}

static const char *const stream_name[STREAMS] = {
	"seq64B-64MiB(hit)", "hot-128KiB-rand(hit)", "rand-4MiB(STLB)",
	"rand-64MiB(miss)",  "rand-1GiB(miss)",	     "mix 50/50 seq/rand 64MiB",
};

static uint64_t stream_offset(struct bench *b, unsigned stream, size_t i)
{
	static const uint64_t size[STREAMS] = {64u << 20, 128u << 10, 4u << 20,
					       64u << 20, 1u << 30,   64u << 20};

	if (stream == 0)
		return i * 64 & (size[0] - 1);
	if (stream == 5 && !(i & 1))
		return i * 32 & (size[5] - 1);
	return next_random(b) & (size[stream] - 1);
}

/* Map the page of @va: user, writable, A and D set, so that streams measure walks and no stores. */
static void map_page(struct bench *b, uint64_t va)
{
	uint64_t *table = (uint64_t *)b->window;

	for (unsigned shift = 39; shift > 12; shift -= 9) {
		uint64_t *slot = &table[va >> shift & 511];

		if (!*slot) {
			*slot = b->next_table | 0x27;
			b->next_table += 4096;
		}
		table = (uint64_t *)(b->window + (*slot & 0xffffffffff000));
	}
	if (!table[va >> 12 & 511])
		table[va >> 12 & 511] = b->next_frame++ << 12 | 0x67;
}

static void make_stream(struct bench *b, unsigned stream)
{
	for (size_t i = 0; i < b->n; i++)
		b->trace[i] = BASE + (stream_offset(b, stream, i) & ~UINT64_C(7));
	for (size_t i = 0; i < b->n; i++)
		map_page(b, b->trace[i]);
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

static double fastest(struct numasim_tlb *tlb, struct bench *b, bool mixed, unsigned rounds)
{
	double best = 1e9;

	for (unsigned r = 0; r < rounds; r++) {
		double start = now();

		run(tlb, b, mixed);
		start = now() - start;
		if (start < best)
			best = start;
	}
	return b->n / best;
}

/* Accesses a second of each stream by the floor program; the best of this and earlier runs. */
static bool run_floor(const char *program, size_t millions, double rate[STREAMS])
{
	char command[512], line[256];
	unsigned stream = 0;
	FILE *out;

	snprintf(command, sizeof(command), "%s %zu", program, millions);
	out = popen(command, "r");
	while (out && stream < STREAMS && fgets(line, sizeof(line), out)) {
		double mega = strlen(line) > 26 ? atof(line + 26) * 1e6 : 0;

		if (mega > rate[stream])
			rate[stream] = mega;
		stream++;
	}
	return out && pclose(out) == 0 && stream == STREAMS;
}

/* Build the floor into @program (a temporary name); false when there is none to build. */
static bool build_floor(char *program, size_t size)
{
	const char *shared = getenv("NUMASIM_SHARED");
	char command[1024];
	int fd;

	snprintf(program, size, "/tmp/tlb-floor-XXXXXX");
	if (!shared)
		return false;
	fd = mkstemp(program);
	if (fd < 0)
		return false;
	close(fd);
	snprintf(command, sizeof(command), "gcc -O3 -march=x86-64-v3 -o %s '%s/bench/tlb_floor.c'",
		 program, shared);
	return system(command) == 0;
}

static void prepare(struct bench *b, size_t millions)
{
	*b = (struct bench){.n = millions << 20, .next_table = 4096, .next_frame = FRAMES};
	b->rng = UINT64_C(88172645463325252);
	b->trace = reserve(b->n * 8);
	b->window = reserve(WINDOW);
	b->gib[0] = b->window;
	for (size_t i = 0; i < CHUNK; i++)
		b->kind[i] = (i * 7 & 3) == 3 ? NUMASIM_TLB_WRITE : NUMASIM_TLB_READ;
}

static struct numasim_tlb *make_tlb(struct bench *b, const char *preset)
{
	struct numasim_tlb_regs regs = {.flags = NUMASIM_TLB_REGS_LINUX};
	struct numasim_error err;
	struct numasim_tlb *tlb;

	if (numasim_tlb_create_preset(&tlb, preset, &err) ||
	    numasim_tlb_set_regs(tlb, &regs, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	numasim_tlb_set_memory(tlb, b->gib, 1);
	return tlb;
}

static void print_row(unsigned stream, const double rate[2], double floor, double walks, double l1,
		      double l2)
{
	printf("%-26s %7.1f %7.1f ", stream_name[stream], rate[0] / 1e6, rate[1] / 1e6);
	if (floor > 0)
		printf("%7.1f  %5.2f  ", floor / 1e6, rate[0] / floor);
	else
		printf("%7s  %5s  ", "-", "-");
	printf("%7.1f  %6.2f %6.2f\n", walks / 1e6, 100 * l1, 100 * l2);
}

/* One stream on one preset: the best of all rounds, the floor run between them. */
static void measure(struct bench *b, struct numasim_tlb *tlb, double rate[2], unsigned rounds,
		    struct numasim_tlb_counters *c)
{
	double r;

	numasim_tlb_flush(tlb, true);
	run(tlb, b, false);
	numasim_tlb_reset_counters(tlb);
	for (unsigned mixed = 0; mixed < 2; mixed++) {
		r = fastest(tlb, b, mixed, rounds);
		if (r > rate[mixed])
			rate[mixed] = r;
		if (!mixed)
			numasim_tlb_counters(c, tlb);
	}
}

int main(int argc, char **argv)
{
	size_t millions = argc > 1 ? strtoull(argv[1], NULL, 0) : 16, presets;
	unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 3;
	const struct numasim_tlb_preset *preset = numasim_tlb_presets(&presets);
	double rate[8][STREAMS][2] = {0}, floor[STREAMS] = {0};
	struct numasim_tlb_counters count[8][STREAMS];
	struct numasim_tlb *tlb[8];
	bool with_floor;
	char program[64];
	struct bench b;

	prepare(&b, millions ? millions : 1);
	with_floor = build_floor(program, sizeof(program));
	for (size_t p = 0; p < presets && p < 8; p++)
		tlb[p] = make_tlb(&b, preset[p].name);
	for (unsigned round = 0; round < rounds; round++) {
		b.rng = UINT64_C(88172645463325252);
		for (unsigned s = 0; s < STREAMS; s++) {
			make_stream(&b, s);
			for (size_t p = 0; p < presets && p < 8; p++)
				measure(&b, tlb[p], rate[p][s], 3, &count[p][s]);
		}
		if (with_floor && !run_floor(program, millions, floor))
			fprintf(stderr, "the floor did not run\n");
	}
	if (with_floor)
		unlink(program);
	for (size_t p = 0; p < presets && p < 8; p++) {
		bool same = !strcmp(preset[p].name, "classic-64-1536");

		printf("%s%s\n", numasim_tlb_path(tlb[p]),
		       same ? " (the floor's geometry)" : "");
		printf("%-26s %7s %7s %7s  %5s  %7s  %6s %6s\n", "M accesses/s (best)", "loads",
		       "1/4 st.", same ? "floor" : "", same ? "ratio" : "", "M walks", "L1 %",
		       "L2 %");
		for (unsigned s = 0; s < STREAMS; s++) {
			const struct numasim_tlb_counters *c = &count[p][s];
			double all = (double)c->accesses;

			print_row(s, rate[p][s], same ? floor[s] : 0,
				  rate[p][s][0] * (double)c->walks[0] / all,
				  (double)c->hits[0][0] / all, (double)c->hits[1][0] / all);
		}
		numasim_tlb_destroy(tlb[p]);
	}
	return 0;
}
