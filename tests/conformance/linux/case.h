/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vocabulary of conformance cases.
 *
 * A case is a C function that tells *actors* (processes and threads) what to do and prints what the
 * kernel made of it. It is compiled twice: into the first program of a real kernel, and against
 * libnumasim. Both must print the same lines.
 *
 *	static void read_then_write(void)
 *	{
 *		struct actor *a = process("a", cpu_of(0, 0));
 *		uint64_t p = map(a, 16 * PAGE, RW);
 *
 *		step("read");
 *		load(a, p);
 *		entries(a, p);
 *		step("written");
 *		store(a, p, 1);
 *		entries(a, p);
 *	}
 *
 *	const struct conformance_case zero_cases[] = {
 *		{"read-then-write", read_then_write, ON_PLAIN},
 *		{0},
 *	};
 *
 * Words do what the system call of that name does and return what it returns: an address or a
 * count, or a negative errno. A call that fails prints a line, whether the case wanted it or not;
 * one that succeeds prints nothing. Looks (entries, page, numa_maps ...) always print.
 *
 * What a line says is exact, but for names: page frames are f1, f2 ..., swap slots s1, s2 ... and
 * addresses that the kernel chose m1, m2 ..., in the order in which the case came across them. See
 * words/masks.c.
 *
 * Every case has fresh actors, and a kernel in which nothing is left in the per-CPU batches of the
 * LRU lists. Actors touch no memory of their own while the case looks, so counters are exact.
 */
#ifndef CONFORMANCE_CASE_H
#define CONFORMANCE_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#define PAGE UINT64_C(4096)
#define MB   (UINT64_C(1) << 20)
#define HUGE_PAGE (2 * MB)

#define R   PROT_READ
#define RW  (PROT_READ | PROT_WRITE)
#define RX  (PROT_READ | PROT_EXEC)
#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)

/* The machines that a case runs on: shapes/. */
enum shape {
	ON_2 = 1 << 0,	     /* two nodes of two CPUs */
	ON_4 = 1 << 1,	     /* four nodes of one CPU, four distances */
	ON_LA57 = 1 << 2,    /* as ON_2, with five levels of page tables */
	ON_CPULESS = 1 << 3, /* as ON_2, and a third node that has only memory */
	ON_PLAIN = ON_2 | ON_4,
};

struct conformance_case {
	const char *name;
	void (*run)(void);
	unsigned shapes; /* bits of enum shape */
};

/*
 * A heading for the lines that follow, unique in the case; deviations.txt names it. What happened
 * in a step (faults of instructions, flushes of TLBs, in order) is printed at its end.
 */
void step(const char *name);

/* ---- the machine ---- */

unsigned nr_nodes(void);
/* The CPU that is number @index (modulo how many there are) of a node that has CPUs. */
unsigned cpu_of(unsigned node, unsigned index);

/* ---- actors ---- */

struct actor;

/* A process with nothing mapped (that a case could see), which has run on @cpu only. */
struct actor *process(const char *name, unsigned cpu);
/* The child of a fork(2), on the same CPU; and one more thread, on a CPU of its own. */
struct actor *forked(struct actor *parent, const char *name);
struct actor *thread(struct actor *of, const char *name, unsigned cpu);
/* exit(2) of the thread; at the end of a case all that are left do. */
void leave(struct actor *a);
/* The thread goes on on another CPU. */
void move(struct actor *a, unsigned cpu);
/* Computes for some time without touching memory that a case can see. */
void run(struct actor *a, unsigned milliseconds);

/* ---- mappings ---- */

/* Room for a mapping at an address of its own: aligned to 2 MiB, with a gap after it. */
uint64_t place(uint64_t length);
/* Anonymous memory at a place of its own: private; shared; private with MADV_HUGEPAGE. */
uint64_t map(struct actor *a, uint64_t length, int prot);
uint64_t map_shared(struct actor *a, uint64_t length, int prot);
uint64_t map_huge(struct actor *a, uint64_t length, int prot);
/* A file at a place of its own; @flags MAP_SHARED or MAP_PRIVATE. */
uint64_t map_file(struct actor *a, int fd, uint64_t offset, uint64_t length, int prot, int flags);
/* mmap(2) with all its arguments. Without MAP_FIXED... the kernel chooses the address. */
long map_at(struct actor *a, uint64_t address, uint64_t length, int prot, int flags, int fd,
	    uint64_t offset);
long unmap(struct actor *a, uint64_t p, uint64_t length);
long protect(struct actor *a, uint64_t p, uint64_t length, int prot);
long advise(struct actor *a, uint64_t p, uint64_t length, int advice);
/* mremap(2); @to counts with MREMAP_FIXED and MREMAP_DONTUNMAP. */
long remap(struct actor *a, uint64_t p, uint64_t length, uint64_t new_length, int flags,
	   uint64_t to);
long lock(struct actor *a, uint64_t p, uint64_t length);
long lock_on_fault(struct actor *a, uint64_t p, uint64_t length);
long unlock(struct actor *a, uint64_t p, uint64_t length);
long lock_all(struct actor *a, int flags);
long unlock_all(struct actor *a);

/* ---- files ---- */

/* memfd_create(2), and a new file on a disk. @return a descriptor */
int memory_file(struct actor *a, const char *name);
int disk_file(struct actor *a, const char *name);
long resize(struct actor *a, int fd, uint64_t length);
/* Fill @pages pages: every word of page i is first + i. */
long fill(struct actor *a, int fd, uint64_t pages, uint64_t first);
long sync_file(struct actor *a, int fd);
long close_file(struct actor *a, int fd);

/* ---- NUMA policies; @nodes is a bit mask, bit 0 for node 0 ---- */

enum {
	DEFAULT_POLICY,
	PREFERRED,
	BIND,
	INTERLEAVE,
	LOCAL,
	PREFERRED_MANY,
	WEIGHTED_INTERLEAVE,
	NUMA_BALANCING = 1 << 13,
	RELATIVE_NODES = 1 << 14,
	STATIC_NODES = 1 << 15,
};
long bind(struct actor *a, uint64_t p, uint64_t length, int mode, unsigned long nodes,
	  unsigned flags);
long policy(struct actor *a, int mode, unsigned long nodes);
long home_node(struct actor *a, uint64_t p, uint64_t length, unsigned node);
/* Prints get_mempolicy(2): of the thread (@flags 0), or of the mapping or page at @p. */
void show_policy(struct actor *a, uint64_t p, unsigned flags);

/* ---- accesses; a signal prints a line ---- */

/* Loads print what they found. */
uint64_t load(struct actor *a, uint64_t p);
void store(struct actor *a, uint64_t p, uint64_t value);
/* One access to each page of a range, in order: a load; a store of 1. */
void read_pages(struct actor *a, uint64_t p, uint64_t length);
void write_pages(struct actor *a, uint64_t p, uint64_t length);
/* Loads the first word of each page and prints them in a line. */
void contents(struct actor *a, uint64_t p, uint64_t length);

/* ---- what the kernel does by itself ---- */

/* NUMA balancing's switch; a case begins with it off. */
void balancing(bool on);
/*
 * Let @a run with balancing on until the scanner has made the entry of @p a hint; then turn it off.
 * The scanner goes upwards: what lies below @p has been visited. Prints a line if it never comes.
 */
void scan(struct actor *a, uint64_t p);
/* A swap device of 16 MiB, until the end of the case. */
void swap_on(void);
/* What is in the per-CPU batches goes to the LRU lists. */
void settle(struct actor *a);
/* Write to a file of /proc or /sys, as root; /proc/self is @a. */
long set(struct actor *a, const char *path, const char *text);
/* Into /proc/self/clear_refs: 1 to 3, forget who was accessed; 4, soft-dirty marks. */
long clear_refs(struct actor *a, unsigned what);

/* ---- looks ---- */

/* The entries of all levels, raw but for the frame. */
void entries(struct actor *a, uint64_t p);
/* pagemap, kpageflags, kpagecount and move_pages(2) of a page. */
void page(struct actor *a, uint64_t p);
/* Both. */
void look(struct actor *a, uint64_t p);
/* How many pages of a range move_pages(2) finds where. */
void nodes(struct actor *a, uint64_t p, uint64_t length);
/* The line of the mapping that starts at @p, in /proc/self/numa_maps, maps, smaps. */
void numa_maps(struct actor *a, uint64_t p);
void maps(struct actor *a, uint64_t p);
void smaps(struct actor *a, uint64_t p);
/* From here on counters are compared; then what was counted since, or since the last look. */
void count(void);
void counters(void);

#endif
