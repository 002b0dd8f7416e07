/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The exception: arch/x86/mm/fault.c, do_page_fault() of v3.8, do_user_addr_fault() of v6.12.
 *
 *   v6.4+: the VMA under its own lock --- may the access? --- handle --- done
 *                |                                              `- VM_FAULT_RETRY
 *                v                                                        |
 *   the VMA under mmap_sem --- a stack that grows? --- may the access? --- handle --- done
 */
#include "mm/fault.h"

#include "mm/bits.h"
#include "mm/mmap_lock.h"

#include <stdarg.h>
#include <stdio.h>

void kernel_oops(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	violate(ORACLE_OOPS, NULL, 0, "the kernel oopses: %s", text);
	context_die();
}

/*
 * access_error(), v3.8 to v6.12. Reading or fetching a present page that the entry forbids is
 * final; writing is not, the page may be shared. Whether a page may be executed is found out by
 * the second fault, when it is present.
 */
static bool access_error(const struct vm_area_struct *vma, uint32_t error_code)
{
	if (error_code & X86_PF_PK)
		return true;
	if (error_code & X86_PF_W)
		return !(vma->vm_flags & VM_WRITE);
	return error_code & X86_PF_P || !vma_is_accessible(vma);
}

static unsigned flags_of(uint32_t error_code)
{
	return FAULT_FLAG_USER | (error_code & X86_PF_W ? FAULT_FLAG_WRITE : 0) |
	       (error_code & X86_PF_I ? FAULT_FLAG_INSTRUCTION : 0);
}

/* VM_FAULT_RETRY: under mmap_sem, please. */
static unsigned fault_under_vma_lock(struct mm_struct *mm, uint64_t address, uint32_t error_code)
{
	struct vm_area_struct *vma = lock_vma_under_rcu(mm, address);
	unsigned ret;

	if (!vma)
		return VM_FAULT_RETRY;
	if (access_error(vma, error_code)) {
		vma_end_read(vma);
		return VM_FAULT_RETRY;
	}
	ret = handle_mm_fault(vma, address, flags_of(error_code) | FAULT_FLAG_VMA_LOCK);
	if (!(ret & VM_FAULT_RETRY)) /* else the handler has released it */
		vma_end_read(vma);
	return ret;
}

/* The VMA of @address, or the stack above it that may grow; NULL: neither. */
static struct vm_area_struct *find_near(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma = find_vma(mm, address);

	return vma && (vma->vm_start <= address || vma->vm_flags & VM_GROWSDOWN) ? vma : NULL;
}

/*
 * 8d7071af8907: a VMA changes its bounds under the write lock, which is no upgrade of the read lock
 * but a new one, with a new look. Ends with the read lock.
 */
static struct vm_area_struct *grow_under_write_lock(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma;

	mmap_read_unlock(mm);
	mmap_write_lock(mm);
	vma = find_near(mm, address);
	if (vma && address < vma->vm_start && expand_stack(vma, address))
		vma = NULL;
	mmap_write_downgrade(mm);
	return vma;
}

struct vm_area_struct *find_vma_and_grow(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma = find_near(mm, address);

	if (!vma || vma->vm_start <= address)
		return vma;
	if (has(ROW_STACK_WRITE_LOCK))
		return grow_under_write_lock(mm, address);
	return expand_stack(vma, address) ? NULL : vma;
}

static unsigned fault_under_mmap_lock(struct mm_struct *mm, uint64_t address, uint32_t error_code)
{
	unsigned ret = VM_FAULT_SIGSEGV;
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_vma_and_grow(mm, address);
	if (vma && !access_error(vma, error_code))
		ret = handle_mm_fault(vma, address, flags_of(error_code));
	mmap_read_unlock(mm);
	return ret;
}

/* An entry with reserved bits is a corrupted table (pgtable_bad()). */
bool handle_page_fault(struct mm_struct *mm, uint64_t address, uint32_t error_code)
{
	unsigned ret = VM_FAULT_RETRY;

	event_about(EVENT_FAULT, address, error_code);
	if (error_code & X86_PF_RSVD)
		kernel_oops("corrupted page table at address %#llx", (unsigned long long)address);
	if (has(ROW_PER_VMA_LOCK))
		ret = fault_under_vma_lock(mm, address, error_code);
	if (ret & VM_FAULT_RETRY)
		ret = fault_under_mmap_lock(mm, address, error_code);
	if (ret & VM_FAULT_ERROR) {
		current_task()->out_of_memory = ret & VM_FAULT_OOM;
		current_task()->bus_error = ret & VM_FAULT_SIGBUS;
	}
	return !(ret & VM_FAULT_ERROR);
}
