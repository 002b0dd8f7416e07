/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page walk: what the processor does with a linear address that no TLB entry translates.
 *
 * x86_walk() reads the tables and decides; it stores nothing, so that a walk may be looked at,
 * announced, repeated or thrown away. x86_walk_commit() then sets the A and D bits that the walk
 * called for. Between the two, other processors may have changed the tables: the walk is what the
 * processor had read.
 *
 *	struct x86_walk w;
 *
 *	x86_walk(&w, &mode, mem, cr3, &(struct x86_access){ .va = va, .write = true });
 *	if (w.outcome == X86_OK && !x86_walk_commit(&w))
 *		store(w.pa);
 *
 * Sources: Intel SDM vol. 3A sections 4.5 (translation, reserved bits), 4.6 (rights, protection
 * keys), 4.7 (error code), 4.8 (A and D); AMD APM vol. 2 sections 5.3 to 5.6. Not modelled: shadow
 * stacks, SGX, linear-address masking, HLAT, encryption bits.
 */
#ifndef X86_WALK_H
#define X86_WALK_H

#include "machine/phys.h"
#include "x86/entry.h"

/* Page-fault error code, SDM 4.7. */
enum {
	X86_PF_P = 1 << 0,    /* a translation exists, or a reserved bit was set */
	X86_PF_W = 1 << 1,    /* the access was a write */
	X86_PF_U = 1 << 2,    /* the access was a user-mode access */
	X86_PF_RSVD = 1 << 3, /* a reserved bit was set */
	X86_PF_I = 1 << 4,    /* an instruction fetch, where SMEP or NXE is on */
	X86_PF_PK = 1 << 5,   /* the protection key forbids it */
};

/*
 * Which A bits a walk sets when it ends in a page fault. The SDM leaves it open for the entry that
 * maps the page (vol. 3A 6.15, footnote at #PF: model specific) and does not say that a translation
 * has to set the upper ones before it is known to fault; all of these are seen as legal. An entry
 * that is not present or sets a reserved bit is never touched (SDM 4.10.2.3, APM 5.4.1).
 */
enum x86_fault_a {
	X86_FAULT_A_NONE,   /* none */
	X86_FAULT_A_TABLES, /* those of the entries that led to the one that faults */
	X86_FAULT_A_PUD,    /* also the leaf's, where the rights fault, if it maps 1 GiB: QEMU's */
	X86_FAULT_A_ALL,    /* also the leaf's, where it is the rights that fault */
};

/* The control state of a logical processor that paging looks at. Long mode, paging on. */
struct x86_mode {
	bool la57;		   /* CR4.LA57: five levels */
	bool wp;		   /* CR0.WP: supervisor writes obey R/W */
	bool smep;		   /* CR4.SMEP: no supervisor fetches from user pages */
	bool smap;		   /* CR4.SMAP: no supervisor data accesses to user pages... */
	bool ac;		   /* EFLAGS.AC: ...but explicit ones */
	bool pke;		   /* CR4.PKE: PKRU for user pages */
	bool pks;		   /* CR4.PKS: IA32_PKRS for supervisor pages */
	bool nxe;		   /* EFER.NXE: bit 63 forbids fetches; else it is reserved */
	bool pge;		   /* CR4.PGE: the G bit of leaves counts */
	bool gbpages;		   /* 1 GiB pages exist; else PSE is reserved in a PUD */
	uint8_t maxphyaddr;	   /* physical address bits, 32 to 52 */
	uint8_t table_g_reserved;  /* bit L: bit 8 of a table entry of level L is reserved (AMD) */
	enum x86_fault_a fault_a;  /* A bits after a fault */
	bool ad_erratum;	   /* A and D are set without another look at P: x86_walk_mark() */
	uint32_t pkru;		   /* two bits a key: 2k access-disable, 2k+1 write-disable */
	uint32_t pkrs;		   /* the same for supervisor pages */
};

/* One access, or part of one: it does not cross a 4 KiB boundary. */
struct x86_access {
	uint64_t va;
	bool write;    /* data write, or read-modify-write; not with exec */
	bool exec;     /* instruction fetch */
	bool user;     /* made at CPL 3 */
	bool implicit; /* an implicit supervisor access (descriptor tables, TSS) at any CPL */
	bool stack;    /* made through SS: push, pop, or an address based on RSP or RBP */
	bool probe;    /* the page walker fills ahead: translate, ask for no right, set no D */
};

/* What a translation permits: over all levels, SDM 4.10.2.2. */
struct x86_rights {
	bool rw;      /* AND of the R/W bits */
	bool us;      /* AND of the U/S bits: a user-mode address */
	bool nx;      /* OR of the XD bits */
	uint8_t pkey; /* bits 62:59 of the leaf, whether or not keys are on */
};

enum x86_outcome {
	X86_OK,
	X86_FAULT,	  /* #PF with an error code */
	X86_NONCANONICAL, /* #GP(0), of a stack access #SS(0): the address itself is bad */
	X86_BUS,	  /* an entry lies where the machine has no memory */
};

/* The exceptions that an access can raise here, by their vectors: SDM vol. 3A 6.15. */
enum x86_exception {
	X86_NO_EXCEPTION = 0,
	X86_SS = 12,
	X86_GP = 13,
	X86_PF = 14,
};

/* The first reason why an access gets no translation, in the order in which they are judged. */
enum x86_cause {
	X86_CAUSE_NONE,
	X86_CAUSE_ABSENT,    /* P is 0 */
	X86_CAUSE_RESERVED,  /* a reserved bit is 1 */
	X86_CAUSE_NX,	     /* fetch from a no-execute page */
	X86_CAUSE_SMEP,	     /* supervisor fetch from a user page */
	X86_CAUSE_USER,	     /* user-mode access to a supervisor page */
	X86_CAUSE_SMAP,	     /* supervisor data access to a user page */
	X86_CAUSE_READ_ONLY, /* write without R/W */
	X86_CAUSE_PKEY,	     /* the protection key */
};

/* One entry that a walk read. */
struct x86_step {
	uint64_t pa;	/* its physical address */
	uint64_t *host; /* the same in host memory; valid until the machine goes */
	uint64_t seen;	/* what it held */
	uint64_t after; /* what x86_walk_commit() leaves there */
	unsigned level; /* 1 to 5 */
};

/* Where a walk starts: at CR3, or at what a paging-structure cache knows. */
struct x86_walk_start {
	uint64_t table;		  /* physical address of the first table to read */
	unsigned level;		  /* its level */
	struct x86_rights rights; /* of the entries that led here */
};

struct x86_walk {
	enum x86_outcome outcome;
	enum x86_cause cause;		 /* why not, if outcome is X86_FAULT */
	uint32_t error_code;		 /* X86_PF_*, if X86_FAULT */
	unsigned nr;			 /* entries read */
	struct x86_step step[X86_LEVELS]; /* in the order read; step[nr - 1] is where it ended */
	uint64_t reserved;		 /* the reserved bits that were set, if that is the cause */
	uint64_t missing;		 /* physical address of the entry, if X86_BUS */

	/* The translation; set if X86_OK, and if X86_FAULT for lack of a right. */
	unsigned level;		  /* of the leaf: 1, 2, 3; 0 if there is no translation */
	uint64_t size;		  /* bytes the leaf maps */
	uint64_t pa;		  /* where the access goes; may lie outside the machine's memory */
	struct x86_rights rights; /* over all levels */
	bool global;		  /* leaf G, with CR4.PGE */
	bool dirty;		  /* leaf D once committed */
	uint8_t memtype;	  /* index into the PAT: PAT, PCD, PWT of the leaf */
};

/* Walk from @cr3 (bits 51:12; the rest is ignored). Never fails: the outcome says what happened. */
void x86_walk(struct x86_walk *w, const struct x86_mode *mode, const struct phys_map *mem,
	      uint64_t cr3, const struct x86_access *a);

/* The same from a table further down. */
void x86_walk_from(struct x86_walk *w, const struct x86_mode *mode, const struct phys_map *mem,
		   const struct x86_walk_start *start, const struct x86_access *a);

/*
 * What the processor raises after @w, a walk for @a. The error code of #PF is in @w, that of the
 * others is 0. For memory that is missing the manual names no exception: X86_NO_EXCEPTION.
 */
enum x86_exception x86_walk_exception(const struct x86_walk *w, const struct x86_access *a);

/* Where a walk without any cache starts. */
struct x86_walk_start x86_walk_top(const struct x86_mode *mode, uint64_t cr3);

/*
 * Set the A and D bits. -EAGAIN, and nothing is stored, if an entry that needs one no longer holds
 * what the walk saw: the processor would find that out with its locked update, and start over. An
 * entry that needs no bit set is not looked at again.
 */
int x86_walk_commit(const struct x86_walk *w);

/*
 * The same as an Intel Xeon Phi x200 (Knights Landing) can do it: the bits are set in whatever the
 * entry holds by now, also in one that is empty or a swap entry, and only then is it looked at
 * again. -EAGAIN: an entry was not what the walk saw, so the processor starts over (and faults, if
 * P is clear). The erratum is described in the text of Linux commit 00839ee3b299.
 */
int x86_walk_mark(const struct x86_walk *w);

/* The bits of a present @entry of @level that are reserved and set. */
uint64_t x86_reserved(const struct x86_mode *mode, uint64_t entry, unsigned level);

/* Do the address bits above the top level repeat its highest bit? */
bool x86_canonical(const struct x86_mode *mode, uint64_t va);

/* Add what one more present entry grants and forbids; the key is that of the last one added. */
void x86_rights_narrow(struct x86_rights *r, uint64_t entry);

/* Why @r do not permit @a, or X86_CAUSE_NONE. */
enum x86_cause x86_rights_judge(const struct x86_rights *r, const struct x86_mode *mode,
				const struct x86_access *a);

/* The error code of a fault for @cause; @r only matters if there is a translation. */
uint32_t x86_error_code(enum x86_cause cause, const struct x86_rights *r,
			const struct x86_mode *mode, const struct x86_access *a);

/*
 * Does a cached translation with @r permit @a? If not, @error_code (may be NULL) is that of the
 * page fault which a processor raises that believes its TLB.
 */
bool x86_check_cached(const struct x86_rights *r, const struct x86_mode *mode,
		      const struct x86_access *a, uint32_t *error_code);

#endif
