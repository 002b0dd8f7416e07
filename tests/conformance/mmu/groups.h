/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups of coverage, for the table in group_table.c. */
#ifndef MMU_GROUPS_H
#define MMU_GROUPS_H

#include "coverage.h"

/* groups.c */
void groups_rights_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r);
bool groups_rights_possible(unsigned cell, const struct mmu_machine *machine);
void groups_rights_visit(struct mmu_coverage *c, const struct mmu_seen *s);
void groups_keys_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r);
bool groups_keys_possible(unsigned cell, const struct mmu_machine *machine);
void groups_keys_visit(struct mmu_coverage *c, const struct mmu_seen *s);
void groups_absent_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r);
bool groups_absent_possible(unsigned cell, const struct mmu_machine *machine);
void groups_absent_visit(struct mmu_coverage *c, const struct mmu_seen *s);
void groups_reserved_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r);
bool groups_reserved_possible(unsigned cell, const struct mmu_machine *machine);
void groups_reserved_visit(struct mmu_coverage *c, const struct mmu_seen *s);
void groups_canonical_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r);
bool groups_canonical_possible(unsigned cell, const struct mmu_machine *machine);
void groups_canonical_visit(struct mmu_coverage *c, const struct mmu_seen *s);

/* groups_count.c: counted only */
bool groups_reserved_bits_possible(unsigned cell, const struct mmu_machine *machine);
void groups_reserved_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_causes_possible(unsigned cell, const struct mmu_machine *machine);
void groups_causes_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_denied_possible(unsigned cell, const struct mmu_machine *machine);
void groups_denied_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_accessed_possible(unsigned cell, const struct mmu_machine *machine);
void groups_accessed_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_dirty_possible(unsigned cell, const struct mmu_machine *machine);
void groups_dirty_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_bits_possible(unsigned cell, const struct mmu_machine *machine);
void groups_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_slots_possible(unsigned cell, const struct mmu_machine *machine);
void groups_slots_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_sizes_possible(unsigned cell, const struct mmu_machine *machine);
void groups_sizes_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_cr3_possible(unsigned cell, const struct mmu_machine *machine);
void groups_cr3_visit(struct mmu_coverage *c, const struct mmu_seen *s);

/* groups_decide.c: counted only */
bool groups_control_bits_possible(unsigned cell, const struct mmu_machine *machine);
void groups_control_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s);
bool groups_key_bits_possible(unsigned cell, const struct mmu_machine *machine);
void groups_key_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s);

#endif
