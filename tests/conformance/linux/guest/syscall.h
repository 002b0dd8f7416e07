/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that touch no memory: the C library's write errno. */
#ifndef GUEST_SYSCALL_H
#define GUEST_SYSCALL_H

#include <stdint.h>
#include <sys/syscall.h>

/* The result, or a negative errno. */
static inline long raw_call(long number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
			    uint64_t a4, uint64_t a5)
{
	register uint64_t r10 asm("r10") = a3;
	register uint64_t r8 asm("r8") = a4;
	register uint64_t r9 asm("r9") = a5;
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(number), "D"(a0), "S"(a1), "d"(a2), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory");
	return result;
}

#endif
