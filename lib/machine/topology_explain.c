/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/topology_explain.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* The newest major version of XML that libhwloc reads; it follows its own. */
#define XML_MAJOR (HWLOC_API_VERSION >> 16)

/* The first place of @word in @text; XML in memory may hold zero bytes, so this is not strstr(). */
static const char *find(const struct topology_source *source, const char *word)
{
	return memmem(source->text, source->len, word, strlen(word));
}

/* The N.M of <topology version="N.M">, as text of *len bytes; NULL when there is none. */
static const char *xml_version(const char *root, int *len)
{
	const char *end = strchr(root, '>'), *version = strstr(root, "version=\"");

	if (!version || !end || version > end)
		return NULL;
	version += strlen("version=\"");
	*len = (int)strspn(version, "0123456789.");
	return version;
}

/*
 * What hwloc complained about, without the words that it adds to every complaint: the name it gives
 * to XML in memory, and advice that is of no use here.
 */
static void shorten(char *said, size_t size, const char *notes)
{
	static const char name[] = "xmlbuffer: ";
	const char *boilerplate = strstr(notes, "Failed to parse XML input");
	size_t len;

	if (!strncmp(notes, name, strlen(name)))
		notes += strlen(name);
	len = boilerplate && boilerplate >= notes ? (size_t)(boilerplate - notes) : strlen(notes);
	while (len && notes[len - 1] == ' ')
		len--;
	snprintf(said, size, "%.*s", (int)len, notes);
}

static int explain_version(struct numasim_error *err, const char *name, const char *version,
			   int len)
{
	unsigned long major = strtoul(version, NULL, 10);

	return error_set(err, -EINVAL,
			 "%s is in the format of hwloc %lu (<topology version=\"%.*s\">), and "
			 "libhwloc %d reads formats up to %d.x: write it again with the lstopo of "
			 "hwloc %lu, `lstopo -i OLD.xml --of xml --export-xml-flags v2 NEW.xml`",
			 name, major, len < 16 ? len : 16, version, XML_MAJOR, XML_MAJOR, major);
}

static int explain_xml(struct numasim_error *err, const struct topology_source *source,
		       const char *name, const char *notes)
{
	const char *root = find(source, "<topology"), *version;
	char said[400];
	int len = 0;

	if (strspn(source->text, " \t\r\n") == source->len)
		return error_set(err, -EINVAL,
				 "%s is empty: write a machine's topology with "
				 "`lstopo --of xml NEW.xml`",
				 name);
	if (!find(source, "<"))
		return error_set(err, -EINVAL,
				 "%s is not XML: write a machine's topology with "
				 "`lstopo --of xml NEW.xml`",
				 name);
	if (!root && !find(source, "<root"))
		return error_set(err, -EINVAL,
				 "%s is XML, but not a topology of hwloc (no "
				 "<topology> in it): write one with `lstopo --of xml "
				 "NEW.xml`",
				 name);
	version = root ? xml_version(root, &len) : NULL;
	if (version && strtoul(version, NULL, 10) > XML_MAJOR)
		return explain_version(err, name, version, len);
	shorten(said, sizeof(said), notes);
	return error_set(
		err, -EINVAL,
		"hwloc cannot read %s: %s; write it again with `lstopo -i OLD.xml --of xml "
		"NEW.xml`",
		name,
		*said ? said
		      : "it is cut off, or not as hwloc writes it (attributes in "
			"double quotes, no comments)");
}

static int explain_synthetic(struct numasim_error *err, const char *text, const char *notes)
{
	return error_set(err, -EINVAL,
			 "\"%s\" is neither a file, nor `host`, nor a description that hwloc can "
			 "read%s%s; a description is a line such as \"numa:2 core:2 pu:1\"",
			 text, *notes ? ": " : "", notes);
}

int topology_explain(struct numasim_error *err, const struct topology_source *source,
		     const char *name, enum topology_failure why, uint64_t detail,
		     const char *notes)
{
	switch (why) {
	case TOPOLOGY_NO_NODES:
		return error_set(err, -EINVAL,
				 "%s has no NUMA node or no CPU: a machine needs one "
				 "of each",
				 name);
	case TOPOLOGY_MANY_NODES:
		return error_set(err, -EINVAL,
				 "%s has %llu NUMA nodes; at most %d are possible, "
				 "as in Linux",
				 name, (unsigned long long)detail, NUMASIM_TOPOLOGY_MAX_NODES);
	case TOPOLOGY_MANY_CPUS:
		return error_set(err, -EINVAL,
				 "%s has %llu CPUs; at most %d are possible, as in "
				 "Linux",
				 name, (unsigned long long)detail, NUMASIM_TOPOLOGY_MAX_CPUS);
	case TOPOLOGY_NO_MEMORY:
		return error_set(err, -ENOMEM, "no memory to load %s", name);
	default:
		break;
	}
	if (source->kind == TOPOLOGY_XML)
		return explain_xml(err, source, name, notes);
	if (source->kind == TOPOLOGY_SYNTHETIC)
		return explain_synthetic(err, source->text, notes);
	return error_set(err, -EINVAL, "hwloc cannot tell what this host is made of: %s%s%s",
			 strerror((int)detail), *notes ? ": " : "", notes);
}

/* Skip from an opening bracket to its partner, or to the end. */
static const char *skip(const char *s, char close)
{
	while (*s && *s != close)
		s++;
	return s;
}

/*
 * A description's levels multiply: "numa:2 core:4 2" has 2 * 4 * 2 CPUs. Attributes in parentheses
 * and nodes attached in brackets do not count.
 */
int topology_check_synthetic(const char *description, struct numasim_error *err)
{
	unsigned long long cpus = 1, n;
	const char *s;
	char *end;

	for (s = description; *s; s++) {
		if (*s == '(' || *s == '[') {
			s = skip(s, *s == '(' ? ')' : ']');
			if (!*s)
				break;
			continue;
		}
		if (!isdigit((unsigned char)*s) ||
		    (s > description && s[-1] != ':' && s[-1] != ' '))
			continue;
		n = strtoull(s, &end, 10);
		if (n && cpus > NUMASIM_TOPOLOGY_MAX_CPUS / n)
			return error_set(err, -EINVAL,
					 "\"%s\" describes more than %d CPUs, the "
					 "most that are possible, as in Linux",
					 description, NUMASIM_TOPOLOGY_MAX_CPUS);
		cpus *= n ? n : 1;
		s = end - 1;
	}
	return 0;
}
