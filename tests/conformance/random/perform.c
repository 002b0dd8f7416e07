/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call of a sequence. Arguments that no call can have are left out of the text, so that a
 * sequence from which calls were taken still is one: whoever has left does nothing.
 */
#include "case.h"
#include "sequence.h"
#include "words/words.h"

#include <sys/syscall.h>

static struct {
	struct actor *actor;
	unsigned memory; /* the index of the actor whose memory it first was */
} member[MAX_ACTORS];
static int file;
static bool swap_is_on;

struct actor *actor_in(unsigned index)
{
	return index < MAX_ACTORS ? member[index].actor : NULL;
}

bool same_memory(unsigned one, unsigned other)
{
	return member[one].memory == member[other].memory;
}

void perform_begin(void)
{
	for (unsigned i = 0; i < MAX_ACTORS; i++)
		member[i].actor = NULL;
	member[0].actor = process("a", cpu_of(0, 0));
	member[0].memory = 0;
	swap_is_on = false;
	file = memory_file(member[0].actor, "f");
	resize(member[0].actor, file, FILE_PAGES * PAGE);
	settle(member[0].actor);
	count();
}

/* How many live actors have that memory. */
static unsigned users(unsigned memory)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < MAX_ACTORS; i++)
		nr += member[i].actor && member[i].memory == memory;
	return nr;
}

/* @other: the new actor's index. A child's memory has a name of its own as long as it lives. */
static void do_birth(struct actor *a, const struct op *op)
{
	unsigned index = op->other % MAX_ACTORS;
	char name[2] = {(char)('a' + index), '\0'};

	if (member[index].actor || users(index))
		return;
	if (op->kind == OP_FORK) {
		member[index].actor = forked(a, name);
		member[index].memory = index;
	} else {
		member[index].actor = thread(a, name, cpu_of(op->arg % nr_nodes(), 1));
		member[index].memory = member[op->actor].memory;
	}
	settle(a);
}

/* A process whose first thread left could not be looked at. The last actor stays. */
static void do_exit(struct actor *a, const struct op *op)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < MAX_ACTORS; i++)
		alive += member[i].actor != NULL;
	if (alive == 1 || (member[op->actor].memory == op->actor && users(op->actor) > 1))
		return;
	leave(a);
	member[op->actor].actor = NULL;
}

static const int protection[] = {PROT_NONE, R, RW, RW, RW, RX, RWX, PROT_WRITE};

/*
 * @arg: protection, kind of mapping (anonymous or of the file, private or shared), further flags;
 * @other: the page of the file.
 */
static void do_map(struct actor *a, const struct op *op)
{
	static const int kind[] = {MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS,
				   MAP_PRIVATE, MAP_SHARED};
	static const int more[] = {0, 0, 0, 0, MAP_POPULATE, MAP_LOCKED, MAP_NORESERVE,
				   MAP_FIXED_NOREPLACE};
	int flags = kind[op->arg >> 4 & 3] | more[op->arg >> 8 & 7];
	bool anonymous = flags & MAP_ANONYMOUS;

	map_at(a, address_of(op->page), op->n * PAGE, protection[op->arg & 7],
	       flags & MAP_FIXED_NOREPLACE ? flags : flags | MAP_FIXED, anonymous ? -1 : file,
	       anonymous ? 0 : op->other % FILE_PAGES * PAGE);
}

/* @arg: in its place with the new length @arg >> 4; or moved to @other. */
static void do_remap(struct actor *a, const struct op *op)
{
	static const int flags[] = {0, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED,
				    MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP};
	unsigned how = op->arg & 3, room = WINDOW_PAGES - (how ? op->other : op->page);
	unsigned n = how == 3 ? op->n : 1 + (op->arg >> 4) % (2 * op->n);

	remap(a, address_of(op->page), op->n * PAGE, (n < room ? n : room) * PAGE, flags[how],
	      address_of(op->other));
}

static const int policies[] = {DEFAULT_POLICY, PREFERRED, BIND, INTERLEAVE, LOCAL, PREFERRED_MANY,
			       BIND | STATIC_NODES, PREFERRED | RELATIVE_NODES};

#define MPOL_MF_STRICT 1
static void do_bind(struct actor *a, const struct op *op)
{
	bind(a, address_of(op->page), op->n * PAGE, policies[op->arg & 7], op->arg >> 4 & 3,
	     op->arg >> 8 & 3 ? 0 : MPOL_MF_STRICT);
}

/* INTERLEAVE of a thread goes on with whatever the kernel allocates for itself, too. */
static void do_policy(struct actor *a, const struct op *op)
{
	int mode = policies[op->arg & 7];

	policy(a, mode == INTERLEAVE ? BIND : mode, op->arg >> 4 & 3);
}

static void do_memory(struct actor *a, const struct op *op)
{
	uint64_t p = address_of(op->page), length = op->n * PAGE;

	switch (op->kind) {
	case OP_MAP:
		do_map(a, op);
		break;
	case OP_UNMAP:
		unmap(a, p, length);
		break;
	case OP_PROTECT:
		protect(a, p, length, protection[op->arg & 7]);
		break;
	case OP_ADVISE:
		advise(a, p, length, (int)op->arg);
		break;
	case OP_REMAP:
		do_remap(a, op);
		break;
	case OP_BIND:
		do_bind(a, op);
		break;
	case OP_HOME:
		home_node(a, p, length, op->arg % nr_nodes());
		break;
	case OP_LOCK:
		(op->arg & 1 ? lock_on_fault : lock)(a, p, length);
		break;
	case OP_UNLOCK:
		unlock(a, p, length);
		break;
	case OP_SHOW_POLICY:
		show_policy(a, p, 2); /* MPOL_F_ADDR */
		break;
	}
}

static void do_access(struct actor *a, const struct op *op)
{
	uint64_t p = address_of(op->page), length = op->n * PAGE;

	switch (op->kind) {
	case OP_LOAD:
		load(a, p);
		break;
	case OP_STORE:
		store(a, p, op->arg);
		break;
	case OP_READ:
		read_pages(a, p, length);
		break;
	case OP_WRITE:
		write_pages(a, p, length);
		break;
	default:
		do_memory(a, op);
	}
}

/*
 * Of what clear_refs does only 4: the others take A from entries without a flush, and whether A
 * comes back is a matter of what the processor's TLB still holds.
 */
static void do_kernel(struct actor *a, const struct op *op)
{
	switch (op->kind) {
	case OP_MOVE:
		move(a, cpu_of(op->arg % nr_nodes(), op->arg >> 4 & 1));
		break;
	case OP_POLICY:
		do_policy(a, op);
		break;
	case OP_LOCK_ALL:
		lock_all(a, op->arg & 1 ? MCL_FUTURE : MCL_FUTURE | MCL_ONFAULT);
		break;
	case OP_UNLOCK_ALL:
		unlock_all(a);
		break;
	case OP_RESIZE:
		resize(a, file, op->n * PAGE);
		break;
	case OP_FILL:
		fill(a, file, op->n, op->arg);
		break;
	case OP_CLEAR_REFS:
		clear_refs(a, 4);
		break;
	case OP_SETTLE:
		settle(a);
		break;
	case OP_SWAP_ON:
		if (!swap_is_on)
			swap_on();
		swap_is_on = true;
		break;
	default:
		do_access(a, op);
	}
}

void perform(const struct op *op)
{
	struct actor *a = actor_in(op->actor);

	masks_begin();
	if (!a)
		return;
	if (op->kind == OP_FORK || op->kind == OP_THREAD)
		do_birth(a, op);
	else if (op->kind == OP_EXIT)
		do_exit(a, op);
	else
		do_kernel(a, op);
}
