/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts of system calls, run by a real kernel (record.c) and by the model (tests/unit/mm):
 *
 *	case NAME			a process of its own, with nothing mapped near W
 *	unpriv				it gives up being root
 *	rlimit memlock 8p
 *	mmap W 4p rw private|anon|fixed - 0 = W+0p
 *	store W+1p = 0			touch a page; load: read it. SEGV if that is refused
 *	mprotect W 5p r = ENOMEM
 *	maps = 0-4:r--p,ac		mappings of the window, in pages from W, with flags as in
 *					VmFlags of smaps (lf, which 6.1 does not show, is left out)
 *
 * A node mask is its first word (the others are 0), or nomask. What get_mempolicy() finds is the
 * mode, plus the mask it gives times 65536.
 *
 * After "=" stands what came out: a number, an address from W on, "addr" elsewhere, an errno. Where
 * the kernels differ: "= 6.1:EINVAL 6.12:0". Arguments are sums of numbers (suffix p: pages, M:
 * MiB) and names, or several of those joined by "|".
 */
#ifndef ERRNO_SCRIPT_H
#define ERRNO_SCRIPT_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW	     UINT64_C(0x200000000000)
#define WINDOW_PAGES UINT64_C(0x40000)
#define SCRIPT_ARGS  6
#define SCRIPT_LINE  1024
#define SCRIPT_NO_MASK	  UINT64_C(0x6e6f6d61736b) /* a mask that is not there */
#define SCRIPT_MASK_WORDS 520

enum script_fd { FD_NONE = -1, FD_RO = 1000, FD_RW, FD_WO, FD_BAD };

struct script_call {
	char name[24];
	uint64_t arg[SCRIPT_ARGS];
	unsigned nr;
	const char *expected; /* after "=", or NULL */
};

static const struct {
	const char *name;
	uint64_t value;
} script_names[] = {
	{"W", WINDOW}, {"T", 0x7ffffffff000}, {"max", UINT64_MAX}, {"-", (uint64_t)FD_NONE},
	{"ro", FD_RO}, {"rwfile", FD_RW}, {"wo", FD_WO}, {"badfd", FD_BAD}, {"none", 0},
	{"r", 1}, {"w", 2}, {"rw", 3}, {"x", 4}, {"rx", 5}, {"rwx", 7}, {"sem", 8},
	{"growsdown", 0x01000000}, {"growsup", 0x02000000},
	{"shared", 1}, {"private", 2}, {"validate", 3}, {"droppable", 8}, {"fixed", 0x10},
	{"anon", 0x20}, {"32bit", 0x40}, {"above4g", 0x80}, {"stackgrows", 0x100},
	{"locked", 0x2000}, {"noreserve", 0x4000}, {"populate", 0x8000}, {"nonblock", 0x10000},
	{"stack", 0x20000}, {"hugetlb", 0x40000}, {"sync", 0x80000}, {"noreplace", 0x100000},
	{"maymove", 1}, {"tofixed", 2}, {"dontunmap", 4},
	{"normal", 0}, {"random", 1}, {"sequential", 2}, {"willneed", 3}, {"dontneed", 4},
	{"free", 8}, {"remove", 9}, {"dontfork", 10}, {"dofork", 11}, {"mergeable", 12},
	{"unmergeable", 13}, {"hugepage", 14}, {"nohugepage", 15}, {"dontdump", 16},
	{"dodump", 17}, {"wipeonfork", 18}, {"keeponfork", 19}, {"cold", 20}, {"pageout", 21},
	{"populate_read", 22}, {"populate_write", 23}, {"dontneed_locked", 24},
	{"onfault", 1}, {"current", 1}, {"future", 2}, {"mcl_onfault", 4},
	{"memlock", 8}, {"data", 2}, {"null", 0},
	{"default", 0}, {"preferred", 1}, {"bind", 2}, {"interleave", 3}, {"local", 4},
	{"many", 5}, {"weighted", 6}, {"static", 1 << 15}, {"relative", 1 << 14},
	{"balancing", 1 << 13}, {"strict", 1}, {"move", 2}, {"moveall", 4}, {"lazy", 8},
	{"node", 1}, {"addr", 2}, {"mems", 4}, {"nomask", SCRIPT_NO_MASK},
};

static const struct {
	int number;
	const char *name;
} script_errnos[] = {
	{EPERM, "EPERM"}, {ENOENT, "ENOENT"}, {EIO, "EIO"}, {EBADF, "EBADF"},
	{EAGAIN, "EAGAIN"}, {ENOMEM, "ENOMEM"}, {EACCES, "EACCES"}, {EFAULT, "EFAULT"},
	{EBUSY, "EBUSY"}, {EEXIST, "EEXIST"}, {ENODEV, "ENODEV"}, {EINVAL, "EINVAL"},
	{ENOSYS, "ENOSYS"}, {EOVERFLOW, "EOVERFLOW"}, {EOPNOTSUPP, "EOPNOTSUPP"},
	{ENOSPC, "ENOSPC"}, {E2BIG, "E2BIG"}, {EINTR, "EINTR"},
};

static inline bool script_term(const char *text, size_t length, uint64_t *value)
{
	char word[64], *end;

	if (!length || length >= sizeof(word))
		return false;
	memcpy(word, text, length);
	word[length] = 0;
	for (size_t i = 0; i < sizeof(script_names) / sizeof(script_names[0]); i++) {
		if (!strcmp(word, script_names[i].name)) {
			*value = script_names[i].value;
			return true;
		}
	}
	*value = strtoull(word, &end, 0);
	if (end == word)
		return false;
	if (*end == 'p')
		*value *= 4096, end++;
	else if (*end == 'M')
		*value <<= 20, end++;
	return !*end;
}

/* "W+3p-1", "private|anon". */
static inline bool script_value(const char *text, uint64_t *value)
{
	char op = '+';

	*value = 0;
	while (*text) {
		size_t length = strcspn(text, "+-|");
		uint64_t term;

		if (!length && *text == '-')
			length = 1; /* the name "-" */
		if (!script_term(text, length, &term))
			return false;
		*value = op == '+' ? *value + term : op == '-' ? *value - term : *value | term;
		text += length;
		if (*text)
			op = *text++;
	}
	return true;
}

/* Take @line apart (it is written over). False: a mistake in it. */
static inline bool script_parse(struct script_call *call, char *line)
{
	char *equals = strstr(line, " = "), *word, *save;

	*call = (struct script_call){0};
	if (equals) {
		*equals = 0;
		call->expected = equals + 3;
	} else if (strlen(line) > 1 && !strcmp(line + strlen(line) - 2, " =")) {
		line[strlen(line) - 2] = 0;
		call->expected = "";
	}
	word = strtok_r(line, " ", &save);
	if (!word || strlen(word) >= sizeof(call->name))
		return false;
	strcpy(call->name, word);
	while ((word = strtok_r(NULL, " ", &save)))
		if (call->nr == SCRIPT_ARGS || !script_value(word, &call->arg[call->nr++]))
			return false;
	return true;
}

/* The mask that @arg stands for; @room has SCRIPT_MASK_WORDS. */
static inline unsigned long *script_mask(unsigned long *room, uint64_t arg)
{
	memset(room, 0, SCRIPT_MASK_WORDS * sizeof(*room));
	room[0] = arg;
	return arg == SCRIPT_NO_MASK ? NULL : room;
}

/* What a successful get_mempolicy() is written as. */
static inline long script_policy(int mode, const unsigned long *mask)
{
	return (long)((unsigned long)(unsigned)mode + (mask ? mask[0] << 16 : 0));
}

/* What came out, as it is written. */
static inline void script_result(char *text, size_t size, const char *call, long value)
{
	bool address = !strcmp(call, "mmap") || !strcmp(call, "mremap");

	for (size_t i = 0; i < sizeof(script_errnos) / sizeof(script_errnos[0]); i++) {
		if (value == -script_errnos[i].number) {
			snprintf(text, size, "%s", script_errnos[i].name);
			return;
		}
	}
	if (address && (uint64_t)value - WINDOW < WINDOW_PAGES << 12)
		snprintf(text, size, "W+%llup", (unsigned long long)((value - WINDOW) >> 12));
	else if (address && value > 0)
		snprintf(text, size, "addr%s", value & 0x1fffff ? "" : "-huge");
	else
		snprintf(text, size, "%ld", value);
}

/* Does @expected, perhaps one value per kernel, say @got for @kernel ("6.1")? */
static inline bool script_matches(const char *expected, const char *kernel, const char *got)
{
	size_t length = strlen(kernel);
	const char *at = expected;

	if (strncmp(expected, "6.", 2))
		return !strcmp(expected, got);
	while (at) {
		if (!strncmp(at, kernel, length) && at[length] == ':') {
			at += length + 1;
			return !strncmp(at, got, strlen(got)) &&
			       (!at[strlen(got)] || !strncmp(at + strlen(got), " 6.", 3));
		}
		at = strstr(at, " 6.");
		at = at ? at + 1 : NULL;
	}
	return false;
}

#endif
