/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls, as the current task makes them: arguments and results are those of Linux on x86-64
 * (numbers of flags included), errors are negative errno. Every one runs under both drivers.
 *
 * Which one is where:
 *   mmap.c munmap.c mremap.c brk.c mlock.c ...	mappings
 *   mprotect_call.c madvise.c			what a range is and holds
 *   mempolicy_call.c				where memory comes from
 */
#ifndef MM_SYSCALLS_H
#define MM_SYSCALLS_H

#include <stdint.h>

struct file;

/* @file NULL with MAP_ANONYMOUS. @offset in bytes. The address, or an error. */
long sys_mmap(uint64_t addr, uint64_t len, unsigned long prot, unsigned long flags,
	      struct file *file, uint64_t offset);
long sys_munmap(uint64_t addr, uint64_t len);
long sys_mprotect(uint64_t start, uint64_t len, unsigned long prot);
long sys_mremap(uint64_t addr, uint64_t old_len, uint64_t new_len, unsigned long flags,
		uint64_t new_addr);
long sys_brk(uint64_t brk);
long sys_madvise(uint64_t start, uint64_t len, int behavior);
long sys_mlock(uint64_t start, uint64_t len);
long sys_mlock2(uint64_t start, uint64_t len, int flags);
long sys_munlock(uint64_t start, uint64_t len);
long sys_mlockall(int flags);
long sys_munlockall(void);

/*
 * Node masks are arrays of unsigned long, @maxnode as the system call takes it (bits, plus one).
 * They stand in host memory: the caller has copied them from the user. NULL as for the user.
 */
long sys_mbind(uint64_t start, uint64_t len, int mode, const unsigned long *nmask,
	       unsigned long maxnode, unsigned flags);
long sys_set_mempolicy(int mode, const unsigned long *nmask, unsigned long maxnode);
long sys_get_mempolicy(int *policy, unsigned long *nmask, unsigned long maxnode, uint64_t addr,
		       unsigned long flags);
long sys_set_mempolicy_home_node(uint64_t start, uint64_t len, unsigned long home_node,
				 unsigned long flags);

#endif
