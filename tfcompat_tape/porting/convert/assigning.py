"""Assignments to Variables: whole, in places, and by IndexedSlices."""

from __future__ import annotations

import ast

from tfcompat_tape.porting.convert import values
from tfcompat_tape.porting.convert.context import Context, StaysError, atomic
from tfcompat_tape.porting.convert.kinds import NUMBERS

_IN_PLACE = {"assign": "copy_", "assign_add": "add_", "assign_sub": "sub_"}


def assign(c: Context, node: ast.Call, owner: ast.expr, method: str) -> str:
    """`v.assign_sub(g)` is `v.sub_(g)`: outside of a tape torch records nothing either."""
    if len(node.args) != 1 or any(
        word.arg not in ("use_locking", "name", "read_value") for word in node.keywords
    ):
        raise StaysError(node, f"{method} has arguments that torch has no counterpart for")
    value = node.args[0]
    texts = set()
    for owned, kind in {(one[1], one[2]) for one in c.combinations(node)}:
        if kind[0] in NUMBERS and (method != "assign" or kind[0] != "complex"):
            texts.add((("fill_" if method == "assign" else _IN_PLACE[method]), c.text(value)))
            continue
        text = values.tensor(c, value, kind, str(owned[1]))
        if text is None:
            raise StaysError(node, f"what is given to {method} has no counterpart")
        texts.add((_IN_PLACE[method], text))
    if len(texts) != 1:
        raise StaysError(node, f"{method} takes one kind of value at one time and another at another")
    name, text = texts.pop()
    if not c.is_recorded(node):
        return f"{c.atom(owner)}.{name}({text})"
    if not isinstance(c.source.parents.get(node), ast.Expr):
        raise StaysError(node, f"what {method} returns is used while a tape records")
    return f"{c.atom(owner)}.detach().{name}({text})"


SCATTERED = {
    "scatter_nd_update": ("copy", "nd"),
    "scatter_nd_add": ("add", "nd"),
    "scatter_nd_sub": ("sub", "nd"),
    "scatter_update": ("copy", "rows"),
    "scatter_add": ("add", "rows"),
    "scatter_sub": ("sub", "rows"),
}


def scatter(c: Context, node: ast.Call, owner: ast.expr, method: str) -> str:
    """`v.scatter_nd_update(indices, updates)`, and `v.scatter_sub(tf.IndexedSlices(values, indices))`."""
    what, how = SCATTERED[method]
    given = node.args
    if node.keywords or c.is_recorded(node) or not isinstance(c.source.parents.get(node), ast.Expr):
        raise StaysError(node, f"{method} with these arguments, while a tape records, or for what it returns")
    if how == "rows":
        slices = given[0] if len(given) == 1 else None
        if not (isinstance(slices, ast.Call) and c.symbols.get(slices.func) == "tf.IndexedSlices"):
            raise StaysError(node, f"{method} of slices that are made elsewhere")
        words = {str(word.arg): word.value for word in slices.keywords}
        named = {**dict(zip(("values", "indices"), slices.args, strict=False)), **words}
        if set(named) != {"values", "indices"}:
            raise StaysError(node, f"{method} of slices with further arguments")
        whole = _whole_gradient(c, named["values"], named["indices"])
        if whole is not None and what != "copy":
            return f"{c.atom(owner)}.{what}_({whole})"
        given = [named["indices"], named["values"]]
    if len(given) != 2:
        raise StaysError(node, f"{method} with further arguments")
    indices = {values.tensor(c, given[0], kind) for kind in c.kinds(given[0])}
    updates = {values.tensor(c, given[1], kind, c.dtype_of(owner)) for kind in c.kinds(given[1])}
    if len(indices) != 1 or len(updates) != 1 or None in indices | updates:
        raise StaysError(node, f"{method} takes one kind of value at one time and another at another")
    index, update = atomic(str(indices.pop())), str(updates.pop())
    at = f"tuple({index}.long().unbind(-1))" if how == "nd" else f"({index}.long(),)"
    if what == "copy":
        return f"{c.atom(owner)}.index_put_({at}, {update})"
    minus = "-" if what == "sub" else ""
    return f"{c.atom(owner)}.index_put_({at}, {minus}{atomic(update) if minus else update}, accumulate=True)"


def _whole_gradient(c: Context, given: ast.expr, indices: ast.expr) -> str | None:
    """`0.1 * g.values` beside `g.indices`, of IndexedSlices `g`: torch's gradient is whole, and it is `0.1 * g`."""
    if not (isinstance(indices, ast.Attribute) and indices.attr == "indices"):
        return None
    of = c.source.of(indices.value)
    if {kind[0] for kind in c.kinds(indices.value)} != {"S"}:
        return None
    sides = (
        [given.left, given.right]
        if isinstance(given, ast.BinOp) and isinstance(given.op, ast.Mult)
        else [given]
    )
    texts = []
    for one in sides:
        if isinstance(one, ast.Attribute) and one.attr == "values" and c.source.of(one.value) == of:
            texts.append(c.text(one.value))
        elif all(kind[0] in NUMBERS for kind in c.kinds(one)):
            texts.append(c.text(one) if isinstance(one, ast.Constant) else atomic(c.text(one)))
        else:
            return None
    slices = sum(isinstance(one, ast.Attribute) and one.attr == "values" for one in sides)
    return " * ".join(texts) if slices == 1 else None
