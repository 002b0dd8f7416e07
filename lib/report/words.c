/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/words.h"

#include <errno.h>
#include <stdlib.h>

const char *words_observation(const struct numasim_result_info *info)
{
	if (!info->positive)
		return "Never";
	return info->negative ? "Sometimes" : "Always";
}

const char *words_verdict(enum numasim_verdict verdict)
{
	static const char *const word[] = {"holds", "broken", "undecided"};

	return word[verdict];
}

const char *words_engine(enum numasim_engine engine)
{
	static const char *const word[] = {"graph", "tree", "tree-merged"};

	return word[engine];
}

int words_close(char **text, char **buffer, FILE *out, int ret)
{
	if (fclose(out) && !ret)
		ret = -ENOMEM;
	if (ret)
		free(*buffer);
	else
		*text = *buffer;
	return ret;
}
