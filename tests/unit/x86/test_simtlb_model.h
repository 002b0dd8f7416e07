/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TLB and a page walk written for being obviously right: plain arrays of entries with a time
 * stamp, fields instead of packed bits, no code shared with the library. Tests run it beside the
 * library's and compare access by access.
 */
#ifndef TEST_SIMTLB_MODEL_H
#define TEST_SIMTLB_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <numasim/tlb.h>

struct model_way {
	bool valid;
	struct numasim_tlb_entry entry;
	uint64_t used; /* time of last use */
};

struct model_array {
	struct model_way *way; /* [sets][ways] */
	bool *right; /* tree-PLRU: [sets][64], by node, root 1: the victim is to the right */
};

struct model {
	struct numasim_tlb_geometry geometry;
	struct model_array array[2][3];
	struct numasim_tlb_regs regs;
	struct numasim_tlb_counters count;
	char **gib; /* own memory, laid out as the library's */
	uint64_t nr_gib, time;
};

void model_init(struct model *m, const struct numasim_tlb_geometry *geometry, char **gib,
		uint64_t nr_gib);
void model_free(struct model *m);

/* As numasim_tlb_access(): 0 or -EFAULT. */
int model_access(struct model *m, uint64_t *pa, uint8_t *how, uint64_t va, unsigned kind,
		 struct numasim_tlb_fault *fault);
void model_fill(struct model *m, const struct numasim_tlb_entry *entry);
void model_invlpg(struct model *m, uint64_t va);
void model_invpcid(struct model *m, unsigned type, unsigned pcid, uint64_t va);
void model_write_cr3(struct model *m, uint64_t cr3);

/* The walk alone: 0 and @entry, or -EFAULT and @fault. */
int model_walk(struct model *m, struct numasim_tlb_entry *entry, uint64_t va, unsigned kind,
	       struct numasim_tlb_fault *fault);

/* What both halves of the model use. */
uint64_t model_page_bytes(unsigned size);
bool model_flag(const struct model *m, unsigned f);
unsigned model_pcid(const struct model *m);
bool model_canonical(const struct model *m, uint64_t va);
bool model_denies(const struct model *m, const struct numasim_tlb_entry *e, unsigned kind);

#endif
