/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file system_calls.h
 * The system calls of a process (system.h), and files for it to map.
 *
 * Each function is the system call of its name as Linux on x86-64 has it: the numbers of its flags,
 * the order in which it looks at its arguments, its errors. Which calls and flags exist depends on
 * the release that the system was made with; a call that the release lacks returns -ENOSYS. The
 * result is what the kernel returns: an address or count, or a negative errno. If the kernel oopsed
 * (now or before) every call returns -EFAULT.
 *
 * @code
 * long p = numasim_sys_mmap(process, 0, 1 << 20, PROT_READ | PROT_WRITE,
 *                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
 *
 * numasim_touch(process, p, 1 << 20, true);
 * numasim_sys_madvise(process, p, 4096, MADV_DONTNEED);
 * @endcode
 *
 * Memory that a call reads or writes beside the mappings themselves (node masks, status arrays, the
 * bytes of pread()) is the caller's own, not simulated memory.
 */
#ifndef NUMASIM_SYSTEM_CALLS_H
#define NUMASIM_SYSTEM_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <numasim/export.h>
#include <numasim/system.h>

#ifdef __cplusplus
extern "C" {
#endif

/** mmap(2). @p fd is ignored with MAP_ANONYMOUS, else of this process. @return the address */
NUMASIM_API long numasim_sys_mmap(struct numasim_process *process, uint64_t addr, uint64_t length,
				  int prot, int flags, int fd, uint64_t offset);
/** munmap(2). */
NUMASIM_API long numasim_sys_munmap(struct numasim_process *process, uint64_t addr,
				    uint64_t length);
/** mprotect(2). */
NUMASIM_API long numasim_sys_mprotect(struct numasim_process *process, uint64_t addr,
				      uint64_t length, int prot);
/** mremap(2); @p new_addr counts with MREMAP_FIXED and MREMAP_DONTUNMAP. @return the address */
NUMASIM_API long numasim_sys_mremap(struct numasim_process *process, uint64_t addr,
				    uint64_t old_length, uint64_t new_length, int flags,
				    uint64_t new_addr);
/** brk(2), as the kernel has it: returns where the break is now. */
NUMASIM_API long numasim_sys_brk(struct numasim_process *process, uint64_t addr);
/** madvise(2). */
NUMASIM_API long numasim_sys_madvise(struct numasim_process *process, uint64_t addr,
				     uint64_t length, int advice);
/** mlock(2). */
NUMASIM_API long numasim_sys_mlock(struct numasim_process *process, uint64_t addr,
				   uint64_t length);
/** mlock2(2), v4.4+. */
NUMASIM_API long numasim_sys_mlock2(struct numasim_process *process, uint64_t addr,
				    uint64_t length, int flags);
/** munlock(2). */
NUMASIM_API long numasim_sys_munlock(struct numasim_process *process, uint64_t addr,
				     uint64_t length);
/** mlockall(2). */
NUMASIM_API long numasim_sys_mlockall(struct numasim_process *process, int flags);
/** munlockall(2). */
NUMASIM_API long numasim_sys_munlockall(struct numasim_process *process);

/**
 * mbind(2). @p maxnode counts as in the system call: one more than the bits of @p mask. Pages are
 * not moved: with MPOL_MF_MOVE or MPOL_MF_MOVE_ALL the call is -EOPNOTSUPP, which is no answer of
 * Linux, and changes nothing, unless every page is where the policy wants it already.
 */
NUMASIM_API long numasim_sys_mbind(struct numasim_process *process, uint64_t addr,
				   uint64_t length, int mode, const unsigned long *mask,
				   unsigned long maxnode, unsigned flags);
/** set_mempolicy(2). */
NUMASIM_API long numasim_sys_set_mempolicy(struct numasim_process *process, int mode,
					   const unsigned long *mask, unsigned long maxnode);
/** set_mempolicy_home_node(2), v5.17+. */
NUMASIM_API long numasim_sys_set_mempolicy_home_node(struct numasim_process *process,
						     uint64_t addr, uint64_t length,
						     unsigned long node, unsigned long flags);

/**
 * get_mempolicy(2). @p mode and @p mask may be NULL. @p maxnode counts as in the system call; the
 * kernel writes whole words, as many as its own highest node wants, and clears the rest.
 */
NUMASIM_API long numasim_sys_get_mempolicy(struct numasim_process *process, int *mode,
					   unsigned long *mask, unsigned long maxnode,
					   uint64_t addr, unsigned long flags);

/**
 * move_pages(2) of the process itself, as a question: on which node is each page? @p status gets a
 * node, or -ENOENT (nothing is there, or no page that the kernel would count), or -EFAULT (never
 * touched, a page of zeroes, nothing mapped).
 *
 * Behaviour of v6.1 and v6.12 mm/migrate.c, do_pages_stat().
 */
NUMASIM_API long numasim_sys_move_pages(struct numasim_process *process, size_t count,
					const uint64_t *pages, int *status);

/** memfd_create(2): MFD_CLOEXEC and MFD_HUGETLB (2 MiB) are known. @return the descriptor */
NUMASIM_API long numasim_sys_memfd_create(struct numasim_process *process, const char *name,
					  unsigned flags);
/**
 * open(2) of a file on the system's one disk: O_RDONLY, O_WRONLY or O_RDWR, with O_CREAT (which
 * makes an empty file of any name) and O_CLOEXEC. @return the descriptor
 */
NUMASIM_API long numasim_sys_open(struct numasim_process *process, const char *path, int flags);
/** close(2). What is mapped stays. */
NUMASIM_API long numasim_sys_close(struct numasim_process *process, int fd);
/** ftruncate(2). */
NUMASIM_API long numasim_sys_ftruncate(struct numasim_process *process, int fd, int64_t length);
/** fsync(2). */
NUMASIM_API long numasim_sys_fsync(struct numasim_process *process, int fd);
/**
 * pread(2), pwrite(2) through the page cache; @p offset and @p length are multiples of 8 here, else
 * -EINVAL. Writing beyond the end of a file makes it larger.
 */
NUMASIM_API long numasim_sys_pread(struct numasim_process *process, int fd, void *bytes,
				   size_t length, uint64_t offset);
/** See numasim_sys_pread(). */
NUMASIM_API long numasim_sys_pwrite(struct numasim_process *process, int fd, const void *bytes,
				    size_t length, uint64_t offset);

/**
 * pread(2), pwrite(2) of 8 bytes of /proc/PID/mem, where PID is @p of, any process of the system:
 * past the rights of the mapping, as far as it could be given them (FOLL_FORCE). @p addr is a
 * multiple of 8. A write to a private mapping without PROT_WRITE breaks the share as a debugger's
 * breakpoint does.
 *
 * Behaviour follows v3.8 to v6.12, fs/proc/base.c and mm/memory.c, __access_remote_vm().
 *
 * @return 0; -EIO: nothing is mapped there, a driver's memory, a mapping that is shared and may
 *         not be written, out of memory; -EINVAL: @p addr; -EOPNOTSUPP, no answer of Linux: a
 *         hugetlb page
 */
NUMASIM_API long numasim_mem_read(struct numasim_process *process, uint64_t *value,
				  struct numasim_process *of, uint64_t addr);
/** See numasim_mem_read(). */
NUMASIM_API long numasim_mem_write(struct numasim_process *process, struct numasim_process *of,
				   uint64_t addr, uint64_t value);

/** How numasim_gup() takes a page: the kernel's FOLL_WRITE, FOLL_FORCE, FOLL_PIN. */
enum numasim_gup_flags {
	NUMASIM_GUP_WRITE = 1 << 0, /**< its contents will be written */
	NUMASIM_GUP_FORCE = 1 << 1, /**< past the rights of the mapping */
	NUMASIM_GUP_PIN = 1 << 2,   /**< pin_user_pages() (v5.6+); counted as a pin since v5.7 */
};

/**
 * get_user_pages() of one page, as a driver calls it for a device: @p process keeps a reference on
 * the page behind @p addr of @p of (itself, or another), until numasim_gup_put() or its end. Each
 * call takes one more.
 *
 * Behaviour follows v3.8 to v6.12, mm/gup.c (mm/memory.c before v3.16).
 *
 * @return 0; -EFAULT: no mapping, not with these rights, or a driver's own; -ENOMEM; -EEXIST
 *         (v5.18+): a frame that is no page; -EOPNOTSUPP, no answer of Linux: a hugetlb page;
 *         -EINVAL: @p flags
 */
NUMASIM_API long numasim_gup(struct numasim_process *process, struct numasim_process *of,
			     uint64_t addr, unsigned flags);
/** Give the page back that was taken last there. @return 0; -ENOENT: none was */
NUMASIM_API long numasim_gup_put(struct numasim_process *process, struct numasim_process *of,
				 uint64_t addr);
/**
 * What a device finds in the page that @p process took at @p addr of @p of: 8 bytes, at a multiple
 * of 8, wherever @p of's page tables lead by now.
 *
 * @return 0; -ENOENT: nothing was taken there; -EINVAL: @p addr
 */
NUMASIM_API long numasim_dma_read(struct numasim_process *process, uint64_t *value,
				  struct numasim_process *of, uint64_t addr);
/** The device stores there; see numasim_dma_read(). */
NUMASIM_API long numasim_dma_write(struct numasim_process *process, struct numasim_process *of,
				   uint64_t addr, uint64_t value);

/**
 * One access to every page of a range, in order: a load of its first 8 bytes in the range, or (@p
 * write) a store of 1 there. @p addr is a multiple of 8.
 *
 * @return 0; -EINVAL; -EFAULT: as numasim_process_store(), at the first page that fails
 */
NUMASIM_API int numasim_touch(struct numasim_process *process, uint64_t addr, uint64_t length,
			      bool write);

/**
 * Write @p text to a file of /proc or debugfs, as root would with echo; its newline may be there:
 *
 * | file | effect |
 * | --- | --- |
 * | /proc/self/clear_refs | 1, 2, 3: pages count as not accessed; 4: soft-dirty marks are cleared |
 * | /proc/sys/vm/nr_hugepages | the pool of 2 MiB pages |
 * | /proc/sys/kernel/numa_balancing | 0, 1 |
 * | /sys/kernel/debug/sched/numa_balancing/scan_delay_ms | NUMA balancing's pace |
 * | ... scan_period_min_ms, scan_period_max_ms, scan_size_mb | likewise |
 * | /sys/kernel/mm/transparent_hugepage/enabled | always, madvise, never |
 * | /sys/kernel/mm/mempolicy/weighted_interleave/node<N> | v6.9+: 1 to 255, or nothing: as at first
  * |
 *
 * @return 0, -ENOENT (no such file), -EINVAL (text), -ENOMEM
 */
NUMASIM_API long numasim_write_file(struct numasim_process *process, const char *path,
				    const char *text);

/** swapon(2) of a device of that many pages, the header included. One at most. */
NUMASIM_API long numasim_sys_swapon(struct numasim_process *process, uint64_t pages);

/**
 * The process computes for some time without touching memory: its CPU's clock ticks every 4 ms
 * (HZ = 250), and what is due then is done on the way back to user mode: a scan of NUMA
 * balancing.
 */
NUMASIM_API long numasim_process_run(struct numasim_process *process, uint64_t milliseconds);

/**
 * Pages that wait in the CPUs' batches go to their LRU lists, as at the beginning of many calls of
 * the kernel: lru_add_drain_all() of v6.1 mm/swap.c. @return 0; -EFAULT: the kernel oopsed
 */
NUMASIM_API long numasim_system_drain(struct numasim_system *system);

/**
 * A counter of /proc/vmstat by its name ("pgfault").
 *
 * @return 0, or -ENOENT: not counted here
 */
NUMASIM_API int numasim_vmstat(uint64_t *value, const struct numasim_system *system,
			       const char *name);

/** Something that the kernel did, as its tracepoints would tell it. */
enum numasim_event {
	NUMASIM_EVENT_FAULT, /**< exceptions:page_fault_user: the address, the error code */
	NUMASIM_EVENT_FLUSH, /**< flush_tlb_mm_range(): start and end; end UINT64_MAX: everything */
};
typedef void numasim_event_fn(enum numasim_event event, uint64_t address, uint64_t detail,
			      void *payload);

/**
 * Hear of events as they happen, in order.
 *
 * @param system  whose
 * @param fn      called from within calls on the system, on which it must not call anything; NULL:
 *		  nobody listens any more
 * @param payload handed to @p fn
 */
NUMASIM_API void numasim_system_trace(struct numasim_system *system, numasim_event_fn *fn,
				      void *payload);

/**
 * Look into the books while nobody is in the kernel: does every page have the map count and the
 * references that tables, caches and batches account for, is none locked or lost? In a system that
 * is watched (numasim_system_options): and do tables, files and swap hold what was stored?
 *
 * @param[out] err what is wrong; may be NULL
 * @return 0; -EUCLEAN: something is, or was found wrong before; -EFAULT: the kernel oopsed
 */
NUMASIM_API int numasim_system_audit(struct numasim_system *system, struct numasim_error *err);

#ifdef __cplusplus
}
#endif

#endif
