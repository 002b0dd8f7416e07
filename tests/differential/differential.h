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
	X(MBIND, "mbind") X(MEMPOLICY, "set_mempolicy") X(TRUNCATE, "ftruncate") X(FORK, "fork")   \
	X(EXIT, "exit") X(RUN, "run") X(MOVE, "move") X(TOUCH, "touch")
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

struct world {
	struct numasim_system *system;
	struct numasim_process *process[MODEL_PROCS];
	int fd[MODEL_PROCS][2]; /* of the model's files 0 (memfd) and 1 (disk) */
	struct model model;
	bool strict;   /* the release has every call and flag that is used */
	bool complain; /* a difference is printed */
	uint64_t stores;
	char why[512];
};

const char *op_name(enum op_kind kind);
void op_print(const struct op *op);

/* Boot @release with process 0. 0, or an error that was printed. */
int world_open(struct world *w, const struct numasim_topology *topology, const char *release);
void world_close(struct world *w);

/* Do @op. true: no difference; false: @w->why. */
bool world_do(struct world *w, const struct op *op);

/* Compare every page of every process, where it stands and what the books say. */
bool world_compare(struct world *w);
bool world_audit(struct world *w);

/* A difference: what the operation returned, what it should have. */
bool differ(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Operations by what they are about (do_*.c). */
bool op_mmap(struct world *w, const struct op *op);
bool op_mremap(struct world *w, const struct op *op);
bool op_move(struct world *w, const struct op *op);
bool op_madvise(struct world *w, const struct op *op);
bool op_mlock(struct world *w, const struct op *op);
bool op_policy(struct world *w, const struct op *op);
bool op_fork(struct world *w, const struct op *op);
bool op_exit(struct world *w, const struct op *op);

static inline uint64_t address_of(unsigned page)
{
	return WINDOW_START + page * PAGE;
}

#endif
