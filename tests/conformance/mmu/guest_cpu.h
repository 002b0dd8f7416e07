/* SPDX-License-Identifier: BSD-2-Clause */
/* The instructions that C has no words for, and the shapes that the processor reads. */
#ifndef MMU_GUEST_CPU_H
#define MMU_GUEST_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define MSR_PKRS    0x6e1
#define MSR_FS_BASE 0xc0000100

/* Task-state segment of long mode, SDM vol. 3A 7.7. */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist1;
	uint64_t ist_rest[6];
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t iomap;
} __attribute__((packed));

/* Interrupt gate of long mode, SDM vol. 3A 6.14.1. */
struct gate {
	uint16_t low;
	uint16_t selector;
	uint8_t ist;
	uint8_t type;
	uint16_t middle;
	uint32_t high;
	uint32_t reserved;
};

struct pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static inline void out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline void load_idt(const struct pointer *p)
{
	asm volatile("lidt %0" : : "m"(*p));
}

static inline void load_tss(uint16_t selector)
{
	asm volatile("ltr %0" : : "r"(selector));
}

static inline void load_ldt(uint16_t selector)
{
	asm volatile("lldt %0" : : "r"(selector) : "memory");
}

static inline void clear_fs(void)
{
	asm volatile("mov %0, %%fs" : : "r"(0));
}

static inline void write_cr2(uint64_t value)
{
	asm volatile("mov %0, %%cr2" : : "r"(value) : "memory");
}

static inline void write_pkru(uint32_t value)
{
	asm volatile("wrpkru" : : "a"(value), "c"(0), "d"(0) : "memory");
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
		     : "memory");
}

static inline uint64_t read_msr(uint32_t msr)
{
	uint32_t low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static inline uint32_t cpuid_eax(uint32_t leaf)
{
	uint32_t a = leaf, b, c = 0, d;

	asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return a;
}

static inline uint32_t cpuid_edx(uint32_t leaf)
{
	uint32_t a = leaf, b, c = 0, d;

	asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return d;
}

#endif
