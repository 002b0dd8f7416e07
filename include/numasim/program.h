/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file program.h
 * Your own kernel code on simulated CPUs, in every order.
 *
 * A *program* is a machine, some variables and locks, and one function per CPU. Exploring it runs
 * the functions in every order of their steps, and says whether some order breaks something: an
 * assertion, a lock cycle, or one of the oracles that watch the memory manager.
 *
 * @code
 * #include <numasim/kernel.h>
 * #include <numasim/program.h>
 * #include <numasim/report.h>
 *
 * static void increment(void *x)
 * {
 *         atomic_set(x, atomic_read(x) + 1);    // two steps: somebody may come between
 * }
 *
 * static void check(void *x)
 * {
 *         numasim_assert(atomic_read(x) == 2);
 * }
 *
 * int main(void)
 * {
 *         struct numasim_error err = {0};
 *         struct numasim_program *program;
 *         struct numasim_result *result;
 *         struct numasim_atomic *x;
 *         char *text;
 *
 *         if (numasim_program_create(&program, NULL, &err) ||
 *             numasim_atomic_new(&x, numasim_program_machine(program), "x", 0, &err) ||
 *             numasim_program_add(program, "a", increment, x, NULL, &err) ||
 *             numasim_program_add(program, "b", increment, x, NULL, &err) ||
 *             numasim_program_check(program, check, x) ||
 *             numasim_program_explore(&result, program, NULL, &err) ||
 *             numasim_report_text(&text, result))
 *                 return fprintf(stderr, "%s\n", err.text), 2;
 *         puts(text);
 *         free(text);
 *         numasim_result_free(result);
 *         numasim_program_free(program);
 * }
 * @endcode
 *
 * **How to debug a failure.** The report shows an order that breaks it as a table with a column per
 * context and a line per step that matters: the order with the fewest preemptions, if the engine is
 * `graph`. numasim_note() in your code puts words into it.
 *
 * Nothing here is safe to call from two threads for one program; different programs share nothing.
 */
#ifndef NUMASIM_PROGRAM_H
#define NUMASIM_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <numasim/explore.h>

#ifdef __cplusplus
extern "C" {
#endif

struct numasim_machine;
struct numasim_topology;
struct mm_struct;
struct vm_area_struct;

/** A machine and the code that runs on it. */
struct numasim_program;

/** Most contexts of a program: each has a CPU of its own. */
#define NUMASIM_PROGRAM_CONTEXTS 16

/** What a program is built from. Zero everywhere is the default. */
struct numasim_program_options {
	/** The computer; only read while the program is created. NULL: two nodes of 1 GiB and
	 *  eight CPUs each, distances 10 and 20. */
	const struct numasim_topology *topology;
	/** The kernel, as `numasim releases` names it, with +ROW and ~ROW allowed; v3.8 to v6.12.
	 *  NULL: v3.13. */
	const char *release;
	/** Releasing a lock is a step of its own, not part of the step before it. Matters to code
	 *  that tries locks. */
	bool unlock_is_step;
	/** The walk and the access of a user instruction that misses the TLB are two steps. */
	bool walk_is_step;
	/** How often each CPU's page walker may fill, or lose, a translation unasked: 0 to 8. Only
	 *  first pages of mappings are filled. */
	unsigned walker_budget;
};

/**
 * A program without code.
 *
 * @param[out] program the caller owns it and frees it with numasim_program_free()
 * @param      options NULL for the defaults
 * @param[out] err     may be NULL
 * @return 0, -EINVAL, -ENOENT (no such release), -ENOTSUP (a release that no steps are built for),
 *         -ENOMEM
 */
NUMASIM_API int numasim_program_create(struct numasim_program **program,
				       const struct numasim_program_options *options,
				       struct numasim_error *err);

/** Free a program and all that was made in its machine. NULL is allowed. */
NUMASIM_API void numasim_program_free(struct numasim_program *program);

/** The machine, for numasim_atomic_new() and its kin. It belongs to the program. */
NUMASIM_API struct numasim_machine *numasim_program_machine(struct numasim_program *program);

/** Where a context runs. */
struct numasim_seat {
	enum {
		NUMASIM_SEAT_ANY, /**< the lowest free CPU */
		NUMASIM_SEAT_NODE, /**< the lowest free CPU of node `id` */
		NUMASIM_SEAT_CPU, /**< CPU `id` */
	} where;
	unsigned id;		/**< of a node or a CPU, as the topology numbers them */
	struct mm_struct *mm;	/**< the address space that its thread belongs to, or NULL */
};

/**
 * A context: a CPU of its own that runs @p fn once.
 *
 * @param program any, also after a search
 * @param name    what witnesses call it: 1 to 31 bytes, unlike other contexts'
 * @param fn      what it runs; see kernel.h for what it may use
 * @param payload handed to @p fn; what it points to must not change
 * @param seat    where; NULL: on the lowest free CPU, without an address space
 * @param[out] err may be NULL
 * @return 0, -EINVAL (name, no @p fn), -EEXIST (name), -ENOENT (no such node or CPU, or none
 *         free), -EBUSY (that CPU is taken; called by simulated code), -ENOSPC
 *         (NUMASIM_PROGRAM_CONTEXTS), -ENOMEM
 */
NUMASIM_API int numasim_program_add(struct numasim_program *program, const char *name,
				    void (*fn)(void *payload), void *payload,
				    const struct numasim_seat *seat, struct numasim_error *err);

/**
 * Look at each state in which all contexts have come to their end: @p check reads variables and
 * calls numasim_assert() or numasim_fail(). It must change nothing. NULL: no check. @return 0
 */
NUMASIM_API int numasim_program_check(struct numasim_program *program,
				      void (*check)(void *payload), void *payload);

/* ------------------------------------------------------------------------------------------ */
/** @name Address spaces, for programs that use them. @{ */

/**
 * An empty address space; the oracles of the memory manager watch from the first one on.
 *
 * @param[out] mm    belongs to @p program
 * @param      label what witnesses call it: 1 to 31 bytes
 * @param[out] err   may be NULL
 * @return 0, -EINVAL (label), -EBUSY (called by simulated code), -ENOSPC (8 are the limit), -ENOMEM
 */
NUMASIM_API int numasim_program_mm(struct mm_struct **mm, struct numasim_program *program,
				   const char *label, struct numasim_error *err);

/** Flags of numasim_program_map(). */
enum numasim_map {
	NUMASIM_MAP_READ = 1,
	NUMASIM_MAP_WRITE = 2,
	/** Huge pages where they fit, as after madvise(MADV_HUGEPAGE); the mapping starts at a
	 *  multiple of 2 MiB. Without it there are none. */
	NUMASIM_MAP_HUGE = 4,
};

/**
 * Map private anonymous memory; nothing is there until it is touched. A page stays unmapped after
 * it, so mappings never merge.
 *
 * @param[out] vma   the mapping; numasim_vma_start() says where it is
 * @param      bytes rounded up to 4 KiB; at most 64 GiB
 * @param      flags enum numasim_map
 * @return 0, -EINVAL (bytes, flags, @p mm), -EBUSY (called by simulated code), -ENOSPC (16 mappings
 *         are the limit with page walkers), -ENOMEM
 */
NUMASIM_API int numasim_program_map(struct vm_area_struct **vma, struct numasim_program *program,
				    struct mm_struct *mm, uint64_t bytes, unsigned flags,
				    struct numasim_error *err);

/**
 * The 8 bytes at @p address are looked at: code that copies pages does so in as many steps as it
 * takes to tell watched words apart. Call it for each address that contexts load or store, and
 * before the search.
 *
 * @return 0, -EINVAL (not aligned to 8), -ENOSPC (64 offsets within 2 MiB are the limit)
 */
NUMASIM_API int numasim_program_watch(struct numasim_program *program, uint64_t address,
				      struct numasim_error *err);

/**
 * Run @p fn(@p payload) now, to its end, as a thread in @p seat: to touch memory before the search
 * begins. Its CPU is free again afterwards; the translations stay in its TLB.
 *
 * @return 0, or as numasim_program_add(); -EDEADLK (it waits for ever), -E2BIG (it does not end
 *         within a million steps), -ENOSPC (it needs more than the model has room for), -EPROTO (it
 *         broke something; the text says what). The machine is as before after an error
 */
NUMASIM_API int numasim_program_setup(struct numasim_program *program, void (*fn)(void *payload),
				      void *payload, const struct numasim_seat *seat,
				      struct numasim_error *err);

/**
 * For a final check: what @p mm would read at @p address, aligned to 8, through its tables.
 *
 * @return it is mapped; if not, *value is 0
 */
NUMASIM_API bool numasim_program_peek(uint64_t *value, struct numasim_program *program,
				      struct mm_struct *mm, uint64_t address);

/** @} */
/* ------------------------------------------------------------------------------------------ */
/** @name Searching. @{ */

/**
 * Search. The program is as before afterwards and can be searched again.
 *
 * @param[out] result  what was found; owned by the caller; untouched on error. It counts a final
 *                     state as positive if the check found nothing wrong with it
 * @param      program has a context at least
 * @param      search  may be NULL: NUMASIM_SEARCH_DEFAULTS
 * @param[out] err     may be NULL
 * @return 0 whatever the verdict; -EINVAL (no context, options that contradict each other), -ENOENT
 *         (no such oracle), -EBUSY (called by simulated code), -ENOMEM
 */
NUMASIM_API int numasim_program_explore(struct numasim_result **result,
					struct numasim_program *program,
					const struct numasim_search *search,
					struct numasim_error *err);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
