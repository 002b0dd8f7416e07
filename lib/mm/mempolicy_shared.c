/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What shmem files remember: policies of ranges of their pages, in order, whoever maps them
 * (mpol_set_shared_policy(), v3.8 to v6.12 mm/mempolicy.c). mbind() of a mapping sets them; a fault
  * in any mapping of the file, and read(2) and write(2), go by them.
 *
 *   file->policies:  [start, end) policy --- [start, end) policy --- ...     in pages
 *
 * The kernel has a tree under a spin lock. Nobody waits inside it, so a look or a change is part of
 * one step here.
 */
#include "mm/mempolicy_shared.h"

#include "exec/point.h"
#include "mm/file.h"
#include "mm/mempolicy.h"

#include <errno.h>

#define POLICY_OBJECT(file) OBJECT(OBJ_FILE, (file)->name, 0x800002)

void shared_policy_init(struct shared_policy *policies)
{
	TAILQ_INIT(policies);
}

static void discard(struct policy_range *r)
{
	if (!r)
		return;
	mpol_put(r->policy);
	kfree(r, sizeof(*r));
}

static void drop(struct shared_policy *policies, struct policy_range *r)
{
	TAILQ_REMOVE(policies, r, link);
	discard(r);
}

void shared_policy_free(struct shared_policy *policies)
{
	while (!TAILQ_EMPTY(policies))
		drop(policies, TAILQ_FIRST(policies));
}

void shared_policy_digest(const struct shared_policy *policies, struct digest_sink *sink)
{
	const struct policy_range *r;

	TAILQ_FOREACH(r, policies, link) {
		digest_put(sink, r->start);
		digest_put(sink, r->end);
		mpol_digest(r->policy, sink);
	}
}

static struct policy_range *make(uint64_t start, uint64_t end, const struct mempolicy *policy)
{
	struct policy_range *r = kmalloc(sizeof(*r));

	if (!r)
		return NULL;
	*r = (struct policy_range){.start = start, .end = end, .policy = mpol_dup(policy)};
	if (r->policy)
		return r;
	kfree(r, sizeof(*r));
	return NULL;
}

static void insert(struct shared_policy *policies, struct policy_range *new)
{
	struct policy_range *r;

	TAILQ_FOREACH(r, policies, link)
		if (r->start >= new->end)
			break;
	if (r)
		TAILQ_INSERT_BEFORE(r, new, link);
	else
		TAILQ_INSERT_TAIL(policies, new, link);
}

/* Nothing of [start, end) has a policy any more. @rest is for the end of a range that lasts longer
 * on both sides, and is used up then. */
static void clear(struct shared_policy *policies, uint64_t start, uint64_t end,
		  struct policy_range **rest)
{
	struct policy_range *r, *next;

	for (r = TAILQ_FIRST(policies); r && r->start < end; r = next) {
		next = TAILQ_NEXT(r, link);
		if (r->end <= start)
			continue;
		if (r->start >= start && r->end <= end) {
			drop(policies, r);
		} else if (r->start >= start) {
			r->start = end;
		} else if (r->end <= end) {
			r->end = start;
		} else {
			r->end = start;
			insert(policies, *rest);
			*rest = NULL;
		}
	}
}

static struct policy_range *spanning(struct shared_policy *policies, uint64_t start, uint64_t end)
{
	struct policy_range *r;

	TAILQ_FOREACH(r, policies, link)
		if (r->start < start && r->end > end)
			break;
	return r;
}

int mpol_set_shared(struct vm_area_struct *vma, const struct mempolicy *policy)
{
	struct file *file = vma->vm_file;
	uint64_t start = vma->vm_pgoff, end = vma->vm_pgoff + vma_pages(vma);
	struct policy_range *new = NULL, *rest = NULL, *around;

	if (!file || file->kind != FILE_SHMEM)
		return 0;
	if (policy) {
		new = make(start, end, policy);
		if (!new)
			return -ENOMEM;
	}
	point(POINT_UPDATE, POLICY_OBJECT(file), ACCESS_WRITE);
	around = spanning(&file->policies, start, end);
	if (around) {
		rest = make(end, around->end, around->policy);
		if (!rest) {
			discard(new);
			return -ENOMEM;
		}
	}
	clear(&file->policies, start, end, &rest);
	if (new)
		insert(&file->policies, new);
	return 0;
}

const struct mempolicy *mpol_shared(struct file *file, uint64_t index)
{
	struct policy_range *r;

	touch(POLICY_OBJECT(file), ACCESS_READ);
	TAILQ_FOREACH(r, &file->policies, link)
		if (index >= r->start && index < r->end)
			return r->policy;
	return NULL;
}
