/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest: for each vector, lay out its tables, set the control bits, make the access, and write
 * down what the processor did. It judges nothing; host programs do, from the memory that it leaves.
 *
 * While an access runs only two things are mapped beside what the vector says, both by slot 0 of
 * its top table:
 *
 *   4M +--------------------+
 *      | the guest, for user| the same frame, for CPL 3 to run the access from
 *   2M +--------------------+
 *      | the guest          | a supervisor page under a key that nothing forbids
 *      +--------------------+
 */
#include <stddef.h>

#include "guest_asm.h"
#include "guest_cpu.h"
#include "vector.h"

_Static_assert(HEADER == MMU_HEADER, "as in vector.h");
_Static_assert(HEADER_LEVELS == offsetof(struct mmu_header, levels), "as in vector.h");
_Static_assert(NR_STUBS == MMU_DONE + 1, "as in vector.h");

#define ENTRY_TABLE 0x07 /* P, RW, US */
#define ENTRY_USER  0x87 /* and PS */
#define ENTRY_GUEST 0x83 /* without US */
#define KEY_SHIFT   59

/* QEMU ends with status 2 * code + 1. */
#define EXIT_DEAD	  1
#define EXIT_ALL_ANSWERED 0x10

typedef uint64_t table[512] __attribute__((aligned(4096)));

static table frame_pmd, frame_pud, frame_p4d; /* lead to the guest while an access runs */
static struct tss tss;
static struct gate idt[NR_STUBS];
static uint8_t trap_stack[4096] __attribute__((aligned(16)));

extern const uint64_t access_code[MMU_ACCESSES][4];
extern uint64_t gdt[], home_cr3, home_cr4;
extern const uint8_t stubs[NR_STUBS][16];
extern uint64_t trap_vector, trap_error, trap_rip, trap_cs, trap_cr2, trap_value;

/* What the processor shall be when the access begins. */
struct go {
	uint64_t frame[5]; /* for IRETQ: RIP, CS, RFLAGS, RSP, SS */
	uint64_t cr3, cr4, cr0;
	uint64_t rdi; /* where */
	uint64_t rax; /* what */
};

_Static_assert(GO_CR3 == offsetof(struct go, cr3), "as the assembly has it");
_Static_assert(GO_CR4 == offsetof(struct go, cr4), "as the assembly has it");
_Static_assert(GO_CR0 == offsetof(struct go, cr0), "as the assembly has it");
_Static_assert(GO_RDI == offsetof(struct go, rdi), "as the assembly has it");
_Static_assert(GO_RAX == offsetof(struct go, rax), "as the assembly has it");

void access_go(const struct go *go);
void guest_main(void);

static void say(const char *text)
{
	while (*text)
		out8(0xe9, *text++);
}

static void __attribute__((noreturn)) leave(uint32_t code)
{
	for (;;)
		out32(0xf4, code);
}

static void __attribute__((noreturn)) die(const char *why)
{
	say("guest: ");
	say(why);
	say("\n");
	leave(EXIT_DEAD);
}

static volatile uint64_t *word_at(uint64_t pa)
{
	return (volatile uint64_t *)(uintptr_t)(pa & ~UINT64_C(7));
}

/* A system segment: base in four pieces, limit, type, present. */
static void set_system_segment(unsigned selector, uint64_t base, uint32_t limit, uint64_t type)
{
	uint64_t *at = &gdt[selector / 8];

	at[0] = limit | (base & 0xffffff) << 16 | type << 40 | UINT64_C(1) << 47 |
		(base >> 24 & 0xff) << 56;
	at[1] = base >> 32;
}

/* Every trap takes a stack of its own: the interrupted one may be what is tested. */
static void set_up_traps(void)
{
	struct pointer p = { sizeof(idt) - 1, (uint64_t)idt };

	for (unsigned i = 0; i < NR_STUBS; i++) {
		uint64_t at = (uint64_t)stubs[i];

		idt[i] = (struct gate){ .low = at, .selector = GUEST_CS, .ist = 1,
			.type = 0xee, /* present, DPL 3, interrupt gate */
			.middle = at >> 16, .high = at >> 32 };
	}
	tss.ist1 = (uint64_t)(trap_stack + sizeof(trap_stack));
	tss.iomap = sizeof(tss);
	set_system_segment(GUEST_TSS, (uint64_t)&tss, sizeof(tss) - 1, 9);
	load_idt(&p);
	load_tss(GUEST_TSS);
}

static void set_up_frame(void)
{
	frame_p4d[0] = (uint64_t)frame_pud | ENTRY_TABLE;
	frame_pud[0] = (uint64_t)frame_pmd | ENTRY_TABLE;
	frame_pmd[(MMU_GUEST + USER_ALIAS) >> 21] = MMU_GUEST | ENTRY_USER;
}

/* The vector's tables. Slot 0 of the top one is the guest's; the generator leaves it free. */
static void lay_tables(const struct mmu_vector *v, unsigned levels)
{
	uint64_t below = (uint64_t)(levels == 5 ? frame_p4d : frame_pud);

	for (unsigned i = 0; i < MMU_LEVELS; i++)
		if (v->slot[i])
			*word_at(v->slot[i]) = v->entry[i];
	*word_at(v->cr3 & ~UINT64_C(0xfff)) = below | ENTRY_TABLE;
	frame_pmd[MMU_GUEST >> 21] = MMU_GUEST | ENTRY_GUEST | (uint64_t)v->guest_key << KEY_SHIFT;
}

static void take_tables(const struct mmu_vector *v, struct mmu_answer *a)
{
	for (unsigned i = 0; i < MMU_LEVELS; i++)
		a->entry[i] = v->slot[i] ? *word_at(v->slot[i]) : 0;
	for (unsigned i = 0; i < MMU_LEVELS; i++)
		if (v->slot[i])
			*word_at(v->slot[i]) = 0;
	*word_at(v->cr3 & ~UINT64_C(0xfff)) = 0;
}

static uint64_t vector_cr4(const struct mmu_vector *v, unsigned levels)
{
	uint64_t cr4 = CR4_PAE | (levels == 5 ? CR4_LA57 : 0);

	cr4 |= v->control & MMU_SMEP ? CR4_SMEP : 0;
	cr4 |= v->control & MMU_SMAP ? CR4_SMAP : 0;
	cr4 |= v->control & MMU_PKE ? CR4_PKE : 0;
	cr4 |= v->control & MMU_PKS ? CR4_PKS : 0;
	cr4 |= v->control & MMU_PGE ? CR4_PGE : 0;
	return cr4;
}

/* The registers that do not matter to the guest before the access, or after it. */
static void set_registers(const struct mmu_vector *v)
{
	write_pkru(v->pkru);
	write_msr(MSR_PKRS, v->pkrs);
	write_msr(MSR_EFER, v->control & MMU_NXE ? HOME_EFER : HOME_EFER & ~EFER_NXE);
	write_cr2(MMU_CR2_BEFORE);
}

static void reset_registers(void)
{
	write_pkru(0);
	write_msr(MSR_PKRS, 0);
	write_msr(MSR_EFER, HOME_EFER);
}

static uint64_t code_of(const struct mmu_vector *v)
{
	if (v->access >= MMU_ACCESSES || v->size > 3 || !access_code[v->access][v->size])
		die("a vector names an access that there is not");
	return access_code[v->access][v->size];
}

static void make_access(const struct mmu_vector *v, unsigned levels)
{
	bool user = v->cpl == 3;
	struct go go = {
		.frame = {
			code_of(v) + (user ? USER_ALIAS : 0),
			user ? USER_CS : GUEST_CS,
			RFLAGS_FIXED | (v->control & MMU_AC ? RFLAGS_AC : 0),
			(uint64_t)(trap_stack + sizeof(trap_stack)), /* no access uses it */
			user ? USER_DS : GUEST_DS,
		},
		.cr3 = v->cr3,
		.cr4 = vector_cr4(v, levels),
		.cr0 = v->control & MMU_WP ? HOME_CR0 : HOME_CR0 & ~CR0_WP,
		.rdi = v->va,
		.rax = MMU_WRITTEN,
	};

	if (v->access == MMU_IMPLICIT) {
		set_system_segment(GUEST_LDT, v->va, 7, 2);
		load_ldt(GUEST_LDT);
		go.rax = 4 | v->cpl; /* selector 0 of the local table */
	}
	set_registers(v);
	access_go(&go);
	reset_registers();
}

static void answer(const struct mmu_vector *v, struct mmu_answer *a)
{
	a->cr2 = trap_cr2;
	a->vector = trap_vector;
	a->error = trap_error;
	a->cpl = trap_cs & 3;
	a->value = trap_value;
	if (v->access == MMU_FETCH) {
		/* int3 leaves RIP behind it. */
		a->value = a->vector == 3 ? trap_rip - 1 : 0;
		a->vector = a->vector == 3 ? MMU_DONE : a->vector;
	} else if (v->access == MMU_IMPLICIT) {
		a->value = read_msr(MSR_FS_BASE);
		clear_fs();
		write_msr(MSR_FS_BASE, 0); /* some processors keep the base of a null selector */
	}
}

static void run(const struct mmu_vector *v, struct mmu_answer *a, unsigned levels)
{
	uint64_t word = *word_at(v->target);

	lay_tables(v, levels);
	make_access(v, levels);
	answer(v, a);
	take_tables(v, a);
	a->word = *word_at(v->target);
	*word_at(v->target) = word;
}

void guest_main(void)
{
	struct mmu_header *h = (struct mmu_header *)MMU_HEADER;
	const struct mmu_vector *v = (const struct mmu_vector *)MMU_VECTORS;
	struct mmu_answer *a = (struct mmu_answer *)MMU_ANSWERS;

	if (h->magic != MMU_MAGIC || h->count > MMU_MAX_VECTORS)
		die("the header is none");
	set_up_traps();
	set_up_frame();
	h->physical_bits = cpuid_eax(0x80000008) & 0xff;
	h->has_gbpages = cpuid_edx(0x80000001) >> 26 & 1;
	for (h->answered = 0; h->answered < h->count; h->answered++)
		run(&v[h->answered], &a[h->answered], h->levels);
	leave(EXIT_ALL_ANSWERED);
}
