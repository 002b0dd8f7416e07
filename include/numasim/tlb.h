/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file tlb.h
 * A translation lookaside buffer of two levels and the page walk behind it.
 *
 * This is the TLB of the simulator: it has capacity and replacement, counts what it does, and is
 * made to run hundreds of millions of accesses a second. It is complete on its own: give it a
 * geometry, memory that holds real page tables, and control registers; then hand it addresses.
 *
 *     struct numasim_tlb *tlb;
 *     struct numasim_tlb_batch batch = {.va = trace, .n = n};
 *     struct numasim_tlb_regs regs = {.cr3 = top_table, .flags = NUMASIM_TLB_REGS_LINUX};
 *
 *     numasim_tlb_create_preset(&tlb, "intel-golden-cove", NULL);
 *     numasim_tlb_set_memory(tlb, gigabytes, nr_gigabytes);
 *     numasim_tlb_set_regs(tlb, &regs, NULL);
 *     numasim_tlb_access_batch(&done, tlb, &batch, &fault);
 *     numasim_tlb_get_counters(&counters, tlb);
 *     numasim_tlb_destroy(tlb);
 *
 * What an access does, in this order:
 *
 *  1. It looks in level 1, then in level 2. A level is searched for entries of the current PCID
 *     with 4K, 2M and 1G pages, then for global ones in the same order; the first match counts.
 *  2. An entry that allows the access serves it. A level-2 hit is copied into level 1.
 *  3. An entry that does not (no right, or a write through an entry cached with D clear) is
 *     dropped, with all others for the address, and the access goes on as a miss: the tables
 *     decide. (Intel SDM vol. 3A 4.10.4.3 lets a processor raise an extra page fault from the
 *     old entry instead; this model never does.)
 *  4. A miss walks the tables from CR3, sets A in every table entry it passes and A, and D for a
 *     write, in the leaf if the access is allowed, and fills both levels.
 *  5. An access that is not allowed stops the batch: index and error code are reported, tables
 *     and TLB stay as a processor leaves them, and the caller goes on after it handled the fault.
 *
 * A filled set is replaced in by the policy of its array; an invalid way (the lowest-numbered)
 * always goes first. No randomness: equal input gives equal output, on every processor.
 *
 * Longer than 300 lines because most of it is documentation, to be read from top to bottom.
 *
 * What is left out: paging-structure caches (a walk reads every level), separate TLBs for
 * instructions and for stores, coalesced entries, and supervisor protection keys.
 *
 * Sources: Intel SDM vol. 3A chapter 4; AMD APM vol. 2 chapter 5.
 */
#ifndef NUMASIM_TLB_H
#define NUMASIM_TLB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <numasim/error.h>
#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A TLB with its counters. Not thread-safe; different TLBs are independent. */
struct numasim_tlb;

/** Page sizes, used as an index everywhere below. */
enum numasim_tlb_size {
	NUMASIM_TLB_4K,
	NUMASIM_TLB_2M,
	NUMASIM_TLB_1G,
	NUMASIM_TLB_SIZES,
};

/** @name Geometry @{ */

/** Levels, and arrays that a level may consist of. */
#define NUMASIM_TLB_LEVELS 2
#define NUMASIM_TLB_ARRAYS 3

/** The largest array: ways in a set, sets, and ways times sets. */
#define NUMASIM_TLB_MAX_WAYS    256
#define NUMASIM_TLB_MAX_SETS    65536
#define NUMASIM_TLB_MAX_ENTRIES (1u << 20)

/** Which way gives way. */
enum numasim_tlb_policy {
	NUMASIM_TLB_LRU,       /**< the least recently used, exactly */
	NUMASIM_TLB_TREE_PLRU, /**< a bit per node of a binary tree; ways a power of two, 2 to 64 */
};

/** The ways of a set that may hold pages of one size; none when count is 0. */
struct numasim_tlb_ways {
	uint16_t first;
	uint16_t count;
};

/** One set-associative array; fully associative is one set. Unused when sets is 0. */
struct numasim_tlb_array {
	uint32_t sets;   /**< any number; a page goes to set (address / page size) modulo sets */
	uint16_t ways;   /**< any number */
	uint16_t policy; /**< enum numasim_tlb_policy */
	/** By page size. LRU only: part of the ways may be reserved for a size. */
	struct numasim_tlb_ways hold[NUMASIM_TLB_SIZES];
};

/**
 * The whole TLB. In a level a page size lives in at most one array; a size without one is not
 * cached there. Level 2 may be empty.
 */
struct numasim_tlb_geometry {
	struct numasim_tlb_array level[NUMASIM_TLB_LEVELS][NUMASIM_TLB_ARRAYS];
};

/** A geometry that goes by a name. */
struct numasim_tlb_preset {
	const char *name;   /**< "intel-golden-cove" */
	const char *text;   /**< what it is, in a few words */
	const char *source; /**< where the numbers are from, and which of them are not verified */
	struct numasim_tlb_geometry geometry;
};

/**
 * All presets.
 *
 * @param[out] count how many; may not be NULL
 * @return a constant table that lives as long as the library
 */
NUMASIM_API const struct numasim_tlb_preset *numasim_tlb_presets(size_t *count);

/**
 * Is this geometry one that a TLB can be created with?
 *
 * @param      geometry the candidate
 * @param[out] err      may be NULL; says which level, array and number is wrong and what would do
 * @return 0 or -EINVAL
 */
NUMASIM_API int numasim_tlb_check_geometry(const struct numasim_tlb_geometry *geometry,
					   struct numasim_error *err);

/** @} */

/**
 * Create an empty TLB with all registers 0 and no memory.
 *
 * @param[out] tlb      the caller's, to be given to numasim_tlb_destroy(); untouched on error
 * @param      geometry copied
 * @param[out] err      may be NULL
 * @return 0, -EINVAL (see numasim_tlb_check_geometry()), -ENOMEM
 *
 * A geometry equal to a preset's runs code that was compiled for it; any other runs general code
 * with the same results.
 */
NUMASIM_API int numasim_tlb_create(struct numasim_tlb **tlb,
				   const struct numasim_tlb_geometry *geometry,
				   struct numasim_error *err);

/** As numasim_tlb_create() with the geometry of the preset called @p name; -ENOENT if none is. */
NUMASIM_API int numasim_tlb_create_preset(struct numasim_tlb **tlb, const char *name,
					  struct numasim_error *err);

/** Free a TLB. NULL is allowed. */
NUMASIM_API void numasim_tlb_destroy(struct numasim_tlb *tlb);

/**
 * Say where simulated physical memory is: address p is at gib[p >> 30] + (p & (2^30 - 1)).
 *
 * @param tlb    the TLB
 * @param gib    host address of each GiB, NULL where there is none. Borrowed: it must live as long
 *               as the TLB is used, and may be filled in later. Only tables are read and written.
 * @param nr_gib elements of @p gib
 *
 * Changing it drops nothing from the TLB.
 */
NUMASIM_API void numasim_tlb_set_memory(struct numasim_tlb *tlb, char *const *gib, uint64_t nr_gib);

/** @name Registers @{ */

/** The control bits that translation depends on. */
enum numasim_tlb_flag {
	NUMASIM_TLB_LA57 = 1,  /**< CR4.LA57: five levels */
	NUMASIM_TLB_PCIDE = 2, /**< CR4.PCIDE: CR3 bits 11..0 are the PCID; else it is 0 */
	NUMASIM_TLB_PGE = 4,   /**< CR4.PGE: the G bit of leaves counts */
	NUMASIM_TLB_WP = 8,    /**< CR0.WP: supervisor writes obey RW */
	NUMASIM_TLB_SMEP = 16, /**< CR4.SMEP: no supervisor fetches from user pages */
	NUMASIM_TLB_SMAP = 32, /**< CR4.SMAP: no supervisor data accesses to user pages */
	NUMASIM_TLB_AC = 64,   /**< EFLAGS.AC: suspends SMAP */
	NUMASIM_TLB_PKE = 128, /**< CR4.PKE: protection keys of user pages, by pkru */
	NUMASIM_TLB_NXE = 256, /**< EFER.NXE: bit 63 of entries forbids fetches; else reserved */
	NUMASIM_TLB_PAGE1GB = 512, /**< CPUID: 1 GiB pages exist; else PS is reserved there */
	/** What Linux sets on a recent processor, with four levels and no protection keys. */
	NUMASIM_TLB_REGS_LINUX = 2 | 4 | 8 | 16 | 32 | 256 | 512,
};

/** Registers, as far as translation depends on them. */
struct numasim_tlb_regs {
	uint64_t cr3;   /**< bits 51..12 top table, 11..0 PCID with PCIDE, ignored without */
	uint32_t flags; /**< mask of enum numasim_tlb_flag */
	uint32_t pkru;  /**< bit 2k: no access to key k, bit 2k+1: no writes */
	unsigned
		phys_bits; /**< MAXPHYADDR, 32 to 52; 0 means 52. Address bits above are reserved */
};

/**
 * Set the registers. Drops nothing: what a processor flushes when a bit of CR0, CR4 or EFER
 * changes (SDM 4.10.4.1) is for the caller to flush.
 *
 * @return 0, -EINVAL (unknown flag, phys_bits, or a CR3 beyond them; registers stay as they were)
 */
NUMASIM_API int numasim_tlb_set_regs(struct numasim_tlb *tlb, const struct numasim_tlb_regs *regs,
				     struct numasim_error *err);

/** The registers now. */
NUMASIM_API void numasim_tlb_get_regs(struct numasim_tlb_regs *regs, const struct numasim_tlb *tlb);

/** Bit 63 of what is written to CR3 with PCIDE: keep what is cached for the new PCID. */
#define NUMASIM_TLB_CR3_NOFLUSH (UINT64_C(1) << 63)

/**
 * MOV to CR3: load it and drop, unless NUMASIM_TLB_CR3_NOFLUSH is set (PCIDE only), the entries of
 * the new PCID that are not global (SDM vol. 3A 4.10.4.1).
 *
 * @return 0, -EINVAL (address bits beyond phys_bits, or bit 63 without PCIDE; nothing changed)
 */
NUMASIM_API int numasim_tlb_write_cr3(struct numasim_tlb *tlb, uint64_t cr3,
				      struct numasim_error *err);

/** @} */

/** @name Accesses @{ */

/** What an access is: one of the first three, or'ed with SUPERVISOR when CPL is below 3. */
enum numasim_tlb_access {
	NUMASIM_TLB_READ = 0,
	NUMASIM_TLB_WRITE = 1,
	NUMASIM_TLB_FETCH = 2,
	NUMASIM_TLB_SUPERVISOR = 4,
};

/** Accesses to run. Each is within one page; one that crosses a page is two. */
struct numasim_tlb_batch {
	const uint64_t *va; /**< n linear addresses */
	const uint8_t
		*kind; /**< n values of enum numasim_tlb_access, or NULL: all are kind_of_all */
	size_t n;      /**< 0 is allowed */
	uint64_t *pa;  /**< room for n physical addresses, or NULL */
	uint8_t *how;  /**< room for n values of NUMASIM_TLB_HOW(), or NULL */
	uint8_t kind_of_all; /**< used when kind is NULL */
};

/** What served an access: level 1 or 2, or 3 for a walk; and the page size. */
#define NUMASIM_TLB_HOW(level, size) ((level) | (size) << 2)
#define NUMASIM_TLB_HOW_LEVEL(how)   ((how)&3)
#define NUMASIM_TLB_HOW_SIZE(how)    ((how) >> 2)

/** Why a batch stopped. */
enum numasim_tlb_stop {
	NUMASIM_TLB_NO_FAULT,     /**< it did not */
	NUMASIM_TLB_PAGE_FAULT,   /**< #PF with the error code */
	NUMASIM_TLB_NONCANONICAL, /**< #GP(0), or #SS(0) for stack accesses */
	NUMASIM_TLB_NO_MEMORY,    /**< a table, or CR3, points outside the memory: at @c pa */
};

/** Bits of a page fault's error code (SDM vol. 3A 4.7). */
enum numasim_tlb_error_code {
	NUMASIM_TLB_PF_P = 1,    /**< the entry was present */
	NUMASIM_TLB_PF_W = 2,    /**< a write */
	NUMASIM_TLB_PF_U = 4,    /**< a user-mode access */
	NUMASIM_TLB_PF_RSVD = 8, /**< a reserved bit was set */
	NUMASIM_TLB_PF_I = 16,   /**< a fetch, with NXE or SMEP on */
	NUMASIM_TLB_PF_PK = 32,  /**< the protection key forbids it */
};

/** The access that stopped a batch. */
struct numasim_tlb_fault {
	enum numasim_tlb_stop why;
	uint32_t error_code; /**< mask of enum numasim_tlb_error_code; 0 unless a page fault */
	uint64_t va;         /**< as a page fault leaves it in CR2 */
	uint64_t pa;         /**< of the entry that decided; 0 if non-canonical */
	size_t index;        /**< in the batch */
};

/**
 * Run accesses until the end or the first that cannot be served.
 *
 * @param[out] done  accesses served; those before it have their pa and how; may not be NULL
 * @param      tlb   with memory set
 * @param      batch what to run
 * @param[out] fault why it stopped; NUMASIM_TLB_NO_FAULT if all were served; may be NULL
 * @return 0 (also when it stopped: done is less than n), -EINVAL (a value in kind is none of enum
 *         numasim_tlb_access, va is NULL, or no memory is set; nothing was done)
 *
 * To go on after handling a fault, call again with the arrays advanced by *done.
 */
NUMASIM_API int numasim_tlb_access_batch(size_t *done, struct numasim_tlb *tlb,
					 const struct numasim_tlb_batch *batch,
					 struct numasim_tlb_fault *fault);

/**
 * One access; the same code as for a batch.
 *
 * @param[out] pa    physical address; untouched unless served; may be NULL
 * @param[out] how   NUMASIM_TLB_HOW(); untouched unless served; may be NULL
 * @param      tlb   with memory set
 * @param      va    linear address
 * @param      kind  enum numasim_tlb_access
 * @param[out] fault as above; may be NULL
 * @return 0 if served, -EFAULT if not (see @p fault), -EINVAL as above
 */
NUMASIM_API int numasim_tlb_access(uint64_t *pa, uint8_t *how, struct numasim_tlb *tlb, uint64_t va,
				   unsigned kind, struct numasim_tlb_fault *fault);

/** @} */

/** @name Entries @{ */

/** A translation as a TLB holds it: rights are those of all levels of the walk together. */
struct numasim_tlb_entry {
	uint64_t va;   /**< first byte of the page */
	uint64_t pa;   /**< first byte of the page */
	uint16_t pcid; /**< 0 to 4095; 0 if global */
	uint8_t size;  /**< enum numasim_tlb_size */
	uint8_t pkey;  /**< 0 to 15; 0 unless CR4.PKE was on */
	bool writable; /**< RW */
	bool user;     /**< US */
	bool nx;       /**< no fetches */
	bool dirty;    /**< D was set when it was cached: writes need no walk */
	bool global;   /**< matches under every PCID */
};

/**
 * Look an address up under the current PCID, and change nothing: no replacement state, no counter.
 *
 * @param[out] entry what level 1, or else level 2 holds; may be NULL; untouched if none does
 * @return 1 or 2, the level, or 0: neither holds it
 */
NUMASIM_API int numasim_tlb_lookup(struct numasim_tlb_entry *entry, const struct numasim_tlb *tlb,
				   uint64_t va);

/**
 * Put an entry into both levels, as a walk would, replacing one for the same page and PCID.
 *
 * @return 0, -EINVAL (addresses not aligned to the page, not canonical or beyond 52 bits, size,
 *         pcid or pkey out of range, or a global entry with a pcid)
 */
NUMASIM_API int numasim_tlb_fill(struct numasim_tlb *tlb, const struct numasim_tlb_entry *entry,
				 struct numasim_error *err);

/**
 * Call @p visit for every valid entry: level by level, array by array, set by set, way by way.
 *
 * @param visit   returns 0 to go on; it must not change the TLB
 * @param payload handed to @p visit
 * @return 0, or what @p visit returned
 */
NUMASIM_API int numasim_tlb_foreach(const struct numasim_tlb *tlb,
				    int (*visit)(const struct numasim_tlb_entry *entry, int level,
						 void *payload),
				    void *payload);

/** @} */

/** @name Invalidation (SDM vol. 3A 4.10.4.1, vol. 2A INVLPG and INVPCID) @{ */

/** INVLPG: drop the page that holds @p va, of any size, of the current PCID; and global ones. */
NUMASIM_API void numasim_tlb_invlpg(struct numasim_tlb *tlb, uint64_t va);

/** The four kinds of INVPCID. */
enum numasim_tlb_invpcid {
	NUMASIM_TLB_INVPCID_ADDRESS,        /**< one address of a PCID, not global */
	NUMASIM_TLB_INVPCID_PCID,           /**< all of a PCID, not global */
	NUMASIM_TLB_INVPCID_ALL_AND_GLOBAL, /**< everything */
	NUMASIM_TLB_INVPCID_ALL,            /**< everything that is not global */
};

/**
 * INVPCID.
 *
 * @param tlb  the TLB
 * @param type enum numasim_tlb_invpcid
 * @param pcid 0 to 4095; not looked at by the last two types
 * @param va   looked at by the first type only
 * @return 0, -EINVAL where the instruction raises #GP (type, pcid, a va that is not canonical, or
 *         a pcid other than 0 with CR4.PCIDE clear, in the first two types): nothing dropped
 */
NUMASIM_API int numasim_tlb_invpcid(struct numasim_tlb *tlb, unsigned type, unsigned pcid,
				    uint64_t va);

/** Drop everything, or everything that is not global: what a write to CR4.PGE or to CR3 does. */
NUMASIM_API void numasim_tlb_flush(struct numasim_tlb *tlb, bool globals_too);

/** @} */

/** @name Counters @{ */

/** Since creation or the last reset. Sizes are those of the page that was found. */
struct numasim_tlb_counters {
	uint64_t accesses;                                    /**< served: hits and walks */
	uint64_t hits[NUMASIM_TLB_LEVELS][NUMASIM_TLB_SIZES]; /**< served by level 1, 2 */
	uint64_t walks[NUMASIM_TLB_SIZES];                    /**< served by a walk */
	uint64_t faults;                                      /**< not served */
	uint64_t dirty_walks;  /**< entries dropped for a write that only lacked D */
	uint64_t denied_walks; /**< entries dropped because they denied an access otherwise */
	uint64_t evictions[NUMASIM_TLB_LEVELS][NUMASIM_TLB_SIZES];   /**< valid entries replaced */
	uint64_t invalidated[NUMASIM_TLB_LEVELS][NUMASIM_TLB_SIZES]; /**< valid entries dropped */
};

NUMASIM_API void numasim_tlb_get_counters(struct numasim_tlb_counters *counters,
					  const struct numasim_tlb *tlb);
NUMASIM_API void numasim_tlb_reset_counters(struct numasim_tlb *tlb);

/** @} */

/** The code that runs it: "avx2, intel-golden-cove" or "sse2, any geometry"; a static string. */
NUMASIM_API const char *numasim_tlb_path(const struct numasim_tlb *tlb);

#ifdef __cplusplus
}
#endif
#endif
