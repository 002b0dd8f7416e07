/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench_tlb_streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <numasim/tlb.h>

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

const char *const stream_name[STREAMS] = {
	"seq64B-64MiB(hit)", "hot-128KiB-rand(hit)", "rand-4MiB(STLB)",
	"rand-64MiB(miss)",  "rand-1GiB(miss)",      "mix 50/50 seq/rand 64MiB",
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

void make_stream(struct bench *b, unsigned stream)
{
	for (size_t i = 0; i < b->n; i++)
		b->trace[i] = BASE + (stream_offset(b, stream, i) & ~UINT64_C(7));
	for (size_t i = 0; i < b->n; i++)
		map_page(b, b->trace[i]);
}

void prepare(struct bench *b, size_t millions)
{
	*b = (struct bench){.n = millions << 20, .next_table = 4096, .next_frame = FRAMES};
	b->rng = UINT64_C(88172645463325252);
	b->trace = reserve(b->n * 8);
	b->window = reserve(WINDOW);
	b->gib[0] = b->window;
	for (size_t i = 0; i < CHUNK; i++)
		b->kind[i] = (i * 7 & 3) == 3 ? NUMASIM_TLB_WRITE : NUMASIM_TLB_READ;
}

/* Accesses a second of each stream by the floor program; the best of this and earlier runs. */
bool run_floor(const char *program, size_t millions, double rate[STREAMS])
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
bool build_floor(char *program, size_t size)
{
	const char *shared = getenv("NUMASIM_SHARED");
	char command[1024];
	int fd;

	program[0] = 0;
	if (!shared)
		return false;
	snprintf(program, size, "/tmp/tlb-floor-XXXXXX");
	fd = mkstemp(program);
	if (fd < 0) {
		program[0] = 0;
		return false;
	}
	close(fd);
	snprintf(command, sizeof(command), "gcc -O3 -march=x86-64-v3 -o %s '%s/bench/tlb_floor.c'",
		 program, shared);
	return system(command) == 0;
}
