/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An actor: does what its slot says. Nothing here may write to memory other than the slot, so it
 * calls no function of the C library.
 */
#include "board.h"
#include "syscall.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <ucontext.h>

#define THREAD_FLAGS                                                                               \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)
#define FORK_FLAGS (SIGCHLD | CLONE_PARENT) /* all actors are the director's children */

/*
 * An access that may fail. If it does, the handler below goes on at the address in rdx, with the
 * signal in eax; code that sets rdx to the next instruction and eax to 0 knows both.
 */
#define ACCESS(signal, instruction, ...)                                                           \
	asm volatile("lea 1f(%%rip), %%rdx\n\t"                                                    \
		     "xor %%eax, %%eax\n\t" instruction "\n\t"                                     \
		     "1:"                                                                          \
		     : "=&a"(signal), __VA_ARGS__ : "rdx", "memory")

static void on_signal(int number, siginfo_t *info, void *payload)
{
	ucontext_t *context = payload;

	context->uc_mcontext.gregs[REG_RAX] = number;
	context->uc_mcontext.gregs[REG_RIP] = context->uc_mcontext.gregs[REG_RDX];
}

void actor_catch_signals(void)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	if (sigaction(SIGSEGV, &action, NULL) || sigaction(SIGBUS, &action, NULL))
		side_fail("sigaction() failed");
}

static int load_word(uint64_t address, uint64_t *value)
{
	uint64_t found = 0;
	int number;

	ACCESS(number, "mov (%[address]), %[found]", [found] "+&r"(found)
	       : [address] "r"(address));
	*value = found;
	return number;
}

static int store_word(uint64_t address, uint64_t value)
{
	int number;

	ACCESS(number, "mov %[value], (%[address])", [address] "+&r"(address)
	       : [value] "r"(value));
	return number;
}

static void touch(struct slot *slot)
{
	uint64_t at = slot->argument[0], end = slot->argument[1], unused;

	slot->signal = 0;
	while (at < end && !slot->signal) {
		slot->signal = slot->argument[2] ? store_word(at, 1) : load_word(at, &unused);
		if (!slot->signal)
			at = (at | 4095) + 1;
	}
	slot->result = at;
}

/*
 * A process or thread of its own that serves @child. It comes back from the system call on the
 * stack of its slot, on which there is nothing but what it takes from there: whom to serve.
 */
static long spawn(uint64_t flags, struct slot *child)
{
	uint64_t *stack = (uint64_t *)(child->stack + BOARD_STACK) - 3;
	long result;

	stack[0] = (uintptr_t)child;
	asm volatile("xor %%r8d, %%r8d\n\t"
		     "xor %%r10d, %%r10d\n\t"
		     "syscall\n\t"
		     "test %%rax, %%rax\n\t"
		     "jnz 1f\n\t"
		     "pop %%rdi\n\t"
		     "xor %%ebp, %%ebp\n\t"
		     "call actor_serve\n\t"
		     "1:"
		     : "=a"(result)
		     : "a"(SYS_clone), "D"(flags), "S"(stack), "d"(0)
		     : "rcx", "r8", "r10", "r11", "memory");
	return result;
}

static void move(unsigned cpu, struct slot *slot)
{
	uint64_t *mask = (uint64_t *)slot->buffer;

	*mask = UINT64_C(1) << cpu;
	slot->result = (uint64_t)raw_call(SYS_sched_setaffinity, 0, sizeof(*mask), (uintptr_t)mask,
					  0, 0, 0);
}

static void spin(const struct slot *slot)
{
	while (!__atomic_load_n(&slot->stop, __ATOMIC_ACQUIRE))
		asm volatile("pause");
}

extern const char __executable_start[], etext[];

/* All that the actor will ever touch: its slot, and the program's code. */
static void warm_up(struct slot *slot)
{
	for (char *at = (char *)slot; at < (char *)(slot + 1); at += 4096)
		__atomic_fetch_or(at, 0, __ATOMIC_RELAXED);
	for (const char *at = __executable_start; at < etext; at += 4096)
		*(const volatile char *)at;
}

static void act(struct slot *slot)
{
	const uint64_t *arg = slot->argument;

	switch (slot->request) {
	case REQUEST_CALL:
		slot->result = (uint64_t)raw_call((long)arg[0], arg[1], arg[2], arg[3], arg[4],
						  arg[5], arg[6]);
		break;
	case REQUEST_LOAD:
		slot->signal = load_word(arg[0], &slot->result);
		break;
	case REQUEST_STORE:
		slot->signal = store_word(arg[0], arg[1]);
		break;
	case REQUEST_TOUCH:
		touch(slot);
		break;
	case REQUEST_WARM_UP:
		warm_up(slot);
		break;
	case REQUEST_SPIN:
		spin(slot);
		break;
	case REQUEST_FORK:
		slot->result = (uint64_t)spawn(FORK_FLAGS, board_slot((unsigned)arg[0]));
		break;
	case REQUEST_THREAD:
		slot->result = (uint64_t)spawn(THREAD_FLAGS, board_slot((unsigned)arg[0]));
		break;
	case REQUEST_MOVE:
		move((unsigned)arg[0], slot);
		break;
	case REQUEST_EXIT:
		for (;;)
			raw_call(SYS_exit, 0, 0, 0, 0, 0, 0);
	default:
		break;
	}
}

static void give_turn(uint32_t *turn)
{
	__atomic_store_n(turn, TURN_DIRECTOR, __ATOMIC_RELEASE);
	raw_call(SYS_futex, (uintptr_t)turn, FUTEX_WAKE, 1, 0, 0, 0);
}

void actor_serve(struct slot *slot)
{
	for (;;) {
		give_turn(&slot->turn);
		while (__atomic_load_n(&slot->turn, __ATOMIC_ACQUIRE) != TURN_ACTOR)
			raw_call(SYS_futex, (uintptr_t)&slot->turn, FUTEX_WAIT, TURN_DIRECTOR, 0,
				 0, 0);
		act(slot);
	}
}
