/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What real programs did to their address spaces, by strace, is done again: every call has the
 * result that it had, mappings come to lie where the kernel put them, and in the end every page
 * has the protection and the kind that the calls' results imply, by a model that knows nothing of
 * VMAs.
 */
#include "strace_world.h"

static unsigned flags_of(const char *text, const char *const *name, const unsigned *value)
{
	unsigned flags = 0;

	for (size_t i = 0; name[i]; i++)
		if (strstr(text, name[i]))
			flags |= value[i];
	return flags;
}

static unsigned prot_of(const char *text)
{
	static const char *const name[] = {"PROT_READ", "PROT_WRITE", "PROT_EXEC", NULL};

	return flags_of(text, name, (unsigned[]){PROT_READ, PROT_WRITE, PROT_EXEC});
}

static unsigned map_flags_of(const char *text)
{
	static const char *const name[] = {"MAP_SHARED", "MAP_PRIVATE", "MAP_FIXED",
					   "MAP_ANONYMOUS", "MAP_DENYWRITE", NULL};

	return flags_of(text, name, (unsigned[]){MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS,
						 MAP_DENYWRITE});
}

/* The file of a mapping: a new one where a program maps the start of one. */
static struct file *file_for(struct strace_world *w, uint64_t offset)
{
	if (!offset || !w->nr_files) {
		struct file *file = NULL;

		assert_true(w->nr_files < MAX_FILES);
		IN_PROCESS(w->p, (file = file_create(FILE_REGULAR, "/lib", 16 << 20), 0));
		assert_non_null(file);
		file->readable = true;
		w->file[w->nr_files++] = file;
	}
	return w->file[w->nr_files - 1];
}

/* What was there before the trace began: the program and its loader. */
static void had_been_mapped(struct strace_world *w, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end; at += FRAME_SIZE) {
		if (implied_at(w, at))
			continue;
		assert_int_equal(IN_PROCESS(w->p, sys_mmap(at, FRAME_SIZE, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, NULL, 0)), at);
		imply(w, at, at + FRAME_SIZE,
		      (struct implied){.prot = PROT_READ | PROT_WRITE});
	}
}

static void do_mmap(struct strace_world *w, const char *args, uint64_t result)
{
	char addr[32], prot[64], flags[128];
	uint64_t len, offset;
	struct file *file;
	unsigned map_flags;
	uint64_t hint;
	int fd;

	assert_int_equal(sscanf(args, "%31[^,], %" SCNu64 ", %63[^,], %127[^,], %d, %" SCNi64, addr,
				&len, prot, flags, &fd, (int64_t *)&offset), 6);
	map_flags = map_flags_of(flags);
	hint = strtoull(addr, NULL, 0); /* NULL: 0 */
	file = map_flags & MAP_ANONYMOUS ? NULL : file_for(w, offset);
	if (!hint && w->as_told) {
		hint = result;
		map_flags |= MAP_FIXED;
	}
	w->chosen += !hint;
	assert_int_equal(IN_PROCESS(w->p, sys_mmap(hint, len, prot_of(prot), map_flags, file,
						   offset)), result);
	imply(w, result, result + PAGE_ALIGN(len),
	      (struct implied){.prot = prot_of(prot), .shared = map_flags & MAP_SHARED,
			       .file = file});
}

static void do_munmap_call(struct strace_world *w, uint64_t start, uint64_t len, uint64_t result)
{
	assert_int_equal(IN_PROCESS(w->p, sys_munmap(start, len)), result);
	imply_nothing(w, start, start + PAGE_ALIGN(len));
}

static void do_mprotect_call(struct strace_world *w, uint64_t start, uint64_t len, const char *prot,
			     uint64_t result)
{
	had_been_mapped(w, start, start + len);
	assert_int_equal(IN_PROCESS(w->p, sys_mprotect(start, len, prot_of(prot))), result);
	for (uint64_t at = start; at < start + len; at += FRAME_SIZE)
		implied_at(w, at)->prot = prot_of(prot);
}

static void do_brk_call(struct strace_world *w, const char *args, uint64_t result)
{
	if (!w->brk) /* where the program ended */
		mm_of(w)->start_brk = mm_of(w)->brk = w->brk = result;
	assert_int_equal(IN_PROCESS(w->p, sys_brk(strtoull(args, NULL, 0))), result);
	if (result > w->brk)
		imply(w, w->brk, result, (struct implied){.prot = PROT_READ | PROT_WRITE});
	else
		imply_nothing(w, result, w->brk);
	w->brk = result;
}

static void do_line(struct strace_world *w, char *line)
{
	char *call = strchr(line, ' '), *equals = strrchr(line, '='), *args;
	uint64_t result, start, len;
	char prot[64];

	if (!call || !equals || strstr(line, "+++"))
		return;
	args = strchr(++call, '(');
	assert_non_null(args);
	*args++ = 0;
	result = strtoull(equals + 1, NULL, 0);
	w->calls++;
	if (!strcmp(call, "mmap")) {
		do_mmap(w, args, result);
	} else if (!strcmp(call, "brk")) {
		do_brk_call(w, args, result);
	} else if (!strcmp(call, "munmap")) {
		assert_int_equal(sscanf(args, "%" SCNx64 ", %" SCNu64, &start, &len), 2);
		do_munmap_call(w, start, len, result);
	} else if (!strcmp(call, "mprotect")) {
		assert_int_equal(sscanf(args, "%" SCNx64 ", %" SCNu64 ", %63[^)]", &start, &len,
					prot), 3);
		do_mprotect_call(w, start, len, prot, result);
	} else {
		fail_msg("no call %s", call);
	}
}

/* Every page of every VMA is implied, and the other way round. */
static void compare(struct strace_world *w)
{
	struct vm_area_struct *vma;
	size_t pages = 0;

	RB_FOREACH(vma, vma_tree, &mm_of(w)->vmas) {
		for (uint64_t at = vma->vm_start; at < vma->vm_end; at += FRAME_SIZE, pages++) {
			const struct implied *page = implied_at(w, at);

			if (!page)
				fail_msg("%" PRIx64 " should not be mapped", at);
			assert_int_equal(!!(vma->vm_flags & VM_READ), !!(page->prot & PROT_READ));
			assert_int_equal(!!(vma->vm_flags & VM_WRITE), !!(page->prot & PROT_WRITE));
			assert_int_equal(!!(vma->vm_flags & VM_EXEC), !!(page->prot & PROT_EXEC));
			assert_int_equal(!!(vma->vm_flags & VM_MAYSHARE), page->shared);
			assert_int_equal(vma->vm_file != NULL, page->file);
		}
	}
	assert_int_equal(pages, w->nr_pages);
	assert_int_equal(mm_of(w)->total_vm, pages);
}

/* The kernel had put the first mapping right below the loader: that is where room ends. */
static void find_base(struct strace_world *w, FILE *trace)
{
	uint64_t result, len;
	char line[512];

	while (fgets(line, sizeof(line), trace)) {
		char *at = strstr(line, "mmap(NULL, ");

		if (!at)
			continue;
		assert_int_equal(sscanf(at, "mmap(NULL, %" SCNu64, &len), 1);
		result = strtoull(strrchr(line, '=') + 1, NULL, 0);
		mm_of(w)->mmap_base = result + PAGE_ALIGN(len);
		break;
	}
	rewind(trace);
}

static void replay(const char *release, const char *name, bool as_told)
{
	const char *shared = getenv("NUMASIM_SHARED");
	struct strace_world *w = calloc(1, sizeof(*w));
	struct numasim_error err = {0};
	char path[512], line[512];
	FILE *trace;

	if (!shared) {
		free(w);
		skip();
	}
	snprintf(path, sizeof(path), "%s/traces/%s", shared, name);
	trace = fopen(path, "r");
	assert_non_null(trace);
	w->as_told = as_told;
	if (numasim_system_create(&w->system, &(struct numasim_system_options){
				  .release = release}, &err) ||
	    numasim_process_create(&w->p, w->system, "strace", 0, &err))
		fail_msg("%s", err.text);
	find_base(w, trace);
	while (fgets(line, sizeof(line), trace)) {
		do_line(w, line);
		compare(w);
	}
	assert_true(w->calls > 25);
	assert_true(as_told ? !w->chosen : w->chosen > 10);
	fclose(trace);
	for (size_t i = 0; i < w->nr_files; i++)
		IN_PROCESS(w->p, (file_put(w->file[i]), 0));
	numasim_system_free(w->system);
	free(w);
}

static const char *const releases[] = {"v3.8", "v4.14", "v5.10", "debian-6.1.192",
				       "debian-6.12.117"};

static void sort_as_told(void **state)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		replay(releases[i], "vma-sort.strace", true);
}

static void sort_placed(void **state)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		replay(releases[i], "vma-sort.strace", false);
}

static void sqlite_as_told(void **state)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		replay(releases[i], "vma-sqlite3.strace", true);
}

static void sqlite_placed(void **state)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		replay(releases[i], "vma-sqlite3.strace", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sort_as_told),
		cmocka_unit_test(sort_placed),
		cmocka_unit_test(sqlite_as_told),
		cmocka_unit_test(sqlite_placed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
