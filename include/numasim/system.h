/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file system.h
 * A computer with a kernel and processes on it, run straight through.
 *
 * Where program.h and scenario.h run code in every order, a *system* runs one: each call below is a
 * thread of a process doing something on its CPU, to the end, by the steps of the kernel release
 * that the system was made with. Then one looks: at page-table entries, at counters, at /proc.
 *
 * @code
 * struct numasim_system *system;
 * struct numasim_process *process;
 * struct numasim_error err = {0};
 *
 * if (numasim_system_create(&system, &(struct numasim_system_options){
 *             .release = "debian-6.12.117"}, &err) ||
 *     numasim_process_create(&process, system, "P", 0, &err))
 *         return fprintf(stderr, "%s\n", err.text), 2;
 * @endcode
 *
 * Numbers of system calls (PROT_READ, MAP_PRIVATE, MADV_DONTNEED, MPOL_BIND, errno) are those of
 * Linux on x86-64. A system is not safe to use from two threads; two systems share nothing.
 */
#ifndef NUMASIM_SYSTEM_H
#define NUMASIM_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>
#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

struct numasim_topology;

/** A computer, its kernel and its processes. */
struct numasim_system;

/** A process: one thread group with an address space. Belongs to its system. */
struct numasim_process;

/** Who gets transparent huge pages, as /sys/kernel/mm/transparent_hugepage/enabled. */
enum numasim_thp {
	NUMASIM_THP_ALWAYS,
	NUMASIM_THP_MADVISE,
	NUMASIM_THP_NEVER,
};

/** What a system is made of. Zero everywhere is the default. */
struct numasim_system_options {
	/** The computer; only read while the system is created. NULL: two nodes of 1 GiB and two
	 *  CPUs each, distances 10 and 20. At most 64 CPUs. */
	const struct numasim_topology *topology;
	/** The kernel, as `numasim releases` names it, with +ROW and ~ROW allowed. NULL:
	 *  debian-6.12.117. */
	const char *release;
	/** Huge pages. */
	enum numasim_thp thp;
	/** The oracles of scenarios look on (lost-write, use-after-free, stale-tlb; refcount and
	 *  oops do in any case): every load, store, flush and page is checked, which takes longer,
	 *  and every word that is stored to is remembered. What they find, the first of it, is
	 *  what numasim_system_audit() says from then on; the system goes on. */
	bool watch;
};

/**
 * Boot a computer.
 *
 * @param[out] system  owned by the caller; numasim_system_free()
 * @param      options NULL for the defaults
 * @param[out] err     may be NULL
 * @return 0, -EINVAL (more than 64 CPUs), -ENOENT (no such release), -ENOTSUP (a release after
 *	   v6.12, or a row whose steps are not built), -ENOMEM
 */
NUMASIM_API int numasim_system_create(struct numasim_system **system,
				      const struct numasim_system_options *options,
				      struct numasim_error *err);

/** Switch it off: its processes and everything else of it goes. NULL is allowed. */
NUMASIM_API void numasim_system_free(struct numasim_system *system);

/**
 * A process with an empty address space, running on a CPU.
 *
 * @param[out] process belongs to @p system
 * @param      system  where
 * @param      name    1 to 31 bytes
 * @param      cpu     id of the CPU, as the topology numbers them
 * @param[out] err     may be NULL
 * @return 0, -EINVAL (name), -ENOENT (no such CPU), -ENOMEM; a failure changes nothing
 */
NUMASIM_API int numasim_process_create(struct numasim_process **process,
				       struct numasim_system *system, const char *name,
				       unsigned cpu, struct numasim_error *err);

/** Its process id. */
NUMASIM_API int numasim_process_id(const struct numasim_process *process);

/**
 * fork(2): a child with a copy of the process's address space, on the same CPU. What is private is
 * shared until it is written; mappings with MADV_DONTFORK are left out, those with MADV_WIPEONFORK
 * are empty; the descriptors that are open are copied, and memory policies too.
 *
 * @param[out] child  belongs to the system
 * @param      parent who forks; if a thread, the child has only a copy of that thread
 * @param      name   of the child, 1 to 31 bytes; NULL: the parent's
 * @param[out] err    may be NULL
 * @return 0; -EINVAL (name); -ENOMEM; -EFAULT: the kernel oopsed
 *
 * Behaviour follows kernel/fork.c, copy_mm() and dup_mmap(), of the system's release.
 */
NUMASIM_API int numasim_fork(struct numasim_process **child, struct numasim_process *parent,
			     const char *name, struct numasim_error *err);

/**
 * clone(2) with CLONE_VM | CLONE_THREAD: one more thread of a process, with a handle of its own.
 * Calls on the handle run on the thread's CPU, in the address space that all threads share.
 *
 * @param[out] thread  belongs to the system
 * @param      process any thread of the process
 * @param      cpu     id of the CPU where it runs
 * @param[out] err     may be NULL
 * @return 0; -ENOENT (no such CPU); -ENOMEM; -EFAULT: the kernel oopsed
 */
NUMASIM_API int numasim_thread(struct numasim_process **thread, struct numasim_process *process,
			       unsigned cpu, struct numasim_error *err);

/**
 * execve(2) of a program of no bytes: a new, empty address space; the old one goes, unless others
 * use it.
 *
 * @param     process its only thread
 * @param     name    1 to 31 bytes; NULL: as before
 * @param[out] err    may be NULL
 * @return 0; -EINVAL (name); -EAGAIN: it has other threads, let them exit first; -ENOMEM; -EFAULT:
 *	   the kernel oopsed
 */
NUMASIM_API int numasim_exec(struct numasim_process *process, const char *name,
			     struct numasim_error *err);

/**
 * exit(2) of a thread; with the last of its process the address space goes. Its CPU is idle then,
 * and keeps the tables loaded as the release's kernel does.
 *
 * @param process gone when this returns, whatever it returns
 * @return 0; -EFAULT: the kernel oopsed
 */
NUMASIM_API int numasim_exit(struct numasim_process *process);

/**
 * The thread goes on on another CPU. The one that it leaves is idle if it ran there.
 *
 * @return 0; -ENOENT (no such CPU); -EFAULT: the kernel oopsed
 */
NUMASIM_API int numasim_move(struct numasim_process *process, unsigned cpu);

/**
 * The thread waits for something: its CPU is idle if it ran there, until somebody's next call. The
 * tables that it had loaded stay, or not, by the release.
 *
 * @return 0; -EFAULT: the kernel oopsed
 */
NUMASIM_API int numasim_sleep(struct numasim_process *process);

/**
 * Store, or load, 8 bytes at @p address (a multiple of 8), as one instruction of the process's
 * thread: through its CPU's TLB and the page tables, with the faults that come of it.
 *
 * @return 0; -EINVAL: @p address; -EFAULT: SIGSEGV or no memory, nothing happened
 */
NUMASIM_API int numasim_process_store(struct numasim_process *process, uint64_t address,
				      uint64_t value);
/** See numasim_process_store(). */
NUMASIM_API int numasim_process_load(uint64_t *value, struct numasim_process *process,
				     uint64_t address);

/**
 * What the last load or store of the thread that failed (-EFAULT) would have brought it: SIGSEGV;
 * SIGBUS, as beyond the end of a file; SIGKILL, for want of memory. 0 if none has failed.
 */
NUMASIM_API int numasim_process_signal(const struct numasim_process *process);

/** The entries that translate an address, from the top; 0 where the walk ended before. */
struct numasim_entries {
	uint64_t pgd, pud, pmd, pte;
};

/** Read the page tables as they are. Changes nothing. */
NUMASIM_API void numasim_process_entries(struct numasim_entries *entries,
					 const struct numasim_process *process,
					 uint64_t address);

#ifdef __cplusplus
}
#endif

#endif
