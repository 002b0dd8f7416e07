/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries as text, both ways, and the entries that a real kernel was seen to make. */
#include "kernel_test.h"
#include "kernel/modify.h"
#include "kernel/text.h"

static const struct { const char *kernel; unsigned level; uint64_t value; const char *text; }
texts[] = {
	{ "v3.8", X86_PTE, 0, "none" },
	{ "v4.8", X86_PTE, 0x60, "none A D" },
	{ "v4.7", X86_PTE, 0x60, "swap type=16 offset=0x0 bit6" },
	{ "v3.8", X86_PTE, 0x60, "file 0x60" },
	{ "v3.8", X86_PMD, 0x60, "bad 0x60" },
	{ "v3.8", X86_PTE, 0x12345067, "P RW US A D pfn=0x12345" },
	{ "v6.12", X86_PTE, 0x8000000012345867, "P RW US A D SOFT_DIRTY pfn=0x12345 NX" },
	{ "v6.12", X86_PTE, 0x8400000012345825, "P US A SOFT_DIRTY pfn=0x12345 SAVED_DIRTY NX" },
	{ "v6.5", X86_PTE, 0x8400000012345825, "P US A SOFT_DIRTY pfn=0x12345 DEVMAP NX" },
	{ "v3.8", X86_PTE, 0x12345225, "P US A SPECIAL pfn=0x12345" },
	{ "v3.8", X86_PTE, 0x12345166, "RW US A D PROTNONE pfn=0x12345" },
	{ "v3.16", X86_PTE, 0x12345266, "RW US A D NUMA pfn=0x12345" },
	{ "v3.17", X86_PTE, 0x12345320, "A PROTNONE SPECIAL pfn=0x12345" },
	{ "v4.0", X86_PTE, 0x12345125, "P US A G pfn=0x12345" },
	{ "v4.19", X86_PTE, 0x000fffffedcba162, "RW A D PROTNONE pfn=0x12345" },
	{ "v3.8", X86_PMD, 0x12345067, "table P RW US A D pfn=0x12345" },
	{ "v3.8", X86_PMD, 0x400000e7, "P RW US A D PSE pfn=0x40000" },
	{ "v3.8", X86_PMD, 0x400002e7, "P RW US A D PSE SPLITTING pfn=0x40000" },
	{ "v3.16", X86_PMD, 0x400004e7, "P RW US A D PSE SPLITTING pfn=0x40000" },
	{ "v3.16", X86_PMD, 0x400002e6, "RW US A D PSE NUMA pfn=0x40000" },
	{ "v4.19", X86_PMD, 0x000fffffbfe000e6, "RW US A D PSE pfn=0x40000" },
	{ "v6.12", X86_PMD, 0x040fffffbfe001a0, "A PSE PROTNONE pfn=0x40000 SAVED_DIRTY" },
	{ "v3.8", X86_PTE, 0x02468a3e, "migration entry WRITE pfn=0x12345" },
	{ "debian-6.1.192", X86_PTE, 0xefffe7fff8018402,
	  "migration entry WRITE pfn=0x3ff3d young dirty SOFT_DIRTY" },
	{ "debian-6.1.192", X86_PTE, 0x07fffffffffbfe0a,
	  "swap type=0 offset=0x200 SOFT_DIRTY EXCLUSIVE" },
	{ "v6.1", X86_PTE, 0xfffffffffffffe00, "swapin-error offset=0x0" },
	{ "v6.12", X86_PTE, 0xfffffffffffffc00, "marker bits=0x1" },
	{ "v6.12", X86_PMD, 0xd7fffffff7fffe00, "migration entry WRITE pfn=0x40000" },
	{ "v6.12", X86_PTE, 0x1800000012345067, "P RW US A D pfn=0x12345 pkey=3" },
	{ "v6.12", X86_PMD, 0x4000f0e7, "P RW US A D PSE PAT_LARGE bit13 bit14 bit15 pfn=0x40000" },
};

static void texts_are_as_documented(void **state)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct kernel k = kernel_named(texts[i].kernel);
		char text[KERNEL_ENTRY_TEXT];
		uint64_t value = 0;

		assert_int_equal(kernel_entry_print(&k, texts[i].value, texts[i].level, text,
						    sizeof(text)), strlen(texts[i].text));
		assert_string_equal(text, texts[i].text);
		assert_int_equal(kernel_entry_parse(&k, texts[i].text, texts[i].level, &value,
						    NULL), 0);
		assert_int_equal(value, texts[i].value);
	}
}

static void check_both_ways(const struct kernel *k, uint64_t value, unsigned level)
{
	struct numasim_error err = { 0 };
	char text[KERNEL_ENTRY_TEXT];
	uint64_t again = ~value;

	assert_true(kernel_entry_print(k, value, level, text, sizeof(text)) < (int)sizeof(text));
	if (kernel_entry_parse(k, text, level, &again, &err))
		fail_msg("%s: 0x%llx: \"%s\": %s", release_get(k->release)->name,
			 (unsigned long long)value, text, err.text);
	if (again != value)
		fail_msg("%s: 0x%llx is \"%s\" is 0x%llx", release_get(k->release)->name,
			 (unsigned long long)value, text, (unsigned long long)again);
}

/* Nothing is left out: every value of 64 bits survives, on every release. */
static void every_value_comes_back(void **state)
{
	uint64_t seed = 1;

	for (size_t i = 0; i < release_count(); i++) {
		struct kernel k;

		kernel_config_release(&k, i);
		check_both_ways(&k, ~UINT64_C(0), X86_PTE);
		check_both_ways(&k, ~UINT64_C(0), X86_PMD);
		for (unsigned bit = 0; bit < 64; bit++) {
			check_both_ways(&k, UINT64_C(1) << bit, X86_PTE);
			check_both_ways(&k, UINT64_C(1) << bit, X86_PMD);
		}
		for (unsigned n = 0; n < 500; n++) {
			uint64_t value = next_random(&seed);

			if (n & 1)
				value &= next_random(&seed) & next_random(&seed);
			check_both_ways(&k, value, X86_PTE);
			check_both_ways(&k, value, X86_PMD);
		}
	}
}

static void refused(const char *kernel, unsigned level, const char *text, unsigned column,
		    const char *part)
{
	struct kernel k = kernel_named(kernel);
	struct numasim_error err = { 0 };
	uint64_t value = 77;

	assert_int_equal(kernel_entry_parse(&k, text, level, &value, &err), -EINVAL);
	assert_int_equal(value, 77);
	assert_text_has(err.text, part);
	assert_int_equal(err.column, column);
}

static void bad_texts_are_refused(void **state)
{
	refused("v6.12", X86_PTE, "", 1, "missing");
	refused("v6.12", X86_PTE, "   ", 1, "missing");
	refused("v6.12", X86_PTE, "P RX", 3, "\"RX\": this kernel has no such flag");
	refused("v6.12", X86_PTE, "P P", 3, "said twice");
	refused("v6.12", X86_PTE, "P pfn=1 pfn=1", 9, "said twice");
	refused("v6.12", X86_PTE, "P pfn=", 3, "a number is missing");
	refused("v6.12", X86_PTE, "P pfn=-1", 3, "a number is missing");
	refused("v6.12", X86_PTE, "P pfn=12x", 3, "not a number");
	refused("v6.12", X86_PTE, "P pfn=0x10000000000", 3, "too large");
	refused("v6.12", X86_PTE, "P pfn=99999999999999999999999", 3, "not a number");
	refused("v4.10", X86_PTE, "P pfn=0x400000000", 18, "does not fit");
	refused("v6.12", X86_PMD, "P PSE pfn=1", 12, "huge pages are aligned");
	refused("v6.12", X86_PTE, "P pkey=16", 3, "too large");
	refused("v6.12", X86_PTE, "P pkey=3 pkey=3", 10, "said twice");
	refused("v6.12", X86_PTE, "P SPLITTING", 3, "no such flag");
	refused("v3.15", X86_PTE, "P NUMA", 3, "no such flag");
	refused("v3.10", X86_PTE, "P SOFT_DIRTY", 3, "no such flag");
	refused("v6.12", X86_PTE, "P bit64", 3, "no such flag");
	refused("v6.12", X86_PTE, "P bit12 pfn=1", 14, "does not fit");
	refused("v6.12", X86_PTE, "swap type=23", 6, "too large");
	refused("v6.12", X86_PTE, "swap type=1 type=1", 13, "said twice");
	refused("v6.12", X86_PTE, "swap offset=0x4000000000000", 6, "too large");
	refused("v6.12", X86_PTE, "swap young", 6, "no such flag");
	refused("v6.12", X86_PTE, "swap PWT", 6, "no such flag");
	refused("v6.0", X86_PTE, "migration entry WRITE young", 23, "no such flag");
	refused("v6.12", X86_PTE, "migration entry WRITE young young", 29, "said twice");
	refused("v5.18", X86_PTE, "migration entry READ_EXCLUSIVE pfn=1", 1, "no such flag");
	refused("v6.12", X86_PTE, "file", 5, "a raw value");
	refused("v6.12", X86_PTE, "file 0x60 more", 11, "only a raw value");
	refused("v6.12", X86_PTE, "table P", 1, "no such flag");
	refused("v6.12", X86_PTE,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 29,
		"no such flag");
}

static void short_buffers_are_cut_and_terminated(void **state)
{
	struct kernel k = kernel_named("v6.12");
	char whole[KERNEL_ENTRY_TEXT];
	int len = kernel_entry_print(&k, 0x12345067, X86_PTE, whole, sizeof(whole));

	for (size_t size = 0; size <= (size_t)len + 1; size++) {
		char buf[KERNEL_ENTRY_TEXT];

		memset(buf, '#', sizeof(buf));
		assert_int_equal(kernel_entry_print(&k, 0x12345067, X86_PTE, buf, size), len);
		assert_int_equal(buf[size], '#');
		if (size) {
			assert_int_equal(strlen(buf), size - 1);
			assert_memory_equal(buf, whole, size - 1);
		}
	}
	assert_int_equal(kernel_entry_print(&k, 0x12345067, X86_PTE, NULL, 0), len);
}

/* The frame that a record's own decoding gives, "…|pfn=1fda" or "…|pfn(inverted-back)=1fe6". */
static bool recorded_pfn(const char *line, uint64_t *pfn)
{
	const char *p = strstr(line, "|pfn");

	p = p ? strchr(p, '=') : NULL;
	return p && sscanf(p + 1, "%lx", pfn) == 1;
}

static unsigned check_record(const struct kernel *k, const char *line)
{
	unsigned long pmd, pte;
	const char *p = strstr(line, " pmd=");
	unsigned leaf;
	uint64_t pfn;

	if (strstr(line, "set_migration_pte") && (p = strstr(line, "pte="))) {
		assert_int_equal(sscanf(p, "pte=%lx", &pte), 1);
		assert_true(kernel_pte_migration(k, pte));
		check_both_ways(k, pte, X86_PTE);
		return 1;
	}
	if (strncmp(line, "PT ", 3) || !p || sscanf(p, " pmd=%lx pte=%lx", &pmd, &pte) != 2 ||
	    sscanf(strstr(line, "leaf=") ? strstr(line, "leaf=") : "", "leaf=%u", &leaf) != 1)
		return 0;
	check_both_ways(k, pmd, X86_PMD);
	check_both_ways(k, pte, X86_PTE);
	assert_int_equal(kernel_pmd_bad(k, pmd), leaf == 2);
	if (recorded_pfn(line, &pfn))
		assert_int_equal(leaf == 2 ? kernel_pmd_pfn(k, pmd) : kernel_pte_pfn(k, pte), pfn);
	return 1;
}

static void recorded_entries_are_read_as_they_were(void **state)
{
	static const struct { const char *file, *kernel; } records[] = {
		{ "linux-6.1-2node.raw", "debian-6.1.192" },
		{ "linux-6.12-2node.raw", "debian-6.12.117" },
	};
	const char *shared = getenv("NUMASIM_SHARED");

	for (size_t r = 0; r < 2; r++) {
		struct kernel k = kernel_named(records[r].kernel);
		unsigned checked = 0;
		char line[2048];
		FILE *file;

		snprintf(line, sizeof(line), "%s/linux/golden/%s", shared ? shared : "",
			 records[r].file);
		file = shared ? fopen(line, "r") : NULL;
		if (!file) {
			print_message("skipped: no linux/golden under NUMASIM_SHARED\n");
			return;
		}
		while (fgets(line, sizeof(line), file))
			checked += check_record(&k, line);
		fclose(file);
		assert_true(checked > 80);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_as_documented),
		cmocka_unit_test(every_value_comes_back),
		cmocka_unit_test(bad_texts_are_refused),
		cmocka_unit_test(short_buffers_are_cut_and_terminated),
		cmocka_unit_test(recorded_entries_are_read_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
