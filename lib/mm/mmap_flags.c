/* SPDX-License-Identifier: BSD-2-Clause */
/* What a new mapping may be, by its protection, its type and its file: do_mmap() of v3.8 to v6.12
 * mm/mmap.c. */
#include "mm/mmap_flags.h"

#include "mm/abi.h"
#include "mm/file.h"

#include <errno.h>

/* Bits that MAP_SHARED_VALIDATE knows: include/linux/mman.h, v4.15. */
#define LEGACY_MAP_MASK                                                                            \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE |   \
	 MAP_UNINITIALIZED | MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE |           \
	 MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | MAP_32BIT | HUGE_SIZE(21) | HUGE_SIZE(30))
#define HUGE_SIZE(log)	(log << MAP_HUGE_SHIFT)

uint64_t mmap_vm_flags(const struct mmap_request *r)
{
	uint64_t vm_flags = r->mm->def_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if (r->prot & PROT_READ)
		vm_flags |= VM_READ;
	if (r->prot & PROT_WRITE)
		vm_flags |= VM_WRITE;
	if (r->prot & PROT_EXEC)
		vm_flags |= VM_EXEC;
	if (r->flags & MAP_GROWSDOWN)
		vm_flags |= VM_GROWSDOWN;
	if (r->flags & MAP_LOCKED)
		vm_flags |= VM_LOCKED;
	if (r->flags & MAP_STACK && has(ROW_MAP_STACK_NOHUGE))
		vm_flags |= VM_NOHUGEPAGE;
	return vm_flags;
}

/* file_mmap_ok(), v4.17+: no place in a file is beyond 2^63 bytes. */
static bool offset_ok(const struct mmap_request *r)
{
	const uint64_t max = INT64_MAX;

	if (!has(ROW_MMAP_FILE_LIMIT) || r->file->kind == FILE_DEVICE)
		return true;
	return r->len <= max && r->pgoff <= (max - r->len) >> FRAME_SHIFT;
}

/* MAP_SHARED, and what else may not be done with a file that cannot be written. */
static int shared_file_flags(struct mmap_request *r)
{
	if (r->prot & PROT_WRITE && !r->file->writable)
		return -EACCES;
	r->vm_flags |= VM_SHARED | VM_MAYSHARE;
	if (!r->file->writable)
		r->vm_flags &= ~(uint64_t)(VM_MAYWRITE | VM_SHARED);
	return 0;
}

static int file_flags(struct mmap_request *r)
{
	unsigned long known = LEGACY_MAP_MASK;
	int ret = 0;

	if (has(ROW_MAP_ABOVE4G))
		known |= MAP_ABOVE4G;
	if (!offset_ok(r))
		return -EOVERFLOW;
	switch (r->flags & MAP_TYPE) {
	case MAP_SHARED_VALIDATE:
		if (!has(ROW_SHARED_VALIDATE))
			return -EINVAL;
		if (r->flags & ~known)
			return -EOPNOTSUPP;
		ret = shared_file_flags(r);
		break;
	case MAP_SHARED:
		ret = shared_file_flags(r);
		break;
	case MAP_PRIVATE:
		break;
	default:
		return -EINVAL;
	}
	if (ret)
		return ret;
	if (!r->file->readable)
		return -EACCES;
	return r->vm_flags & VM_GROWSDOWN ? -EINVAL : 0;
}

/* MAP_DROPPABLE, v6.11+: private memory that reclaim may drop; it is not reclaimed here. */
static int droppable_flags(struct mmap_request *r)
{
	if (!has(ROW_MAP_DROPPABLE) || r->flags & (MAP_LOCKED | MAP_HUGETLB) ||
	    r->vm_flags & VM_GROWSDOWN)
		return -EINVAL;
	r->vm_flags |= VM_DROPPABLE | VM_NORESERVE | VM_WIPEONFORK | VM_DONTDUMP;
	return 0;
}

static int anon_flags(struct mmap_request *r)
{
	int ret = 0;

	switch (r->flags & MAP_TYPE) {
	case MAP_SHARED:
		if (r->vm_flags & VM_GROWSDOWN)
			return -EINVAL;
		r->pgoff = 0;
		r->vm_flags |= VM_SHARED | VM_MAYSHARE;
		return 0;
	case MAP_DROPPABLE:
		ret = droppable_flags(r);
		break;
	case MAP_PRIVATE:
		break;
	default:
		return -EINVAL;
	}
	r->pgoff = r->addr >> FRAME_SHIFT;
	return ret;
}

int mmap_type_flags(struct mmap_request *r)
{
	int ret = r->file ? file_flags(r) : anon_flags(r);

	if (ret)
		return ret;
	if (r->flags & MAP_NORESERVE)
		r->vm_flags |= VM_NORESERVE;
	if (r->file && r->file->kind == FILE_HUGETLB)
		r->vm_flags |= VM_HUGETLB | VM_DONTEXPAND;
	return 0;
}
