/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own description of its types (Documentation/bpf/btf.rst): a table of types, each a
 * head and, by its kind, more words; a table of names.
 */
#include "guest.h"

#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

static char *btf;
static const char *names;
static const struct btf_type **type;
static unsigned nr_types; /* type[0] is void */

/* Bytes that follow the head of a type. */
static size_t tail_size(const struct btf_type *t)
{
	unsigned vlen = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
	case BTF_KIND_DATASEC:
		return vlen * 3 * sizeof(uint32_t);
	case BTF_KIND_FUNC_PROTO:
		return vlen * sizeof(struct btf_param);
	default:
		return 0;
	}
}

void btf_open(void)
{
	const struct btf_header *head;
	const char *at, *end;

	btf = file_read("/sys/kernel/btf/vmlinux", NULL);
	head = (const struct btf_header *)btf;
	if (!btf || head->magic != BTF_MAGIC)
		side_fail("the kernel does not describe its types");
	names = btf + head->hdr_len + head->str_off;
	at = btf + head->hdr_len + head->type_off;
	end = at + head->type_len;
	type = malloc((head->type_len / sizeof(struct btf_type) + 1) * sizeof(*type));
	if (!type)
		side_fail("no memory for types");
	for (nr_types = 1; at < end; nr_types++) {
		type[nr_types] = (const struct btf_type *)at;
		at += sizeof(struct btf_type) + tail_size(type[nr_types]);
	}
}

static bool is_compound(const struct btf_type *t)
{
	unsigned kind = BTF_INFO_KIND(t->info);

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* Bit offset of a member, looked for in members without a name too; -1: not in there. */
static long find_member(const struct btf_type *t, const char *name)
{
	const struct btf_member *m = (const struct btf_member *)(t + 1);

	for (unsigned i = 0; i < BTF_INFO_VLEN(t->info); i++, m++) {
		long offset = BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BIT_OFFSET(m->offset)
						      : (long)m->offset;

		if (names[m->name_off]) {
			if (!strcmp(names + m->name_off, name))
				return offset;
		} else if (is_compound(type[m->type])) {
			long inside = find_member(type[m->type], name);

			if (inside >= 0)
				return offset + inside;
		}
	}
	return -1;
}

size_t btf_offset(const char *struct_name, const char *member)
{
	for (unsigned i = 1; i < nr_types; i++)
		if (BTF_INFO_KIND(type[i]->info) == BTF_KIND_STRUCT &&
		    !strcmp(names + type[i]->name_off, struct_name)) {
			long bits = find_member(type[i], member);

			if (bits >= 0)
				return (size_t)bits / 8;
		}
	side_fail("the kernel has no %s in a struct %s", member, struct_name);
}
