/* SPDX-License-Identifier: BSD-2-Clause */
/* What bench-tlb runs on: six streams of addresses, mapped; and the program to compare with. */
#ifndef BENCH_TLB_STREAMS_H
#define BENCH_TLB_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAMS 6
#define BASE    UINT64_C(0x7f0000000000)
#define WINDOW  (UINT64_C(1) << 30)
#define CHUNK   4096 /* accesses per call: results stay in the cache, as a driver would have it */
#define FRAMES  (UINT64_C(1) << 20) /* number of the first data frame, beyond the tables */

struct bench {
	uint64_t *trace;
	size_t n;
	char *window;
	char *gib[1];
	uint64_t next_table, next_frame;
	uint64_t rng;
	uint8_t kind[CHUNK];
};

extern const char *const stream_name[STREAMS];

/* Reserve the trace and the memory. Ends the program if there is none. */
void prepare(struct bench *b, size_t millions);

/* Write stream @stream into the trace and map its pages. */
void make_stream(struct bench *b, unsigned stream);

/* Build the floor as @program, a temporary name; false if there is none to build. */
bool build_floor(char *program, size_t size);

/* Run it: raises rate[] to the accesses a second of each stream, if they are more. */
bool run_floor(const char *program, size_t millions, double rate[STREAMS]);

#endif
