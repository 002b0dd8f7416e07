/* SPDX-License-Identifier: BSD-2-Clause */
#include "exec/context.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0
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

/* Who resumed the coroutine that runs: set at each resume, used at the next yield. */
struct resumer {
	void *sp;
	struct coroutine *co;
#if HAVE_ASAN
	void *fake_stack;
	const void *stack;
	size_t size;
#endif
};
static __thread struct resumer resumer;

/* What a fresh coroutine runs stands in the topmost words of its stack. */
static void run(struct coroutine *co)
{
	void **slot = (void **)(co->stack + co->size) - 2;

	((context_fn)(uintptr_t)slot[0])(slot[1]);
	__builtin_trap(); /* a context ends by yielding for the last time */
}

#ifdef NUMASIM_CONTEXT_BOOST

/* Boost.Context's C-callable functions (boost/context/detail/fcontext.hpp). */
typedef void *fcontext;
struct transfer {
	fcontext from;
	void *data;
};
extern struct transfer jump_fcontext(fcontext to, void *data);
extern fcontext make_fcontext(void *top, size_t size, void (*fn)(struct transfer));

static __thread fcontext boost_engine;

static void boost_entry(struct transfer t)
{
	boost_engine = t.from;
	run(resumer.co);
}

static void switch_in(struct coroutine *co)
{
	struct transfer t = jump_fcontext(co->sp, NULL);

	co->sp = t.from;
}

static void switch_out(struct coroutine *co)
{
	struct transfer t = jump_fcontext(boost_engine, NULL);

	boost_engine = t.from;
}

static void prepare(struct coroutine *co, context_fn fn, void *payload)
{
	void **slot = (void **)(co->stack + co->size) - 2;

	slot[0] = (void *)(uintptr_t)fn;
	slot[1] = payload;
	co->sp = make_fcontext(slot, co->size - 2 * sizeof(*slot), boost_entry);
}

#else

/*
 * Save the callee-saved registers and the stack pointer at *from, take those at `to`, and go on
 * there. Ends in pop and jmp: a `ret` would miss the return predictor every time.
 */
void numasim_switch(void **from, void *to);
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
	".size numasim_switch,.-numasim_switch\n");

static void switch_in(struct coroutine *co)
{
	numasim_switch(&resumer.sp, co->sp);
}

static void switch_out(struct coroutine *co)
{
	numasim_switch(&co->sp, resumer.sp);
}

static void entry(void)
{
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(NULL, &resumer.stack, &resumer.size);
#endif
	run(resumer.co);
}

static void prepare(struct coroutine *co, context_fn fn, void *payload)
{
	void **slot = (void **)(co->stack + co->size) - 2;

	slot[0] = (void *)(uintptr_t)fn;
	slot[1] = payload;
	slot -= 3; /* entry() starts with the alignment of a called function */
	*--slot = (void *)(uintptr_t)entry;
	for (int i = 0; i < 6; i++)
		*--slot = NULL;
	co->sp = slot;
}

#endif

char *coroutine_stack_alloc(size_t size)
{
	char *start = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	mprotect(start, PAGE, PROT_NONE);
	return start + PAGE;
}

void coroutine_stack_free(char *stack, size_t size)
{
	if (stack)
		munmap(stack - PAGE, size + PAGE);
}

void coroutine_reset(struct coroutine *co, context_fn fn, void *payload)
{
#if HAVE_ASAN
	__asan_unpoison_memory_region(co->stack, co->size);
#endif
	if (!co->valgrind_id)
		co->valgrind_id = VALGRIND_STACK_REGISTER(co->stack, co->stack + co->size) + 1;
	co->fake_stack = NULL;
	prepare(co, fn, payload);
}

void coroutine_resume(struct coroutine *co)
{
	struct resumer saved = resumer; /* engines nest: a test may drive one from another */

	resumer.co = co;
#if HAVE_ASAN
	__sanitizer_start_switch_fiber(&resumer.fake_stack, co->stack, co->size);
#endif
	switch_in(co);
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(resumer.fake_stack, NULL, NULL);
#endif
	resumer = saved;
}

void coroutine_yield(struct coroutine *co)
{
#if HAVE_ASAN
	__sanitizer_start_switch_fiber(&co->fake_stack, resumer.stack, resumer.size);
#endif
	switch_out(co);
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(co->fake_stack, &resumer.stack, &resumer.size);
#endif
}

bool coroutine_can_copy(void)
{
	return !HAVE_ASAN && !RUNNING_ON_VALGRIND;
}
