/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The beginning of an actor's program: NUMA balancing is told to leave its own memory
 * alone, so that only the case's mappings take part.
 */
#include "board.h"
#include "guest.h"
#include "syscall.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MPOL_PREFERRED 1

/* The scanner passes over mappings with a policy that names nodes (vma_policy_mof()). */
static void hide_from_scanner(void)
{
	static struct {
		unsigned long start, end;
	} mapping[64];
	unsigned long node = 1;
	unsigned nr = 0;
	char text[512];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(text, sizeof(text), maps)) {
		if (nr == 64)
			side_fail("the program has too many mappings");
		if (sscanf(text, "%lx-%lx", &mapping[nr].start, &mapping[nr].end) == 2 &&
		    !strstr(text, "[v"))
			nr++;
	}
	if (!maps || !nr)
		side_fail("cannot read /proc/self/maps");
	fclose(maps);
	for (unsigned i = 0; i < nr; i++)
		if (raw_call(SYS_mbind, mapping[i].start, mapping[i].end - mapping[i].start,
			     MPOL_PREFERRED, (uintptr_t)&node, 64, 0))
			side_fail("mbind() of the program's own memory failed");
}

/* Code that the kernel lends to programs: not used, and the scanner would look at it. */
static void unmap_vdso(void)
{
	unsigned long start, end;
	char text[512];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(text, sizeof(text), maps))
		if (strstr(text, "[v") && !strstr(text, "[vsyscall]") &&
		    sscanf(text, "%lx-%lx", &start, &end) == 2)
			raw_call(SYS_munmap, start, end - start, 0, 0, 0, 0);
	if (maps)
		fclose(maps);
}

/* Nor does it write, or read, anything at the end of a thread. */
static void owe_nothing(void)
{
	raw_call(SYS_set_tid_address, 0, 0, 0, 0, 0, 0);
	raw_call(SYS_set_robust_list, 0, 3 * sizeof(long), 0, 0, 0, 0);
}

static void serve_on_own_stack(struct slot *slot) __attribute__((noreturn));
static void serve_on_own_stack(struct slot *slot)
{
	asm volatile("mov %[stack], %%rsp\n\t"
		     "xor %%ebp, %%ebp\n\t"
		     "call actor_serve"
		     :
		     : [stack] "r"(slot->stack + BOARD_STACK), "D"(slot)
		     : "memory");
	__builtin_unreachable();
}

int actor_main(unsigned index)
{
	void *board = mmap((void *)BOARD_ADDRESS, BOARD_SIZE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_POPULATE, BOARD_FD, 0);

	if (board == MAP_FAILED)
		side_fail("an actor cannot map the board");
	close(BOARD_FD);
	actor_catch_signals();
	hide_from_scanner();
	unmap_vdso();
	owe_nothing();
	serve_on_own_stack(board_slot(index));
}
