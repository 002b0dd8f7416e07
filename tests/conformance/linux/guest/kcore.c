/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own memory, through /proc/kcore: an ELF file, a segment for each of its areas. */
#include "guest.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_SEGMENTS 256
#define KERNEL_TEXT  UINT64_C(0xffffffff80000000) /* the same memory a second time */

static int fd = -1;
static unsigned nr_segments;
static Elf64_Phdr segment[MAX_SEGMENTS];

void kcore_open(void)
{
	Elf64_Ehdr head;
	ssize_t size;

	fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, &head, sizeof(head), 0) != sizeof(head))
		side_fail("cannot read /proc/kcore");
	if (head.e_phnum > MAX_SEGMENTS)
		side_fail("/proc/kcore has %u segments", head.e_phnum);
	nr_segments = head.e_phnum;
	size = (ssize_t)(nr_segments * sizeof(segment[0]));
	if (pread(fd, segment, (size_t)size, (off_t)head.e_phoff) != size)
		side_fail("cannot read the segments of /proc/kcore");
}

static void read_at(uint64_t offset, void *bytes, size_t length)
{
	if (pread(fd, bytes, length, (off_t)offset) != (ssize_t)length)
		side_fail("cannot read /proc/kcore at %llx", (unsigned long long)offset);
}

static void read_virtual(uint64_t address, void *bytes, size_t length)
{
	for (unsigned i = 0; i < nr_segments; i++) {
		const Elf64_Phdr *s = &segment[i];

		if (s->p_type == PT_LOAD && address >= s->p_vaddr &&
		    address - s->p_vaddr + length <= s->p_memsz)
			return read_at(s->p_offset + (address - s->p_vaddr), bytes, length);
	}
	side_fail("the kernel has no memory at %llx", (unsigned long long)address);
}

uint64_t kcore_u64(uint64_t address)
{
	uint64_t value;

	read_virtual(address, &value, sizeof(value));
	return value;
}

uint32_t kcore_u32(uint64_t address)
{
	uint32_t value;

	read_virtual(address, &value, sizeof(value));
	return value;
}

/* Segments of the direct map say which physical memory they are. */
uint64_t kcore_physical_u64(uint64_t address)
{
	uint64_t value;

	for (unsigned i = 0; i < nr_segments; i++) {
		const Elf64_Phdr *s = &segment[i];

		if (s->p_type != PT_LOAD || s->p_paddr == UINT64_MAX || s->p_vaddr >= KERNEL_TEXT)
			continue;
		if (address >= s->p_paddr && address - s->p_paddr + 8 <= s->p_memsz) {
			read_at(s->p_offset + (address - s->p_paddr), &value, sizeof(value));
			return value;
		}
	}
	side_fail("there is no physical memory at %llx", (unsigned long long)address);
}
