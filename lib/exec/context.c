/* SPDX-License-Identifier: BSD-2-Clause */
#include "exec/context.h"

#include <stdint.h>
#include <sys/mman.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0
#define VALGRIND_STACK_DEREGISTER(id)	    ((void)(id))
#define RUNNING_ON_VALGRIND		    0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifndef HAVE_ASAN
#define HAVE_ASAN 0
#endif

#if HAVE_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#define PAGE 4096

/* AddressSanitizer must know on which stack the code runs from here on. */
static void arrived_in(struct coroutine *co)
{
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(co->fake_stack, &co->resumer_stack, &co->resumer_size);
#endif
}

/* What a fresh coroutine runs. */
void numasim_coroutine_main(struct coroutine *co) __attribute__((noreturn, used));
void numasim_coroutine_main(struct coroutine *co)
{
	arrived_in(co);
	co->fn(co->payload);
	__builtin_trap(); /* a context ends by yielding for the last time */
}

#ifdef NUMASIM_CONTEXT_BOOST

/* Boost.Context's C-callable functions (boost/context/detail/fcontext.hpp). */
struct transfer {
	void *from;
	void *data;
};
extern struct transfer jump_fcontext(void *to, void *data);
extern void *make_fcontext(void *top, size_t size, void (*fn)(struct transfer));

static void boost_entry(struct transfer t)
{
	struct coroutine *co = t.data;

	co->resumer = t.from;
	numasim_coroutine_main(co);
}

static void switch_in(struct coroutine *co)
{
	co->sp = jump_fcontext(co->sp, co).from;
}

static void switch_out(struct coroutine *co)
{
	co->resumer = jump_fcontext(co->resumer, NULL).from;
}

static void prepare(struct coroutine *co)
{
	co->sp = make_fcontext(co->stack + co->size, co->size, boost_entry);
}

#else

/*
 * Save the callee-saved registers and the stack pointer at *from, take those at `to`, and go on
 * there. Ends in pop and jmp: a `ret` would miss the return predictor every time.
 *
 * A fresh coroutine starts at numasim_coroutine_start, with itself in rbx, from this frame:
 *
 *   sp                                                                        top, 16-aligned
 *   +-----+-----+-----+-----+----------+-----+---------------------------+----+
 *   | r15 | r14 | r13 | r12 | rbx = co | rbp | numasim_coroutine_start   | 0  |
 *   +-----+-----+-----+-----+----------+-----+---------------------------+----+
 */
#define FRESH_WORDS 8
#define FRESH_RBX   4
#define FRESH_START 6

void numasim_switch(void **from, void *to);
void numasim_coroutine_start(void);
__asm__(".text\n"
	".globl numasim_switch\n"
	".hidden numasim_switch\n"
	".type numasim_switch,@function\n"
	"numasim_switch:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	popq %rcx\n"
	"	jmpq *%rcx\n"
	".size numasim_switch,.-numasim_switch\n"
	".globl numasim_coroutine_start\n"
	".hidden numasim_coroutine_start\n"
	".type numasim_coroutine_start,@function\n"
	"numasim_coroutine_start:\n"
	"	.cfi_startproc\n"
	"	.cfi_undefined rip\n" /* debuggers stop here */
	"	subq $8, %rsp\n"
	"	movq %rbx, %rdi\n"
	"	call numasim_coroutine_main\n"
	"	ud2\n"
	"	.cfi_endproc\n"
	".size numasim_coroutine_start,.-numasim_coroutine_start\n");

static void switch_in(struct coroutine *co)
{
	numasim_switch(&co->resumer, co->sp);
}

static void switch_out(struct coroutine *co)
{
	numasim_switch(&co->sp, co->resumer);
}

static void prepare(struct coroutine *co)
{
	void **frame = (void **)(co->stack + co->size) - FRESH_WORDS;

	for (int i = 0; i < FRESH_WORDS; i++)
		frame[i] = NULL;
	frame[FRESH_RBX] = co;
	frame[FRESH_START] = (void *)(uintptr_t)numasim_coroutine_start;
	co->sp = frame;
}

#endif

/* The lowest word of a stack is never used: it remembers what valgrind calls the stack. */
char *coroutine_stack_alloc(size_t size)
{
	char *start = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	mprotect(start, PAGE, PROT_NONE);
	start += PAGE;
	if (RUNNING_ON_VALGRIND)
		*(unsigned *)start = VALGRIND_STACK_REGISTER(start, start + size);
	return start;
}

void coroutine_stack_free(char *stack, size_t size)
{
	if (!stack)
		return;
	if (RUNNING_ON_VALGRIND)
		VALGRIND_STACK_DEREGISTER(*(unsigned *)stack);
#if HAVE_ASAN
	__asan_unpoison_memory_region(stack, size); /* whoever gets the addresses next */
#endif
	munmap(stack - PAGE, size + PAGE);
}

void coroutine_reset(struct coroutine *co, context_fn fn, void *payload)
{
#if HAVE_ASAN
	__asan_unpoison_memory_region(co->stack, co->size);
#endif
	co->fn = fn;
	co->payload = payload;
	co->fake_stack = NULL;
	prepare(co);
}

void coroutine_resume(struct coroutine *co)
{
#if HAVE_ASAN
	void *fake_stack;

	__sanitizer_start_switch_fiber(&fake_stack, co->stack, co->size);
#endif
	switch_in(co);
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(fake_stack, NULL, NULL);
#endif
}

void coroutine_yield(struct coroutine *co)
{
#if HAVE_ASAN
	__sanitizer_start_switch_fiber(&co->fake_stack, co->resumer_stack, co->resumer_size);
#endif
	switch_out(co);
	arrived_in(co);
}

bool coroutine_can_copy(void)
{
	return !HAVE_ASAN && !RUNNING_ON_VALGRIND;
}
