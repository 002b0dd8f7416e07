/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the words need of a machine: the real kernel's side is guest/, the library's is model/.
 * Errors are negative errno, as the kernel's. What can only go wrong if the test itself is broken
 * ends the program with a message: side_fail().
 */
#ifndef CONFORMANCE_SIDE_H
#define CONFORMANCE_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct side_actor;

/* Say what broke and end the run, so that nobody takes its lines for an answer. */
void side_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Text for the judge. */
void side_print(const char *text, size_t length);

/* A fresh machine for each case, or one that has been put back into its first state. */
void side_begin_case(const char *name);
void side_end_case(void);

unsigned side_nr_nodes(void);
/* CPUs of a node, ascending, at most @max; how many there are. */
unsigned side_cpus(unsigned node, unsigned *cpus, unsigned max);

struct side_actor *side_process(unsigned cpu);
struct side_actor *side_fork(struct side_actor *parent);
struct side_actor *side_thread(struct side_actor *of, unsigned cpu);
/* No events: with a real actor goes its own program. */
void side_exit(struct side_actor *a);
void side_move(struct side_actor *a, unsigned cpu);
void side_run(struct side_actor *a, unsigned milliseconds);
/* Run until stop(payload) is true, for @milliseconds at most; whether it was. */
bool side_run_until(struct side_actor *a, bool (*stop)(void *payload), void *payload,
		    unsigned milliseconds);

/* A system call, by its number on x86-64. Memory that it reads or writes is side_buffer(). */
long side_call(struct side_actor *a, long number, const uint64_t argument[6]);
#define SIDE_BUFFER 65536
void *side_buffer(struct side_actor *a);

/* 0, or the number of the signal that came of it. */
int side_load(struct side_actor *a, uint64_t address, uint64_t *value);
int side_store(struct side_actor *a, uint64_t address, uint64_t value);
/* The same for each page from @address to before @end; @address moves on to what failed. */
int side_touch(struct side_actor *a, uint64_t *address, uint64_t end, bool write);

/* The entries from the top level, entry[nr - 1] the lowest; 0 below where the walk ends. Returns
 * nr, which is 4 or 5. */
#define SIDE_LEVELS 5
unsigned side_entries(struct side_actor *a, uint64_t address, uint64_t entry[SIDE_LEVELS]);
uint64_t side_pagemap(struct side_actor *a, uint64_t address);
uint64_t side_kpageflags(uint64_t frame);
uint64_t side_kpagecount(uint64_t frame);
/* A file of /proc or /sys as text, /proc/self being @a's; the caller frees it. */
char *side_read_file(struct side_actor *a, const char *path);
long side_write_file(struct side_actor *a, const char *path, const char *text);
/* A counter of /proc/vmstat, without what the actors themselves counted; false: not counted. */
bool side_counter(uint64_t *value, const char *name);
/* Counters stand still from one call to the next. */
void side_read_counters(void);
void side_swap_on(void);
void side_settle(struct side_actor *a);

/* An event: what happened, in a word, and where. */
struct side_event {
	char what[16];
	uint64_t address;
	uint64_t detail; /* a fault's error code; the end of a flush */
};
/* From here on events are recorded. */
void side_watch(void);
/* The next one since side_watch(), in order; false: no more. The first call ends the recording. */
bool side_next_event(struct side_event *event);

#endif
