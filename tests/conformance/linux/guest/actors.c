/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and threads of the real kernel that do what the director says. */
#include "guest.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60 /* seconds that an actor may take for an answer */

static int board_fd = -1;
static struct side_actor *actors;

/* Counters that an actor's own faults move. */
static const char *const own_name[] = {"pgfault", "pgreuse"};
#define NR_OWN (sizeof(own_name) / sizeof(own_name[0]))
static uint64_t own[NR_OWN], own_before[NR_OWN];

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

static void wait_for_answer(struct slot *slot)
{
	const struct timespec patience = {.tv_sec = PATIENCE};

	while (__atomic_load_n(&slot->turn, __ATOMIC_ACQUIRE) != TURN_DIRECTOR)
		if (syscall(SYS_futex, &slot->turn, FUTEX_WAIT, TURN_ACTOR, &patience, NULL, 0) &&
		    errno == ETIMEDOUT)
			side_fail("the actor in slot %td does not answer request %u",
				  slot - board_slot(0), slot->request);
}

static void ask_and_go_on(struct slot *slot, enum request request)
{
	slot->request = request;
	__atomic_store_n(&slot->turn, TURN_ACTOR, __ATOMIC_RELEASE);
	syscall(SYS_futex, &slot->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void ask(struct slot *slot, enum request request)
{
	ask_and_go_on(slot, request);
	wait_for_answer(slot);
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

/*
 * What the kernel counts while an actor comes into being, or writes to its slot again after
 * somebody took its rights, is not the case's. Nothing else runs meanwhile.
 */
static void own_begin(void)
{
	for (unsigned i = 0; i < NR_OWN; i++)
		own_before[i] = counter_now(own_name[i]);
}

static void own_end(void)
{
	for (unsigned i = 0; i < NR_OWN; i++)
		own[i] += counter_now(own_name[i]) - own_before[i];
}

uint64_t actors_own(const char *counter)
{
	for (unsigned i = 0; i < NR_OWN; i++)
		if (!strcmp(counter, own_name[i]))
			return own[i];
	return 0;
}

void actors_warm_up(struct side_actor *a)
{
	own_begin();
	ask(a->slot, REQUEST_WARM_UP);
	own_end();
}

static struct side_actor *add(struct slot *slot, pid_t process, pid_t thread)
{
	struct side_actor *a = malloc(sizeof(*a));

	if (!a)
		side_fail("no memory for an actor");
	*a = (struct side_actor){
		.next = actors, .slot = slot, .process = process, .thread = thread};
	actors = a;
	wait_for_answer(slot);
	ask(slot, REQUEST_WARM_UP);
	own_end();
	a->mm = tables_mm(process);
	a->pgd = tables_pgd(a->mm);
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

	own_begin();
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

	own_begin();
	memset(slot, 0, offsetof(struct slot, buffer));
	slot->turn = TURN_ACTOR;
	by->slot->argument[0] = (uint64_t)(slot - board_slot(0));
	ask(by->slot, request);
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

	ask_and_go_on(a->slot, REQUEST_EXIT);
	wait_until_gone(a);
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	free(a);
}

void side_move(struct side_actor *a, unsigned cpu)
{
	a->slot->argument[0] = cpu;
	ask(a->slot, REQUEST_MOVE);
	if (a->slot->result)
		side_fail("an actor cannot go to CPU %u", cpu);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool side_run_until(struct side_actor *a, bool (*stop)(void *payload), void *payload,
		    unsigned milliseconds)
{
	uint64_t end = now_ms() + milliseconds;
	bool stopped = false;

	a->slot->stop = 0;
	ask_and_go_on(a->slot, REQUEST_SPIN);
	while (!stopped && now_ms() < end) {
		usleep(1000);
		stopped = stop && stop(payload);
	}
	__atomic_store_n(&a->slot->stop, 1, __ATOMIC_RELEASE);
	wait_for_answer(a->slot);
	return stopped;
}

void side_run(struct side_actor *a, unsigned milliseconds)
{
	side_run_until(a, NULL, NULL, milliseconds);
}

void *side_buffer(struct side_actor *a)
{
	return a->slot->buffer;
}

long side_call(struct side_actor *a, long number, const uint64_t argument[6])
{
	a->slot->argument[0] = (uint64_t)number;
	memcpy(a->slot->argument + 1, argument, 6 * sizeof(*argument));
	ask(a->slot, REQUEST_CALL);
	return (long)a->slot->result;
}

int side_load(struct side_actor *a, uint64_t address, uint64_t *value)
{
	a->slot->argument[0] = address;
	ask(a->slot, REQUEST_LOAD);
	*value = a->slot->result;
	return a->slot->signal;
}

int side_store(struct side_actor *a, uint64_t address, uint64_t value)
{
	a->slot->argument[0] = address;
	a->slot->argument[1] = value;
	ask(a->slot, REQUEST_STORE);
	return a->slot->signal;
}

int side_touch(struct side_actor *a, uint64_t *address, uint64_t end, bool write)
{
	a->slot->argument[0] = *address;
	a->slot->argument[1] = end;
	a->slot->argument[2] = write;
	ask(a->slot, REQUEST_TOUCH);
	*address = a->slot->result;
	return a->slot->signal;
}
