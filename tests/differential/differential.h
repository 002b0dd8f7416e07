/* SPDX-License-Identifier: BSD-2-Clause */
/* A sequence of operations, done on a system and on the model, and what comes of it. */
#ifndef DIFFERENTIAL_H
#define DIFFERENTIAL_H

#include "model.h"

#include <numasim/numasim.h>

#define OPS(X)                                                                                     \
	X(STORE, "store") X(LOAD, "load") X(MMAP, "mmap") X(MMAP_SHARED, "mmap-shared")            \
	X(MMAP_FILE, "mmap-file") X(MUNMAP, "munmap") X(MPROTECT, "mprotect")                      \
	X(MREMAP, "mremap") X(MADVISE, "madvise") X(MLOCK, "mlock") X(MUNLOCK, "munlock")          \
	X(MLOCKALL, "mlockall") X(BRK, "brk") X(MBIND, "mbind") X(MEMPOLICY, "set_mempolicy")      \
	X(HOME, "set_mempolicy_home_node") X(WEIGHT, "weight") X(TRUNCATE, "ftruncate")            \
	X(FORK, "fork") X(EXIT, "exit") X(RUN, "run") X(CPU, "cpu") X(MOVE, "move")                \
	X(TOUCH, "touch") X(PEEK, "mem-read") X(POKE, "mem-write") X(AUDIT, "audit")               \
	X(COMPARE, "compare") X(HINT, "mmap-hint") X(NOREPLACE, "mmap-noreplace")                 \
	X(ANYWHERE, "mmap-anywhere") X(MAYMOVE, "mremap-maymove") X(CLEAR_REFS, "clear_refs")      \
	X(PREAD, "pread") X(PWRITE, "pwrite") X(FSYNC, "fsync") X(THREAD, "thread")                \
	X(EXEC, "exec") X(GUP, "gup")
enum op_kind {
#define X(id, name) OP_##id,
	OPS(X)
#undef X
	OP_NR
};

struct op {
	uint8_t kind, proc;
	uint16_t page, n, other;
	uint32_t arg;
};

/* What was looked at, beside what operations return and loads find. */
struct looks {
	uint64_t policies, places, hints;
	uint64_t lacks; /* kinds of operations that the release does not have, a bit each */
	uint32_t done[64]; /* operations of each kind that took place */
};
_Static_assert(OP_NR <= 64, "counts of all operations");

struct world {
	struct numasim_system *system;
	struct numasim_process *process[MODEL_PROCS];
	struct numasim_process *thread[MODEL_PROCS]; /* a second one, or NULL */
	unsigned node[MODEL_PROCS];    /* where they run */
	int fd[MODEL_PROCS][2]; /* of the model's files 0 (memfd) and 1 (disk) */
	uint64_t heap; /* where it begins */
	uint64_t top;  /* where the room for mappings ends */
	bool done;     /* the operation took place */
	bool by_thread; /* the second thread loads and stores */
	struct model model;
	bool strict;   /* the release has every call and flag that is used */
	bool dies_of_prot_none; /* v4.0 to v4.8 take it for a hint if somebody else writes */
	uint64_t stores;
	struct looks looks;
	char why[512];
};

const char *op_name(enum op_kind kind);
void op_print(const struct op *op);
/* A line as op_print() writes it; false: it is none. */
bool op_parse(struct op *op, const char *line);

/* Boot @release with process 0. 0, or an error that was printed. */
int world_open(struct world *w, const struct numasim_topology *topology, const char *release,
	       enum model_wrong wrong);
void world_close(struct world *w);

/* Do @op. true: no difference; false: @w->why. */
bool world_do(struct world *w, const struct op *op);

/* Compare every page of every process, where it stands and what the books say. */
bool world_compare(struct world *w);
bool world_audit(struct world *w);

/* A difference: what the operation returned, what it should have. */
bool differ(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Operations by what they are about (do_*.c). */
bool op_mprotect(struct world *w, const struct op *op);
bool op_mmap(struct world *w, const struct op *op);
bool op_mremap(struct world *w, const struct op *op);
bool op_move(struct world *w, const struct op *op);
bool op_madvise(struct world *w, const struct op *op);
bool op_mlock(struct world *w, const struct op *op);
bool op_mlockall(struct world *w, const struct op *op);
bool op_brk(struct world *w, const struct op *op);
bool op_place(struct world *w, const struct op *op);
bool op_maymove(struct world *w, const struct op *op);
bool op_fork(struct world *w, const struct op *op);
bool op_exit(struct world *w, const struct op *op);
bool op_cpu(struct world *w, const struct op *op);
bool op_thread(struct world *w, const struct op *op);
bool op_exec(struct world *w, const struct op *op);
bool op_file(struct world *w, const struct op *op);
bool op_truncate(struct world *w, const struct op *op);
bool op_clear_refs(struct world *w, const struct op *op);
bool op_gup(struct world *w, const struct op *op);
bool op_mbind(struct world *w, const struct op *op);
bool op_mempolicy(struct world *w, const struct op *op);
bool op_home(struct world *w, const struct op *op);
bool op_weight(struct world *w, const struct op *op);
bool op_load(struct world *w, unsigned proc, unsigned page);
bool op_store(struct world *w, unsigned proc, unsigned page);
bool op_remote(struct world *w, const struct op *op);

/* Does get_mempolicy() say of the page, and of the process, what the model says? */
bool look_at_policy(struct world *w, unsigned proc, unsigned page);
bool look_at_task_policy(struct world *w, unsigned proc);
/* An access has just brought the page, which was in no memory before: is it where the policy wants
 * it? Ask before the access: expect_place(); a mask of nodes, 0: anywhere. */
unsigned expect_place(const struct world *w, unsigned proc, unsigned page, bool write);
bool look_at_place(struct world *w, unsigned proc, unsigned page, unsigned allowed);

static inline uint64_t address_of(const struct world *w, unsigned page)
{
	if (model_is_huge(page))
		return WINDOW_START + WINDOW_PAGES * PAGE + (page - HUGE_FIRST + 1) * HUGE_BYTES;
	if (page >= TOP_FIRST)
		return w->top - (HUGE_FIRST - page) * PAGE;
	return page < HEAP_FIRST ? WINDOW_START + page * PAGE
				 : w->heap + (page - HEAP_FIRST) * PAGE;
}

static inline uint64_t bytes_of(const struct op *op)
{
	return op->n * (model_is_huge(op->page) ? HUGE_BYTES : PAGE);
}

/* What mmap() with these flags brings, on the model. */
void map_in_model(struct world *w, const struct op *op, struct model_page like, int flags);
/* Rights of what is mapped, by the argument. */
uint8_t rights_of(uint32_t arg);
/* The longest stretch from @page on, at most @n, that is one mapping as far as the model knows. */
unsigned alike(const struct world *w, unsigned proc, unsigned page, unsigned n);
/* It may be several mappings all the same: nothing tells them apart but their families. */
static inline bool maybe_several(unsigned n)
{
	return n > 1;
}

/* How many pages from @op->page on are mapped, @op->n at most. */
unsigned mapped_run(const struct world *w, const struct op *op);

/* Where what is @page's ends: the window, the heap, hugetlb memory. */
unsigned end_of_region(unsigned page);

/* Random operations. */
uint64_t next_random(uint64_t *state);
struct op generate(uint64_t *state, int i); /* the i-th of a sequence */

/* ---- sequences, each run in a process of its own (run.c) ---- */

struct setting {
	const struct numasim_topology *topology;
	const char *release;
	enum model_wrong wrong;
};

/* What the process that runs a sequence tells: it may crash. */
struct outcome {
	int at;	 /* the operation that it is at */
	int bad; /* the one that shows a difference, or -1; -2: no system */
	struct looks looks;
	char why[sizeof(((struct world *)NULL)->why)];
};

/* Run the operations; at the end all is compared. outcome->bad. */
int run(struct outcome *outcome, const struct setting *setting, const struct op *ops, int n);
/* Leave out what a difference does not need, and make smaller what it needs. The new length. */
int shrink(struct outcome *outcome, const struct setting *setting, struct op *ops, int n);

#endif
