/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine room: points, actors, steps.
 *
 * Code on a simulated CPU announces its next access and yields; a driver picks who goes; then the
 * access happens and the code runs on to its next announcement. That stretch is one step:
 *
 *    context   ...local work... | access A, local work | access B, local work | ...
 *                               ^ announce A           ^ announce B
 *                               |<----- one step ----->|
 *
 * The announcement is built by a function of the state, so a driver can ask for it again in every
 * state in which the step is pending: which objects it will touch, how, and whether it can run.
 */
#ifndef EXEC_EXEC_H
#define EXEC_EXEC_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/state.h"
#include "exec/context.h"
#include "exec/event.h"
#include "exec/oracle.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * What a step touches. Names are canonical: the same in every run, whatever the addresses and
 * whatever the order of independent steps that led here.
 *
 *   63     56 55                    24 23                  0
 *  +---------+------------------------+---------------------+
 *  | class   | name (birth name)      | part                |
 *  +---------+------------------------+---------------------+
 */
enum object_class {
	OBJ_NONE,
	OBJ_VAR,      /* a plain shared variable */
	OBJ_LOCK,     /* spin lock, sleeping lock */
	OBJ_ENTRY,    /* a page-table entry: table page, index */
	OBJ_PAGE,     /* a field of a page's descriptor */
	OBJ_CONTENT,  /* contents of a page: word */
	OBJ_TLB,      /* a CPU's translations */
	OBJ_IPI,      /* a CPU's pending interrupts */
	OBJ_CPU,      /* a CPU's other state: interrupt flag, loaded address space */
	OBJ_MM,	      /* a field of an address space */
	OBJ_TASK,     /* a field of a task */
	OBJ_ALLOC,    /* a node's free memory */
	OBJ_LRU,      /* a zone's LRU lists */
	OBJ_CLOCK,    /* the time */
	OBJ_FILE,     /* a file: a page of its cache, its size */
	OBJ_SWAP,     /* a slot of swap */
	OBJ_NR
};

#define OBJECT(class, name, part)                                                                  \
	((uint64_t)(class) << 56 | ((uint64_t)(name) & 0xffffffff) << 24 | ((part) & 0xffffff))
#define OBJECT_CLASS(object) ((enum object_class)((object) >> 56))
#define OBJECT_NAME(object)  ((uint32_t)((object) >> 24))
#define OBJECT_PART(object)  ((uint32_t)(object) & 0xffffff)

/* What a step does, for labels and tables. */
enum point_kind {
	POINT_START,
	POINT_READ,
	POINT_WRITE,
	POINT_UPDATE, /* read, modify, write as one */
	POINT_LOCK,
	POINT_TRYLOCK,
	POINT_UNLOCK, /* only with the option that makes releases points */
	POINT_WAIT,
	POINT_LOAD,  /* a user instruction that reads memory */
	POINT_STORE, /* a user instruction that writes memory */
	POINT_WALK,  /* the walk of such an instruction, when it is a step of its own */
	POINT_COPY,
	POINT_FLUSH,
	POINT_IPI_SEND,
	POINT_IPI_TAKE,
	POINT_IRQ_OFF,
	POINT_ALLOC,
	POINT_FREE,
	POINT_TICK,
	POINT_FILL, /* the page walker, unasked */
	POINT_DROP, /* a translation goes, unasked */
	POINT_NR
};
const char *point_kind_name(enum point_kind kind);

enum access_mode {
	ACCESS_READ,
	ACCESS_WRITE,
};

struct access {
	uint64_t object;
	enum access_mode mode;
};

#define ANNOUNCE_MAX 24

struct announcement {
	enum point_kind kind;
	bool enabled;
	bool soon;		  /* not enabled, but only for interrupts that can be taken now */
	uint8_t nr;		  /* accesses that stand in `access` */
	uint64_t object;	  /* what the label names */
	uint64_t waits_for;	  /* the object whose holder must move, if not enabled */
	struct access access[ANNOUNCE_MAX];
};

static inline void announce_access(struct announcement *a, uint64_t object, enum access_mode mode)
{
	if (a->nr < ANNOUNCE_MAX)
		a->access[a->nr++] = (struct access){object, mode};
}

/* Fills the accesses and `enabled` of @a (preset: none, enabled) from the state. */
typedef void (*announce_fn)(struct announcement *a, const void *arg);

/* What a context is about to do. `describe` NULL: one access, always enabled. */
struct pending {
	enum point_kind kind;
	enum access_mode mode;
	uint64_t object;
	announce_fn describe;
	const void *arg;
};

enum context_status {
	CONTEXT_FRESH, /* has not run */
	CONTEXT_LIVE,
	CONTEXT_DONE,
};

/*
 * The names that a context gives to what it makes: the lowest number that is free. One is free
 * when what bore it is dead and no context can remember it: has come across it since its last
 * rest. So a loop that makes and destroys something comes back to the same state.
 */
#define BIRTH_SLOTS 64
struct births {
	uint32_t first;		     /* number of slot 0 */
	uint32_t beyond; /* names handed out when all slots were taken; never used again */
	uint64_t alive;		     /* bit per slot */
	uint16_t known[BIRTH_SLOTS]; /* bit per context (id modulo 16) that remembers the name */
};

struct context {
	struct coroutine co;
	struct pending pending;
	uint64_t observed;	/* all that the code has seen since its last rest */
	struct births births;	/* names handed out */
	uint16_t id;		/* from 1; 0 is the set-up */
	uint8_t status;
	uint8_t holds_rest;	/* the pending step starts from a rest */
	uint32_t cpu;		/* where it runs */
	context_fn fn;
	void *payload;
	char name[32];
};

/* One thing that may happen next. */
struct choice {
	uint16_t actor;
	uint16_t alternative;
};

#define EXEC_MAX_ACTORS	 64
#define EXEC_MAX_CHOICES 1024 /* 16 processors, 40 alternatives of each page walker */

struct exec;

/* Something that can take a step. The first actors are the contexts. */
struct actor {
	const char *name;
	void *self;
	bool is_cpu; /* a switch away from it can be a preemption */
	/* Append the alternatives that are possible now (enabled ones only). */
	unsigned (*choices)(void *self, uint16_t *alternative, unsigned max);
	void (*announce)(void *self, uint16_t alternative, struct announcement *a);
	void (*step)(void *self, uint16_t alternative);
	bool (*at_rest)(void *self); /* NULL: always */
};

/* Text and further accesses of the step that ran last; kept outside the state. */
#define STEP_TOUCH_MAX 1152 /* a step may look over two tables */
#define STEP_NOTE_MAX  512
struct step_log {
	unsigned nr;
	struct access touched[STEP_TOUCH_MAX];
	bool recording;	      /* texts are wanted */
	bool retired;	      /* a user instruction completed */
	char note[STEP_NOTE_MAX];
};

const char *event_kind_name(enum event_kind kind);

struct exec {
	struct arena *arena;
	struct state state;	/* what a snapshot copies */
	struct digest_sink sink;
	struct context *context[EXEC_MAX_ACTORS];
	unsigned nr_contexts;
	struct actor actor[EXEC_MAX_ACTORS];
	unsigned nr_actors;
	struct context *running;
	struct step_log log;
	struct violation violation; /* the first since exec_clear() */
	uint32_t oracles;	    /* bit per enum oracle: reported when it fires */
	char limit[160];	    /* the model came to a limit of its own: no verdict */
	bool assumed_away;	    /* an exec_assume() failed: the run does not count */
	bool unlock_is_point;
	/* Code runs on the caller's stack, straight through, and nothing is recorded: see
	 * exec_direct_begin(). */
	bool direct;
	struct context direct_context;
	jmp_buf *direct_end;	    /* where code goes that cannot go on */
	size_t stack_size;
	uint32_t setup_births;
	bool in_setup;		    /* names come from one row, whoever asks */
	void *machine;
	void (*event)(void *payload, enum event_kind kind, uint64_t where);
	void *event_payload;
	uint64_t event_detail; /* of the event that is being told; 0: there is no more to say */
	void (*object_name)(void *machine, uint64_t object, char *text, size_t size);
	/* How texts call address @va of the address space named @mm. */
	void (*address_name)(void *machine, uint32_t mm, uint64_t va, char *text, size_t size);
};

/* ---- the driver's side ---- */

int exec_init(struct exec *exec, struct arena *arena, size_t stack_size);
void exec_destroy(struct exec *exec);

/* Add a context that will run fn(payload). 0, -ENOSPC or -ENOMEM. */
int exec_add_context(struct exec *exec, struct context **context, const char *name,
		     context_fn fn, void *payload);
int exec_add_actor(struct exec *exec, struct actor actor);

/* Take all contexts away again (their stacks stay reserved): a set-up phase ends. */
void exec_drop_contexts(struct exec *exec);

/* Run every fresh context up to its first announcement. */
void exec_start(struct exec *exec);

/* All that can happen now, in a fixed order. */
unsigned exec_choices(struct exec *exec, struct choice choice[EXEC_MAX_CHOICES]);
void exec_announce(struct exec *exec, struct choice choice, struct announcement *a);
void exec_step(struct exec *exec, struct choice choice);

/*
 * Run simulated code as plain calls, for whoever wants results and not orders: system calls of a
 * process, set-up of a large machine, workloads.
 *
 *	jmp_buf end;
 *	struct exec *outer = exec_direct_begin(exec, cpu, &end);
 *
 *	if (!setjmp(end))
 *		result = some_kernel_code();
 *	exec_direct_end(exec, outer);
 *
 * Points do nothing, calls to other processors are served at once, and a lock that is taken
 * already is a deadlock: the code ends there, as it does at an oops, by a jump to @end.
 */
struct exec *exec_direct_begin(struct exec *exec, uint32_t cpu, jmp_buf *end);
void exec_direct_end(struct exec *exec, struct exec *outer);

/* Every context has come to its end and no interrupt is on its way. */
bool exec_finished(const struct exec *exec);
bool exec_at_rest(struct exec *exec, unsigned actor);

/* Forget the last violation, note and touched objects; before each step of interest. */
void exec_clear(struct exec *exec);

/* Step the first choice again and again until nothing can move. -EDEADLK: somebody waits. */
int exec_run(struct exec *exec);

struct digest exec_digest(struct exec *exec);

/* ---- the simulated code's side (exec/point.h) ---- */

extern __thread struct exec *exec_current;

#endif
