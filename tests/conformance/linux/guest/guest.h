/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the guest's director share. */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include "board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct side_actor {
	struct side_actor *next; /* of all */
	struct slot *slot;
	pid_t process, thread;
	uint64_t mm;  /* the kernel's struct mm_struct */
	uint64_t pgd; /* its top table */
};

/* ---- output.c: the judge reads QEMU's debug console ---- */

void output_open(void);
/* End the machine; QEMU's exit status says that all went well. */
void output_end(void) __attribute__((noreturn));

/* ---- files.c ---- */

/* All of a file, ended by a 0; the caller frees it. NULL: cannot. */
char *file_read(const char *path, size_t *length);
/* 0 or a negative errno. */
long file_write(const char *path, const char *text);
/* The same, of a file that must be there. */
void file_must_write(const char *path, const char *text);

/* ---- boot.c ---- */

/* What this program is for: wanted.c runs cases. */
void guest_run(void);
/* The value of NAME=VALUE on the kernel's command line, or NULL. Owned by the caller. */
char *command_line(const char *name);

/* ---- actors.c ---- */

/* Make the board. */
void actors_open(void);
struct side_actor *actors_all(void);

/* ---- requests.c ---- */

/* Ask for something and wait until it is done; the two halves of it. */
void actor_ask(struct slot *slot, enum request request);
void actor_tell(struct slot *slot, enum request request);
void actor_wait(struct slot *slot);

/* ---- own.c ---- */

/* What the actors have added to a counter of /proc/vmstat for their own sake. */
uint64_t actors_own(const char *counter);
/* Between these nothing that is counted is the case's. */
void actors_own_begin(void);
void actors_own_end(void);
/* The actor touches its own memory, so that it need not while a case looks. */
void actors_warm_up(struct side_actor *a);

/* ---- looks.c ---- */

/* A counter of /proc/vmstat; 0 if there is none of that name. */
uint64_t counter_now(const char *name);

/* ---- kcore.c: the kernel's memory ---- */

void kcore_open(void);
/* 8 or 4 bytes at an address of the kernel, or of physical memory. */
uint64_t kcore_u64(uint64_t address);
uint32_t kcore_u32(uint64_t address);
uint64_t kcore_physical_u64(uint64_t address);

/* ---- symbols.c, btf.c ---- */

/* The address of a symbol of the kernel. */
uint64_t symbol_address(const char *name);
void btf_open(void);
/* Where a member stands in a struct of the kernel, in bytes. */
size_t btf_offset(const char *type, const char *member);

/* ---- tables.c ---- */

void tables_open(void);
/* The struct mm_struct of a process, and its top table. */
uint64_t tables_mm(pid_t process);
uint64_t tables_pgd(uint64_t mm);
/* Levels of page tables of this machine. */
unsigned tables_levels(void);

/* ---- devices.c ---- */

#define DEVICE_KIB 16384

void devices_open(void);
/* A descriptor of a device, which may not be there yet. */
int device_open(const char *path);

/* ---- swap.c ---- */

void swap_open(void);
void swap_end_case(void);

/* ---- trace.c ---- */

void trace_open(void);
/* From now on its events are the case's. */
void trace_add_actor(const struct side_actor *a);
/* Nothing that happens in between is the case's. */
void trace_pause(void);
void trace_go_on(void);
void trace_end_case(void);

#endif
