/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/utf8.h"

/*
 * The lead byte says how many follow, and, for some, that the first of them has a narrower range
 * than 80..BF:
 *
 *   00..7F                       one byte
 *   C2..DF  80..BF               two
 *   E0..EF  80..BF  80..BF       three; E0 A0..BF (nothing longer than needed), ED 80..9F (no
 *                                surrogates)
 *   F0..F4  80..BF  80..BF  80..BF     four; F0 90..BF, F4 80..8F (up to U+10FFFF)
 */
static unsigned lead_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

static bool second_fits(unsigned char lead, unsigned char second)
{
	switch (lead) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

unsigned utf8_decode(uint32_t *character, const char *text, size_t len)
{
	const unsigned char *byte = (const unsigned char *)text;
	unsigned bytes, i;

	if (!len)
		return 0;
	bytes = lead_length(byte[0]);
	if (!bytes || bytes > len)
		return 0;
	if (bytes == 1) {
		*character = byte[0];
		return 1;
	}
	if (!second_fits(byte[0], byte[1]))
		return 0;
	*character = byte[0] & (0x7fu >> bytes);
	for (i = 1; i < bytes; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (byte[i] & 0x3f);
	}
	return bytes;
}

bool utf8_is_text(uint32_t character)
{
	if (character < 0x20)
		return character == '\t' || character == '\n';
	return character < 0x7f || character > 0x9f;
}

unsigned utf8_width(uint32_t character)
{
	static const struct {
		uint32_t first, last;
		unsigned width;
	} ranges[] = {
		{0x0300, 0x036f, 0},   /* combining marks */
		{0x1100, 0x115f, 2},   /* Hangul leading consonants */
		{0x200b, 0x200f, 0},   /* zero width, direction */
		{0x2e80, 0xa4cf, 2},   /* CJK and its neighbours */
		{0xac00, 0xd7a3, 2},   /* Hangul syllables */
		{0xf900, 0xfaff, 2},   /* CJK compatibility */
		{0xfe00, 0xfe0f, 0},   /* variation selectors */
		{0xff00, 0xff60, 2},   /* full width forms */
		{0x1f300, 0x1faff, 2}, /* pictographs */
		{0x20000, 0x3fffd, 2}, /* more CJK */
	};

	for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return ranges[i].width;
	return 1;
}
