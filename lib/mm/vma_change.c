/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What __vma_adjust() and vma_expand() of v6.1 mm/mmap.c and vma_adjust() before them do, and
 * vma_shrink() and commit_merge() after them: under the locks of the file's and the family's
 * reverse maps the bounds change, and mappings that lie in them go.
 */
#include "mm/vma_change.h"

#include "exec/point.h"
#include "mm/file.h"
#include "mm/mempolicy.h"
#include "mm/mmap_lock.h"
#include "mm/ranges.h"
#include "mm/rmap.h"
#include "mm/zone.h"

#include <errno.h>

struct vm_area_struct *vma_dup(struct vm_area_struct *vma)
{
	struct vm_area_struct *new = vma_alloc(vma->vm_mm);

	if (!new)
		return NULL;
	new->vm_start = vma->vm_start;
	new->vm_end = vma->vm_end;
	new->vm_flags = vma->vm_flags;
	new->vm_pgoff = vma->vm_pgoff;
	new->anon_vma = vma->anon_vma;
	if (mpol_copy(&new->vm_policy, vma->vm_policy)) {
		vma_free(new);
		return NULL;
	}
	if (vma->anon_vma && anon_vma_clone(new, vma)) {
		mpol_put(new->vm_policy);
		vma_free(new);
		return NULL;
	}
	new->vm_file = vma->vm_file;
	if (new->vm_file)
		file_get(new->vm_file);
	return new;
}

void vma_unfault(struct vm_area_struct *vma)
{
	if (!LIST_EMPTY(&vma->anon_vma_chain))
		unlink_anon_vmas(vma);
	vma->anon_vma = NULL;
}

void vma_unlink_rmap(struct vm_area_struct *vma)
{
	vma_unfault(vma);
	if (vma->vm_file && !vma->vm_unlinked)
		file_vma_unlink(vma);
	vma->vm_unlinked = true;
}

void vma_destroy(struct vm_area_struct *vma)
{
	vma_unlink_rmap(vma);
	if (vma->vm_file)
		file_put(vma->vm_file);
	if (vma->vm_policy)
		mpol_put(vma->vm_policy);
	vma_free(vma);
}

/*
 * The VMA that grows over pages of @from must be in their family, if only by way of an unfaulted
 * neighbour that gives the range up. *@importer is then that VMA.
 */
static int import_anon_vma(struct vm_area_struct **importer, struct vm_area_struct *to,
			   struct vm_area_struct *from)
{
	if (to->anon_vma || !from->anon_vma)
		return 0;
	to->anon_vma = from->anon_vma;
	if (anon_vma_clone(to, from))
		return -ENOMEM;
	*importer = to;
	return 0;
}

static int import_families(struct vm_area_struct **importer, const struct vma_change *c)
{
	int ret = 0;

	for (int i = 0; i < 2 && !ret; i++)
		if (c->remove[i])
			ret = import_anon_vma(importer, c->vma, c->remove[i]);
	if (c->next && !ret)
		ret = c->end > c->vma->vm_end ? import_anon_vma(importer, c->vma, c->next)
					      : import_anon_vma(importer, c->next, c->vma);
	return ret;
}

bool vma_tree_full(void)
{
	return has(ROW_MMAP_EXPAND) && alloc_fails();
}

/* All that can fail, before anything changes: *@mapping for a VMA of a file that comes in. */
static int prepare_change(struct file_mapping **mapping, const struct vma_change *c)
{
	struct vm_area_struct *importer = NULL;
	int ret = import_families(&importer, c);

	*mapping = NULL;
	if (!ret && vma_tree_full())
		ret = -ENOMEM;
	if (!ret && c->insert && c->vma->vm_file) {
		*mapping = kmalloc_nofail(current_machine(), sizeof(**mapping));
		ret = *mapping ? 0 : -ENOMEM;
	}
	if (ret && importer)
		unlink_anon_vmas(importer);
	return ret;
}

/* v6.4+: every VMA of the change; what is inserted is nobody else's yet. */
static void start_writes(const struct vma_change *c)
{
	vma_start_write(c->vma);
	if (c->next)
		vma_start_write(c->next);
	for (int i = 0; i < 2; i++)
		if (c->remove[i])
			vma_start_write(c->remove[i]);
}

/* A huge page that a new border cuts becomes a table of base pages. */
static void cut_huge_pages(const struct vma_change *c)
{
	struct vm_area_struct *vma = c->vma;

	if (c->start > vma->vm_start || c->end < vma->vm_end)
		vma_adjust_trans_huge(vma, c->start, c->end);
	if (c->next && c->end > c->next->vm_start)
		vma_adjust_trans_huge(c->next, c->end, c->next->vm_end);
}

/* The family whose pages are concerned. */
static struct anon_vma *family(const struct vma_change *c)
{
	if (c->vma->anon_vma)
		return c->vma->anon_vma;
	return c->next ? c->next->anon_vma : NULL;
}

static void set_bounds(const struct vma_change *c)
{
	struct mm_struct *mm = c->vma->vm_mm;

	touch(MM_OBJECT(mm, MM_VMAS), ACCESS_WRITE);
	for (int i = 0; i < 2; i++)
		if (c->remove[i])
			vma_unlink(mm, c->remove[i]);
	c->vma->vm_start = c->start;
	c->vma->vm_end = c->end;
	c->vma->vm_pgoff = c->pgoff;
	if (c->next) {
		c->next->vm_pgoff += c->end / FRAME_SIZE - c->next->vm_start / FRAME_SIZE;
		c->next->vm_start = c->end;
	}
	if (c->insert) {
		vma_mark_new(c->insert);
		vma_link(mm, c->insert);
	}
}

int vma_change(const struct vma_change *c)
{
	struct file *file = c->vma->vm_file;
	struct file_mapping *mapping;
	struct anon_vma *anon_vma;
	int ret = prepare_change(&mapping, c);

	if (ret)
		return ret;
	start_writes(c);
	cut_huge_pages(c);
	anon_vma = family(c);
	if (file)
		rwlock_take_write(&file->mapping.i_mmap_lock);
	if (anon_vma)
		rwlock_take_write(&anon_vma->root->lock);
	if (mapping) {
		mapping->vma = c->insert;
		TAILQ_INSERT_TAIL(&file->mapping.mappings, mapping, link);
	}
	set_bounds(c);
	if (anon_vma)
		rwlock_release_write(&anon_vma->root->lock);
	if (file)
		rwlock_release_write(&file->mapping.i_mmap_lock);
	for (int i = 0; i < 2; i++)
		if (c->remove[i])
			vma_destroy(c->remove[i]);
	return 0;
}
