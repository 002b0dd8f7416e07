# SPDX-License-Identifier: BSD-2-Clause
"""Reading C as far as the checks need it: comments and strings blanked, functions measured."""
import re

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """The text with comments, strings and character constants blanked; line numbers stay."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match.group())
    return TOKEN.sub(blank, text)


def includes(text):
    """Yields (line number, 'quote' or 'angle', name) of every #include outside of comments."""
    lines = text.split('\n')
    bare = code_only(text).split('\n')
    for number, line in enumerate(lines, 1):
        if not re.match(r'\s*#\s*include\b', bare[number - 1]):
            continue
        match = re.match(r'\s*#\s*include\s*(?:"([^"]*)"|<([^>]*)>)', line)
        if match and match.group(1) is not None:
            yield number, 'quote', match.group(1)
        elif match:
            yield number, 'angle', match.group(2)


def functions(text):
    """
    Yields (first line, name, number of lines) of every function.

    Kernel style: the body's braces stand alone in column 0. A brace at the end of a signature that
    starts in column 0 is taken for a body as well, so that style cannot hide a long function.
    """
    lines = code_only(text).split('\n')
    start = name = None
    for number, line in enumerate(lines, 1):
        if start is None and (line.startswith('{') or opens_at_line_end(line)):
            start, name = signature(lines, number)
        elif start is not None and line.startswith('}'):
            yield start, name, number - start + 1
            start = None


def opens_at_line_end(line):
    return re.match(r'[A-Za-z_].*\)\s*\{\s*$', line) is not None


def signature(lines, brace):
    """Where the signature before the body's brace begins (1-based line), and the name in it."""
    first = brace
    if lines[brace - 1].startswith('{'):
        while first > 1 and lines[first - 2].strip():
            first -= 1
            if re.match(r'[A-Za-z_]', lines[first - 1]):
                break
    text = ' '.join(lines[first - 1:brace])
    match = re.search(r'([A-Za-z_]\w*)\s*\(', text)
    return first, match.group(1) if match else 'a body without a name'
