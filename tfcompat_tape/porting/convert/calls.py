"""Calls of TensorFlow's functions: by the table where a line of it fits, through `interop.to_torch` where none does."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any

from tfcompat_tape.porting.convert import helpers, values
from tfcompat_tape.porting.convert.context import Context, StaysError, atomic
from tfcompat_tape.porting.convert.kinds import NUMBERS, TENSORS, Kind
from tfcompat_tape.porting.convert.observe import parts
from tfcompat_tape.porting.convert.table import PLACE, Entry, Form, find

_HELPER = re.compile(r"\b(tf_\w+)\(")
_IGNORED = frozenset(["name", "validate_indices", "parallel_iterations", "swap_memory"])
_CLASSES = {"float": ("float", "bfloat"), "int": ("int", "uint"), "complex": ("complex",), "bool": ("bool",)}
Arguments = dict[str, ast.expr]


def by_table(c: Context, node: ast.Call, symbol: str) -> str | None:
    """What the table says for a call; `None` if it says nothing for these arguments."""
    entry = find(symbol)
    if entry is None:
        return None
    arguments = bound(node, entry.parameters)
    combinations = c.combinations(node)
    if arguments is None or not combinations:
        return None
    places = [id(one) for one in parts(node)]
    texts: set[str | None] = set()
    for combination in combinations:
        kinds = {
            name: combination[1 + places.index(id(one))] if id(one) in places else ("?",)
            for name, one in arguments.items()
        }
        texts.add(_first(c, node, entry, arguments, kinds, combination[0]))
    if len(texts) != 1:
        merged = {
            name: values.mixed({one[1 + places.index(id(node_))] for one in combinations})
            for name, node_ in arguments.items()
            if id(node_) in places
        }
        if None in merged.values():
            return None
        kinds = {name: merged.get(name) or ("?",) for name in arguments}
        texts = {_first(c, node, entry, arguments, kinds, one[0]) for one in combinations}
        if len(texts) != 1:
            return None
    text = texts.pop()
    if text is not None:
        for name in _HELPER.findall(text):
            if name in helpers.names():
                c.use(name)
        if (
            entry.view
            and outlives(c, node)
            and any(kind[0] == "V" for one in combinations for kind in one[1:])
        ):
            text = f"{text}.clone()"
    return text


def bound(node: ast.Call, parameters: dict[str, inspect.Parameter]) -> Arguments | None:
    """The arguments of a call by name; `None` where `*` hides them."""
    names = [name for name, one in parameters.items() if one.kind is not one.KEYWORD_ONLY]
    if any(isinstance(one, ast.Starred) for one in node.args) or len(node.args) > len(names):
        return None
    found = dict(zip(names, node.args, strict=False))
    for word in node.keywords:
        if word.arg is None or word.arg not in parameters:
            return None
        found[word.arg] = word.value
    return found


def _first(
    c: Context, node: ast.Call, entry: Entry, arguments: Arguments, kinds: dict[str, Kind], out: Kind
) -> str | None:
    for form in entry.forms:
        text = _applied(c, node, form, entry, arguments, kinds, out)
        if text is not None:
            return text
    return None


def _applied(
    c: Context,
    node: ast.Call,
    form: Form,
    entry: Entry,
    arguments: Arguments,
    kinds: dict[str, Kind],
    out: Kind,
) -> str | None:
    places = form.places
    for name, value in arguments.items():
        known = name in places or name in form.when or name in _IGNORED
        if not known and not _is_default(value, entry.parameters[name]):
            return None
    if not all(_holds(c, node, entry, arguments, kinds, out, *one) for one in form.when.items()):
        return None
    given = {name for name, value in arguments.items() if not _is_literal(value, None)}
    shared = _shared_dtype(places, kinds, given)
    written: dict[str, str] = {}
    for name, role in places.items():
        if name in given:
            text = _argument(c, arguments[name], role, kinds[name], shared)
        elif name in arguments and role == "plain":
            text = "None"
        elif name in form.required:
            text = _default(entry.parameters.get(name), role)
        else:
            continue
        if text is None:
            return None
        written[name] = text
    written["out"] = _out(out)
    if "{out}" in form.expression and not written["out"]:
        return None
    result = "".join(
        _filled(part, written)
        for part, optional in form.parts
        if not optional or all(name in written for name, _ in PLACE.findall(part))
    )
    return result


def _filled(part: str, written: dict[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        text = written[match[1]]
        after, before = part[match.end() : match.end() + 2], part[: match.start()].rstrip()[-1:]
        bound = after[:1] in (".", "[", "(") or after in (" -", " *") or (before and before in "-*")
        return atomic(text) if bound else text

    return PLACE.sub(one, part)


def _argument(c: Context, node: ast.expr, role: str, kind: Kind, shared: str | None) -> str | None:
    if role == "tensor":
        return values.tensor(c, node, kind, shared)
    if role == "free":
        return values.tensor(c, node, kind)
    if role == "axes" and (kind in (("list",), ("tuple",)) or kind[0] == "None"):
        return None  # no axis at all, which torch takes for all of them
    if role in ("ints", "axes"):
        return values.ints(c, node, kind)
    if role == "dtype":
        return values.dtype(c, node)
    if role == "number":
        return values.number(c, node, kind)
    if role == "each":
        return _each(c, node, kind, shared)
    return c.text(node)


def _each(c: Context, node: ast.expr, kind: Kind, shared: str | None) -> str | None:
    """A list of tensors."""
    if kind[0] not in ("list", "tuple"):
        return None
    if isinstance(node, (ast.List, ast.Tuple)):
        dtypes = {one[1] for element in node.elts for one in c.kinds(element) if one[0] in TENSORS}
        edits = []
        for element in node.elts:
            kinds = c.kinds(element)
            if isinstance(element, ast.Starred):
                if not all(one[0] in ("list", "tuple") and _all_tensors(one) for one in kinds):
                    return None
                continue
            texts = {values.tensor(c, element, one, next(iter(dtypes), shared)) for one in kinds}
            if len(texts) != 1 and (merged := values.mixed(kinds)) is not None:
                texts = {values.tensor(c, element, merged, next(iter(dtypes), shared))}
            if len(texts) != 1 or None in texts:
                return None
            edits.append((*c.source.spans[element], str(texts.pop())))
        return c.spliced(node, edits)
    if len(kind) > 1 and all(one[0] == "N" for one in kind[1:]) and len({one[1] for one in kind[1:]}) == 1:
        return f"[torch.tensor(each) for each in {c.text(node)}]"
    return c.text(node) if _all_tensors(kind) else None


def _all_tensors(kind: Kind) -> bool:
    return len(kind) > 1 and all(one[0] in TENSORS for one in kind[1:])


def _shared_dtype(places: dict[str, str], kinds: dict[str, Kind], given: set[str]) -> str | None:
    """The dtype that all tensors have: that of the first one that has one of its own."""
    of = [kinds[name] for name, role in places.items() if role == "tensor" and name in given]
    for families in (TENSORS, ("N", "n")):
        for kind in of:
            if kind[0] in families:
                return str(kind[1])
    for kind in of:
        if kind[0] in ("list", "tuple") and values.has_tensors(kind):
            return next(str(one[1]) for one in kind[1:] if one[0] in TENSORS)
    naturals = {values.natural_dtype(kind) for kind in of}
    if naturals == {"int32", "float32"}:
        return "float32"
    return naturals.pop() if len(naturals) == 1 else None


def _default(parameter: inspect.Parameter | None, role: str) -> str | None:
    if parameter is None or parameter.default is parameter.empty or parameter.default is None:
        return None
    if role == "dtype":
        return f"torch.{getattr(parameter.default, 'name', parameter.default)}"
    return repr(parameter.default)


def _out(kind: Kind) -> str:
    try:
        return values.torch_dtype(str(kind[1])) if kind[0] in TENSORS else ""
    except KeyError:
        return ""


def _is_literal(node: ast.expr, value: Any) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _is_default(node: ast.expr, parameter: inspect.Parameter) -> bool:
    try:
        return bool(ast.literal_eval(node) == parameter.default)
    except ValueError:
        return False


def _holds(
    c: Context,
    node: ast.Call,
    entry: Entry,
    arguments: Arguments,
    kinds: dict[str, Kind],
    out: Kind,
    name: str,
    condition: Any,
) -> bool:
    if name == "recorded":
        return bool(c.is_recorded(node) == condition)
    if isinstance(condition, str):
        return all(
            _is(word, arguments.get(name), out if name == "out" else kinds.get(name))
            for word in condition.split()
        )
    if name not in arguments:
        default = entry.parameters[name].default
        return any(bool(default is one or default == one) for one in condition)
    try:
        value = ast.literal_eval(arguments[name])
    except ValueError:
        return False
    return any(type(value) is type(one) and value == one for one in condition)


def _is(word: str, node: ast.expr | None, kind: Kind | None) -> bool:
    if word == "any":
        return True
    if word == "absent":
        return node is None or _is_literal(node, None)
    if kind is None:
        return False
    if word in _CLASSES:
        dtype = values.natural_dtype(kind)
        return dtype is not None and dtype.startswith(_CLASSES[word])
    if word == "given":
        return node is not None and not _is_literal(node, None)
    if word == "tensor":
        return kind[0] in TENSORS
    if word == "number":
        return kind[0] in NUMBERS or kind[0] == "n"
    if word == "axis":
        return bool(kind[0] == "int")
    if word == "array":
        return kind[0] in TENSORS or kind[0] == "N"
    if word == "arrays":
        return bool(
            kind[0] in ("list", "tuple")
            and len(kind) > 1
            and all(one[0] in (*TENSORS, "N") for one in kind[1:])
        )
    if word == "shape":
        return bool(kind[0] == "shape")
    if word == "list":
        return kind[0] in ("list", "tuple")
    if word == "positive":
        value = _literal(node)
        return isinstance(value, (int, float)) and value > 0
    if word == "literal":
        return _literal(node) is not None
    rank = _rank(kind)
    match = re.fullmatch(r"rank(>|=|<)(\d)", word)
    if match is None or rank is None:
        return False
    return {">": rank > int(match[2]), "=": rank == int(match[2]), "<": rank < int(match[2])}[match[1]]


def _rank(kind: Kind) -> int | None:
    if kind[0] in TENSORS or kind[0] == "N":
        return int(kind[2])
    if kind[0] in NUMBERS or kind[0] == "n":
        return 0
    if kind[0] in ("list", "tuple") and len(kind) == 2:
        inside = _rank(kind[1])
        return None if inside is None else inside + 1
    return None


def _literal(node: ast.expr | None) -> Any:
    try:
        return None if node is None else ast.literal_eval(node)
    except ValueError:
        return None


def outlives(c: Context, node: ast.AST) -> bool:
    """Whether a result may be there after the Variable that it shares memory with was assigned."""
    parent = c.source.parents.get(node)
    if isinstance(parent, ast.keyword):
        parent = c.source.parents.get(parent)
    if isinstance(parent, (ast.BinOp, ast.Compare, ast.UnaryOp, ast.FormattedValue)):
        return False
    if isinstance(parent, ast.Call):
        symbol = c.symbols.get(parent.func)
        entry = find(symbol) if symbol else None
        return entry is None or entry.view
    return True


_SEEDED = frozenset(["tf.nn.dropout", "tf.nn.experimental.general_dropout"])


def _draws(what: str) -> bool:
    """Whether a name of TensorFlow's draws random numbers, from a state that is elsewhere."""
    return "stateless" not in what and (what.startswith("tf.random.") or ".random_" in what)


def through_us(c: Context, node: ast.Call, what: str) -> str:
    """A call that stays TensorFlow's: torch tensors go in and come out, and torch differentiates by our gradients."""
    kinds = c.kinds(node)
    if not kinds:
        raise StaysError(node, f"{what} did not run")
    for argument in [*node.args, *[word.value for word in node.keywords]]:
        inside = c.kinds(argument)
        if isinstance(argument, ast.Lambda) or any(
            kind[0] == "fn" and kind[1] == "__main__" for kind in inside
        ):
            raise StaysError(node, f"{what} calls a function of the script")
        if any(kind[0] == "dtype" for kind in inside) and isinstance(argument, ast.Name):
            raise StaysError(node, f"{what} takes a dtype by a name")
        if any(kind[0] in ("tape", "accumulator") for kind in inside):
            raise StaysError(node, f"{what} takes a tape")
    if any(kind[0] == "V" for kind in kinds):
        raise StaysError(node, f"{what} makes a Variable")
    near = [one for combination in c.combinations(node) for one in combination]
    if c.is_recorded(node) and any(one[0] == "tf" and one[1] != "strings" for one in near):
        raise StaysError(node, f"{what} holds something of TensorFlow's while a tape records")
    if c.source.number[node] in c.facts.traced and (what in _SEEDED or _draws(what)):
        c.drawn.add(c.source.line(node))
    c.modules.add("tf")
    c.left[what] = c.left.get(what, 0) + 1
    edits = [
        (*c.source.spans[one], c.source.of(one))
        for one in [*node.args, *[word.value for word in node.keywords]]
        if any(kind[0] == "dtype" for kind in c.kinds(one))
    ]
    func = c.source.spans[node.func]
    if any(values.has_tensors(kind) for kind in kinds):
        return c.spliced(node, [*edits, (*func, f"{c.to_torch()}({c.source.of(node.func)})")])
    return c.spliced(node, [*edits, (*func, c.source.of(node.func))])
