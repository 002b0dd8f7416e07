/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings, and what changes them. */
#include "words.h"

#include <sys/syscall.h>

#define FIRST_PLACE UINT64_C(0x100000000000)

static uint64_t next_place;

void places_begin(void)
{
	next_place = FIRST_PLACE;
}

uint64_t place(uint64_t length)
{
	uint64_t at = next_place;

	next_place += ((length + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1)) + 2 * HUGE_PAGE;
	return at;
}

long map_at(struct actor *a, uint64_t address, uint64_t length, int prot, int flags, int fd,
	    uint64_t offset)
{
	long p = call(a, "mmap", SYS_mmap, address, length, (uint64_t)prot, (uint64_t)flags,
		      (uint64_t)fd, offset);

	if (p > 0 && !(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
		mask_address((uint64_t)p, length);
	return p;
}

/* A case that cannot have its mapping has nothing to say. */
static uint64_t must_map(struct actor *a, uint64_t length, int prot, int flags, int fd,
			 uint64_t offset)
{
	long p = map_at(a, place(length), length, prot, flags | MAP_FIXED_NOREPLACE, fd, offset);

	if (p <= 0)
		side_fail("mmap() for %s: %s", a->name, error_name(p));
	return (uint64_t)p;
}

uint64_t map(struct actor *a, uint64_t length, int prot)
{
	return must_map(a, length, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

uint64_t map_shared(struct actor *a, uint64_t length, int prot)
{
	return must_map(a, length, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

uint64_t map_huge(struct actor *a, uint64_t length, int prot)
{
	uint64_t p = map(a, length, prot);

	advise(a, p, length, MADV_HUGEPAGE);
	return p;
}

uint64_t map_file(struct actor *a, int fd, uint64_t offset, uint64_t length, int prot, int flags)
{
	return must_map(a, length, prot, flags, fd, offset);
}

long unmap(struct actor *a, uint64_t p, uint64_t length)
{
	return call(a, "munmap", SYS_munmap, p, length, 0, 0, 0, 0);
}

long protect(struct actor *a, uint64_t p, uint64_t length, int prot)
{
	return call(a, "mprotect", SYS_mprotect, p, length, (uint64_t)prot, 0, 0, 0);
}

long advise(struct actor *a, uint64_t p, uint64_t length, int advice)
{
	return call(a, "madvise", SYS_madvise, p, length, (uint64_t)advice, 0, 0, 0);
}

long remap(struct actor *a, uint64_t p, uint64_t length, uint64_t new_length, int flags,
	   uint64_t to)
{
	long result = call(a, "mremap", SYS_mremap, p, length, new_length, (uint64_t)flags, to, 0);

	if (result > 0 && (uint64_t)result != p && !(flags & MREMAP_FIXED))
		mask_address((uint64_t)result, new_length);
	return result;
}

long lock(struct actor *a, uint64_t p, uint64_t length)
{
	return call(a, "mlock", SYS_mlock, p, length, 0, 0, 0, 0);
}

long lock_on_fault(struct actor *a, uint64_t p, uint64_t length)
{
	return call(a, "mlock2", SYS_mlock2, p, length, MLOCK_ONFAULT, 0, 0, 0);
}

long unlock(struct actor *a, uint64_t p, uint64_t length)
{
	return call(a, "munlock", SYS_munlock, p, length, 0, 0, 0, 0);
}

long lock_all(struct actor *a, int flags)
{
	return call(a, "mlockall", SYS_mlockall, (uint64_t)flags, 0, 0, 0, 0, 0);
}

long unlock_all(struct actor *a)
{
	return call(a, "munlockall", SYS_munlockall, 0, 0, 0, 0, 0, 0);
}
