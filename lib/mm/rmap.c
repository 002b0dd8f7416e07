/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Families of mappings (mm/rmap.c of v3.8 to v6.12). Fork makes a child's VMA join all families of
 * its parent's, and gives it one of its own for the pages that only it will have:
 *
 *	parent's VMA --- family P          child's VMA --- family P
 *	                                       `---------- family C (root: P's root, parent: P)
 *
 * From v3.19 on (7a3ef208e662) the child takes over a family that it inherits if no mapping calls
 * that its own and it has at most one child, so that chains do not grow for ever. Until
 * 2555283eb40d (E4) one number counted both, so that a family with two children and no mapping
 * could not be told from one with a child and a mapping, and could be taken over twice.
 */
#include "mm/rmap.h"

#include "exec/point.h"
#include "mm/gfp.h"
#include "mm/rmap_family.h"

#include <errno.h>

/* By name: the same order in every equivalent state. */
static void link_family(struct mm_room *room, struct anon_vma *anon_vma)
{
	struct anon_vma *at;

	TAILQ_FOREACH(at, &room->anon_vmas, link)
		if (at->lock.name > anon_vma->lock.name)
			break;
	if (at)
		TAILQ_INSERT_BEFORE(at, anon_vma, link);
	else
		TAILQ_INSERT_TAIL(&room->anon_vmas, anon_vma, link);
}

struct anon_vma *anon_vma_alloc(void)
{
	struct anon_vma *anon_vma = kmalloc(sizeof(*anon_vma));

	if (!anon_vma)
		return NULL;
	rwlock_init(&anon_vma->lock, birth_name(), LOCK_ANON_VMA);
	anon_vma->root = anon_vma->parent = anon_vma;
	anon_vma->refcount = 1;
	anon_vma->degree = 1;
	TAILQ_INIT(&anon_vma->chains);
	link_family(current_machine()->mm, anon_vma);
	return anon_vma;
}

void put_anon_vma(struct anon_vma *anon_vma)
{
	struct numasim_machine *m = current_machine();
	struct anon_vma *root = anon_vma->root;

	if (--anon_vma->refcount)
		return;
	TAILQ_REMOVE(&m->mm->anon_vmas, anon_vma, link);
	birth_dead(anon_vma->lock.name);
	kfree(anon_vma, sizeof(*anon_vma));
	if (root != anon_vma)
		put_anon_vma(root);
}

struct anon_vma_chain *anon_vma_chain_alloc(void)
{
	return kmalloc(sizeof(struct anon_vma_chain));
}

void anon_vma_chain_free(struct anon_vma_chain *chain)
{
	kfree(chain, sizeof(*chain));
}

void anon_vma_chain_link(struct vm_area_struct *vma, struct anon_vma_chain *chain,
			 struct anon_vma *anon_vma)
{
	*chain = (struct anon_vma_chain){.vma = vma, .anon_vma = anon_vma};
	LIST_INSERT_HEAD(&vma->anon_vma_chain, chain, same_vma);
	TAILQ_INSERT_TAIL(&anon_vma->chains, chain, same_anon_vma);
}

/* The root's lock is that of the whole tree: all families of a VMA have the same. */
static void lock_root(struct anon_vma **root, struct anon_vma *anon_vma)
{
	if (*root)
		return;
	*root = anon_vma->root;
	rwlock_take_write(&(*root)->lock);
}

static void unlock_root(struct anon_vma *root)
{
	if (root)
		rwlock_release_write(&root->lock);
}

static bool may_take_over(const struct anon_vma *anon_vma)
{
	if (!has(ROW_ANON_VMA_REUSE))
		return false;
	if (has(ROW_E4_ANON_VMA_DEGREE))
		return anon_vma->num_children < 2 && !anon_vma->num_active_vmas;
	return anon_vma->degree < 2;
}

static struct anon_vma_chain *last_chain(const struct vm_area_struct *vma)
{
	struct anon_vma_chain *chain, *last = NULL;

	LIST_FOREACH(chain, &vma->anon_vma_chain, same_vma)
		last = chain;
	return last;
}

/* The chain before @chain in @vma's list, towards its head. */
static struct anon_vma_chain *chain_before(const struct vm_area_struct *vma,
					   const struct anon_vma_chain *chain)
{
	struct anon_vma_chain *at, *before = NULL;

	LIST_FOREACH(at, &vma->anon_vma_chain, same_vma) {
		if (at == chain)
			break;
		before = at;
	}
	return before;
}

/*
 * The chains are copied from the oldest, so that the copy has them in the same order. @fork: the
 * copy has no family of its own yet (and src has one).
 */
static int clone_chains(struct vm_area_struct *dst, struct vm_area_struct *src, bool fork)
{
	struct anon_vma *root = NULL;

	for (struct anon_vma_chain *from = last_chain(src), *chain; from;
	     from = chain_before(src, from)) {
		chain = anon_vma_chain_alloc();
		if (!chain) {
			unlock_root(root);
			dst->anon_vma = NULL;
			unlink_anon_vmas(dst);
			return -ENOMEM;
		}
		lock_root(&root, from->anon_vma);
		anon_vma_chain_link(dst, chain, from->anon_vma);
		if (fork && !dst->anon_vma && from->anon_vma != src->anon_vma &&
		    may_take_over(from->anon_vma))
			dst->anon_vma = from->anon_vma;
	}
	if (dst->anon_vma) {
		dst->anon_vma->degree++;
		dst->anon_vma->num_active_vmas++;
	}
	unlock_root(root);
	return 0;
}

int anon_vma_clone(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	return clone_chains(dst, src, false);
}

/* A family of its own for the child, below the parent's. */
static int fork_family(struct vm_area_struct *vma, struct vm_area_struct *parent)
{
	struct anon_vma *anon_vma = anon_vma_alloc();
	struct anon_vma_chain *chain = anon_vma ? anon_vma_chain_alloc() : NULL;

	if (!chain) {
		if (anon_vma)
			put_anon_vma(anon_vma);
		return -ENOMEM;
	}
	anon_vma->root = parent->anon_vma->root;
	anon_vma->parent = parent->anon_vma;
	anon_vma->num_active_vmas = 1;
	anon_vma->root->refcount++;
	vma->anon_vma = anon_vma;
	rwlock_take_write(&anon_vma->root->lock);
	anon_vma_chain_link(vma, chain, anon_vma);
	anon_vma->parent->degree++;
	anon_vma->parent->num_children++;
	rwlock_release_write(&anon_vma->root->lock);
	return 0;
}

int anon_vma_fork(struct vm_area_struct *vma, struct vm_area_struct *parent)
{
	int ret;

	vma->anon_vma = NULL;
	if (!parent->anon_vma)
		return 0;
	ret = clone_chains(vma, parent, true);
	if (ret || vma->anon_vma)
		return ret;
	ret = fork_family(vma, parent);
	if (ret)
		unlink_anon_vmas(vma);
	return ret;
}

/* The families are left under the root's lock, and those without a mapping freed without it. */
void unlink_anon_vmas(struct vm_area_struct *vma)
{
	struct anon_vma *root = NULL;
	struct anon_vma_chain *chain, *next;

	for (chain = LIST_FIRST(&vma->anon_vma_chain); chain; chain = next) {
		struct anon_vma *anon_vma = chain->anon_vma;

		next = LIST_NEXT(chain, same_vma);
		lock_root(&root, anon_vma);
		TAILQ_REMOVE(&anon_vma->chains, chain, same_anon_vma);
		if (TAILQ_EMPTY(&anon_vma->chains)) {
			anon_vma->parent->degree--;
			anon_vma->parent->num_children--;
			continue;
		}
		LIST_REMOVE(chain, same_vma);
		anon_vma_chain_free(chain);
	}
	if (vma->anon_vma) {
		vma->anon_vma->degree--;
		vma->anon_vma->num_active_vmas--;
		vma->anon_vma = NULL;
	}
	unlock_root(root);
	while ((chain = LIST_FIRST(&vma->anon_vma_chain))) {
		put_anon_vma(chain->anon_vma);
		LIST_REMOVE(chain, same_vma);
		anon_vma_chain_free(chain);
	}
}
