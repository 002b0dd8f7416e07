# SPDX-License-Identifier: BSD-2-Clause
"""Adjacent points: in a block, a statement that comes to a point and the next one that does, with
nothing but other statements between them. As the mutant they run in the other order:

  how           source             runs as
  exchange      A; w; B;           B; w; A;
  later         A; T w = ..; B;    w; B; A;       B needs what stands between, or declares
  hoist         T a = A; w; B;     a = 0; w; B; a = A;
  answer        A; w; return B;    w; r = B; A; return r;
"""
from dataclasses import dataclass

from clang.cindex import CursorKind as K

import ctree

ENDS = {K.BREAK_STMT, K.CONTINUE_STMT, K.GOTO_STMT}


@dataclass(frozen=True)
class Pair:
    how: str
    first: tuple   # the statement's bytes; hoist: of the declaration
    second: tuple
    value: tuple   # hoist: the initialiser; answer: what is returned
    variable: str  # hoist
    text: str


def declared_by(statements):
    return {child.get_usr() + child.spelling for s in statements if s.kind == K.DECL_STMT
            for child in s.get_children()}


def needs(cursor, names):
    return any(c.kind == K.DECL_REF_EXPR and c.referenced is not None and
               c.referenced.get_usr() + c.referenced.spelling in names for c in ctree.walk(cursor))


def initialised(declaration, is_point):
    """The last variable that a point gives its value: (name, initialiser), or None."""
    for variable in reversed(list(declaration.get_children())):
        parts = [c for c in variable.get_children() if c.kind.is_expression()]
        if parts and is_point(parts[-1]):
            plain = parts[-1].kind != K.INIT_LIST_EXPR and not variable.type.is_const_qualified()
            return (variable.spelling, parts[-1]) if plain else None
    return None


def swappable(statement):
    """Neither a place that is jumped to, nor a jump, nor what a macro makes of several."""
    return statement.kind not in ENDS | ctree.LABELS and \
        not any(c.kind in ctree.LABELS - {K.CASE_STMT, K.DEFAULT_STMT}
                for c in ctree.walk(statement))


def pair(file, first, between, second, is_point):
    """How @first and @second change places, or None: no program has them the other way round."""
    first_span, second_span = file.statement(first), file.statement(second)
    text = f"{file.text(*first_span)[:50]} <-> {file.text(*second_span)[:50]}"
    if not swappable(first) or not swappable(second) or first.kind == K.RETURN_STMT:
        return None
    if first.kind == K.DECL_STMT:
        found = initialised(first, is_point)
        if not found or second.kind == K.RETURN_STMT:
            return None
        return Pair("hoist", first_span, second_span, file.span(found[1]), found[0], text)
    if second.kind == K.RETURN_STMT:
        value = next(second.get_children())
        return Pair("answer", first_span, second_span, file.span(value), "", text)
    later = second.kind == K.DECL_STMT or needs(second, declared_by(between))
    return Pair("later" if later else "exchange", first_span, second_span, (), "", text)


def ends(statement):
    """It does not come to the statement behind it."""
    if statement.kind == K.COMPOUND_STMT:
        return any(ends(inner) for inner in statement.get_children())
    return statement.kind in ENDS | {K.RETURN_STMT}


def goes_on(statement, is_point):
    """A point of it can be followed by the next statement's: not `if (c) return f();`."""
    if statement.kind != K.IF_STMT:
        return True
    condition, *branches = statement.get_children()
    return is_point(condition) or any(is_point(b) and not ends(b) for b in branches)


def pairs(file, function, is_point):
    for block in ctree.blocks(function):
        first, between = None, []
        for statement in block.get_children():
            if statement.kind in ctree.LABELS | ENDS:
                first, between = None, []
            elif not is_point(statement):
                between.append(statement)
            else:
                found = first is not None and pair(file, first, between, statement, is_point)
                if found:
                    yield found
                if goes_on(statement, is_point):
                    first, between = statement, []
                else:
                    between.append(statement)
