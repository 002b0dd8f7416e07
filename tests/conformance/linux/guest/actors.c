/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and threads of the real kernel that do what the director says. */
#include "guest.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int board_fd = -1;
static struct side_actor *actors;

struct side_actor *actors_all(void)
{
	return actors;
}

void actors_open(void)
{
	board_fd = memfd_create("board", 0);
	if (board_fd < 0 || ftruncate(board_fd, BOARD_SIZE) ||
	    mmap((void *)BOARD_ADDRESS, BOARD_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_POPULATE, board_fd, 0) == MAP_FAILED)
		side_fail("no memory for the board");
}

static struct slot *free_slot(void)
{
	for (unsigned i = 0; i < BOARD_SLOTS; i++) {
		const struct side_actor *a = actors;

		while (a && a->slot != board_slot(i))
			a = a->next;
		if (!a)
			return board_slot(i);
	}
	side_fail("a case may have %d actors at a time", BOARD_SLOTS);
}

static struct side_actor *add(struct slot *slot, pid_t process, pid_t thread)
{
	struct side_actor *a = malloc(sizeof(*a));

	if (!a)
		side_fail("no memory for an actor");
	*a = (struct side_actor){
		.next = actors, .slot = slot, .process = process, .thread = thread};
	actors = a;
	actor_wait(slot);
	trace_pause();
	actor_ask(slot, REQUEST_WARM_UP);
	actors_own_end();
	a->mm = tables_mm(process);
	a->pgd = tables_pgd(a->mm);
	trace_add_actor(a);
	trace_go_on();
	return a;
}

/*
 * In the child of a vfork(), which has borrowed our memory: on its CPU before it has memory. The C
 * library may not ask for restartable sequences: the kernel would write to the program's memory
 * whenever it comes back to it on another CPU or after a fork.
 */
static void become_actor(unsigned cpu, const char *slot) __attribute__((noreturn));
static void become_actor(unsigned cpu, const char *slot)
{
	char *const environment[] = {"GLIBC_TUNABLES=glibc.pthread.rseq=0", NULL};
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (!sched_setaffinity(0, sizeof(set), &set) && dup2(board_fd, BOARD_FD) >= 0 &&
	    !syscall(SYS_set_mempolicy, 0, NULL, 0))
		execle("/proc/self/exe", "actor", slot, (char *)NULL, environment);
	_exit(127);
}

struct side_actor *side_process(unsigned cpu)
{
	struct slot *slot = free_slot();
	char number[16];
	pid_t pid;

	trace_pause();
	actors_own_begin();
	memset(slot, 0, offsetof(struct slot, buffer));
	slot->turn = TURN_ACTOR; /* until it is there */
	snprintf(number, sizeof(number), "%td", slot - board_slot(0));
	pid = vfork();
	if (!pid)
		become_actor(cpu, number);
	if (pid < 0)
		side_fail("no process for an actor: %s", strerror(errno));
	return add(slot, pid, pid);
}

static struct side_actor *spawned(struct side_actor *by, enum request request)
{
	struct slot *slot = free_slot();
	pid_t pid;

	actors_own_begin();
	memset(slot, 0, offsetof(struct slot, buffer));
	slot->turn = TURN_ACTOR;
	by->slot->argument[0] = (uint64_t)(slot - board_slot(0));
	actor_ask(by->slot, request);
	pid = (pid_t)by->slot->result;
	if (pid < 0)
		side_fail("clone(): %s", strerror(-pid));
	return add(slot, request == REQUEST_FORK ? pid : by->process, pid);
}

struct side_actor *side_fork(struct side_actor *parent)
{
	return spawned(parent, REQUEST_FORK);
}

struct side_actor *side_thread(struct side_actor *of, unsigned cpu)
{
	struct side_actor *a = spawned(of, REQUEST_THREAD);

	side_move(a, cpu);
	return a;
}

static bool others_in_process(const struct side_actor *a)
{
	for (const struct side_actor *b = actors; b; b = b->next)
		if (b != a && b->process == a->process)
			return true;
	return false;
}

/* Until the kernel is done with it: what it held is free then. */
static void wait_until_gone(const struct side_actor *a)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d", a->process, a->thread);
	if (others_in_process(a)) {
		while (a->thread != a->process && !access(path, F_OK))
			usleep(1000);
	} else if (waitpid(a->process, NULL, 0) != a->process) {
		side_fail("an actor cannot be waited for");
	}
}

void side_exit(struct side_actor *a)
{
	struct side_actor **at = &actors;

	trace_pause();
	actor_tell(a->slot, REQUEST_EXIT);
	wait_until_gone(a);
	trace_go_on();
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	free(a);
}
