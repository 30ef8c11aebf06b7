"""Tapes become `torch.enable_grad()`, and what is asked of them `torch.autograd.grad`.

A converted script records nothing but within these blocks (it says `torch.set_grad_enabled(False)` at its top), as
TensorFlow records nothing but within tapes.
"""

from __future__ import annotations

import ast
import inspect

from tfcompat_tape.porting.check.verdicts import object_of
from tfcompat_tape.porting.convert import values
from tfcompat_tape.porting.convert.context import Context, StaysError
from tfcompat_tape.porting.convert.kinds import TENSORS, Kind
from tfcompat_tape.porting.convert.observe import parts

TAPES = ("tf.GradientTape", "tf.autodiff.ForwardAccumulator")
_OWNERS = {"tape": "tf.GradientTape", "accumulator": "tf.autodiff.ForwardAccumulator"}


def entered(c: Context, item: ast.withitem) -> str | None:
    """A tape in a `with`; `None` where it is none."""
    node = item.context_expr
    if isinstance(node, ast.Call) and c.symbol(node.func) in TAPES:
        if item.optional_vars is not None and not isinstance(item.optional_vars, ast.Name):
            raise StaysError(node, "a tape that is no plain name")
        c.has_tape = True
        return "torch.enable_grad()"
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "stop_recording"
    ):
        if all(one[0] == "tape" for one in c.kinds(node.func.value)):
            return "torch.no_grad()"
    if any(one[0] in ("tape", "accumulator") for one in c.kinds(node)):
        raise StaysError(node, "a tape that is made before it is entered")
    return None


def method(c: Context, node: ast.Call, func: ast.Attribute) -> str:
    """A call of a tape's method."""
    at = parts(node).index(func.value) + 1
    owners = {one[at][0] for one in c.combinations(node)}
    if len(owners) != 1 or not isinstance(func.value, ast.Name):
        raise StaysError(node, "a tape that is no plain name")
    owner = owners.pop()
    write = _METHODS.get((owner, func.attr))
    if write is None:
        raise StaysError(node, f"a tape's {func.attr} has no counterpart in torch")
    signature = inspect.signature(getattr(object_of(_OWNERS[owner]), func.attr))
    if any(isinstance(one, ast.Starred) for one in node.args) or any(
        word.arg is None for word in node.keywords
    ):
        raise StaysError(node, f"{func.attr} with *")
    names = list(signature.parameters)[1:]
    arguments = dict(zip(names, node.args, strict=False))
    arguments |= {word.arg: word.value for word in node.keywords if word.arg is not None}
    return write(c, node, arguments)


def options(c: Context, node: ast.Call) -> list[str]:
    """What torch is told to keep."""
    words = c.facts.tapes.get(c.source.number[node], set())
    nested = {"nested" in one for one in words}
    if nested == {True}:
        return ["create_graph=True"]
    found = ["create_graph=torch.is_grad_enabled()"] if True in nested else []
    if any("persistent" in one or "overlapped" in one for one in words):
        found.append("retain_graph=True")
    return found


def watch(c: Context, node: ast.Call, arguments: dict[str, ast.expr]) -> str:
    """`tape.watch(x)`: x requires a gradient."""
    kinds = c.kinds(arguments["tensor"])
    if all(kind[0] in TENSORS and _is_float(kind) for kind in kinds):
        return f"{c.atom(arguments['tensor'])}.requires_grad_()"
    if all(kind[0] in ("list", "tuple") and all(_is_float(one) for one in kind[1:]) for kind in kinds):
        return f"[each.requires_grad_() for each in {c.text(arguments['tensor'])}]"
    raise StaysError(node, "something is watched that torch takes no gradient of")


def _is_float(kind: Kind) -> bool:
    return kind[0] in TENSORS and str(kind[1]).startswith(("float", "bfloat", "complex"))


def gradient(c: Context, node: ast.Call, arguments: dict[str, ast.expr]) -> str:
    """`tape.gradient(target, sources)`."""
    target, sources = arguments["target"], arguments["sources"]
    zeros = _zeros(c, node, arguments)
    kinds = {one: c.kinds(arguments[one]) for one in ("target", "sources")}
    results = c.kinds(node)
    outputs = arguments.get("output_gradients")
    unconnected = zeros or any(("None",) in kind for kind in (*results, results))
    if unconnected and any("choosy" in one for one in c.facts.tapes.get(c.source.number[node], ())):
        raise StaysError(node, "a tape that watches no Variables by itself")  # torch has gradients of them
    flat = all(_is_flat(kind) for kind in kinds["sources"])
    single = all(kind[0] in TENSORS for kind in kinds["sources"])
    simple = (
        (single or flat)
        and all(kind[0] in TENSORS for kind in kinds["target"])
        and all(kind[0] != "None" for kind in results)
        and not _all_none(results)
        and (not unconnected or all(_requires_grad(kind) for kind in kinds["sources"]))
        and all(_is_float(one) for kind in kinds["sources"] for one in (kind[1:] if not single else (kind,)))
    )
    extra = options(c, node)
    if not simple:
        words = [c.text(target), c.text(sources)]
        if outputs is not None and not _is_none(outputs):
            words.append(_like(c, outputs, target))
        if zeros:
            words.append("zeros=True")
        return f"{c.use('tf_gradient')}({', '.join([*words, *extra])})"
    text = c.text(target)
    if outputs is not None and not _is_none(outputs):
        words = [text, c.text(sources), _like(c, outputs, target)]
    elif all(kind[2] == 0 for kind in kinds["target"]):
        words = [text, c.text(sources)]
    else:
        words = [text, c.text(sources), f"torch.ones_like({text})"]
    if zeros:
        extra.append("materialize_grads=True")
    elif unconnected:
        extra.append("allow_unused=True")
    call = f"torch.autograd.grad({', '.join([*words, *extra])})"
    if single:
        return f"{call}[0]"
    is_list = all(kind[0] == "list" for kind in kinds["sources"])
    if not is_list and any(kind[0] == "list" for kind in kinds["sources"]):
        raise StaysError(node, "its sources are a list at one time and a tuple at another")
    return f"list({call})" if is_list and not _goes_by_position(c, node) else call


def _goes_by_position(c: Context, node: ast.Call) -> bool:
    """Whether a tuple serves as well as a list: it is unpacked, or zipped."""
    parent = c.source.parents.get(node)
    if isinstance(parent, ast.Assign):
        return all(isinstance(target, (ast.Tuple, ast.List)) for target in parent.targets)
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
        return parent.func.id in ("zip", "enumerate")
    return isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node


def _is_flat(kind: Kind) -> bool:
    return kind[0] in ("list", "tuple") and len(kind) > 1 and all(one[0] in TENSORS for one in kind[1:])


def _requires_grad(kind: Kind) -> bool:
    """Whether torch takes a gradient with respect to it at all times: of other tensors only if they are watched."""
    if kind[0] in ("list", "tuple"):
        return all(_requires_grad(one) for one in kind[1:])
    return kind[0] == "V" and bool(kind[3])


def _all_none(results: set[Kind]) -> bool:
    return any(kind[0] in ("list", "tuple") and set(kind[1:]) <= {("None",)} for kind in results)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _like(c: Context, node: ast.expr, target: ast.expr) -> str:
    texts = {values.tensor(c, node, kind, c.dtype_of(target)) for kind in c.kinds(node)}
    if len(texts) != 1 or None in texts:
        if all(kind[0] in ("list", "tuple") and _is_flat(kind) for kind in c.kinds(node)):
            return c.text(node)
        raise StaysError(node, "output_gradients that torch makes no tensor of")
    return str(texts.pop())


def _zeros(c: Context, node: ast.Call, arguments: dict[str, ast.expr]) -> bool:
    unconnected = arguments.get("unconnected_gradients")
    if unconnected is None:
        return False
    if isinstance(unconnected, ast.Constant) and unconnected.value in ("none", "zero"):
        return unconnected.value == "zero"
    symbol = c.symbol(unconnected)
    if symbol in ("tf.UnconnectedGradients.ZERO", "tf.UnconnectedGradients.NONE"):
        return symbol.endswith("ZERO")
    raise StaysError(node, "unconnected_gradients that is no constant")


def jacobian(c: Context, node: ast.Call, arguments: dict[str, ast.expr]) -> str:
    """`tape.jacobian(target, sources)`: a row for each entry of the target, all at once."""
    if _zeros(c, node, arguments) or not all(kind[0] in TENSORS for kind in c.kinds(arguments["target"])):
        raise StaysError(node, "a Jacobian of several targets, or with zeros")
    extra = [one for one in options(c, node) if not one.startswith("retain")]
    words = [c.text(arguments["target"]), c.text(arguments["sources"]), *extra]
    return f"{c.use('tf_jacobian')}({', '.join(words)})"


def batch_jacobian(c: Context, node: ast.Call, arguments: dict[str, ast.expr]) -> str:
    """`tape.batch_jacobian(target, source)`."""
    if _zeros(c, node, arguments):
        raise StaysError(node, "a Jacobian with zeros")
    extra = [one for one in options(c, node) if not one.startswith("retain")]
    words = [c.text(arguments["target"]), c.text(arguments["source"]), *extra]
    return f"{c.use('tf_batch_jacobian')}({', '.join(words)})"


def jvp(c: Context, node: ast.Call, arguments: dict[str, ast.expr]) -> str:
    """`accumulator.jvp(y)`: with the primals and tangents of the `with` that made it."""
    owner = node.func.value.id  # type: ignore[attr-defined]
    made = _accumulator(c, node, owner)
    primals = arguments["primals"]
    if made is None or len(made.args) != 2 or made.keywords or set(arguments) != {"primals"}:
        raise StaysError(node, "an accumulator that is made elsewhere")
    if not all(kind[0] in TENSORS for kind in c.kinds(primals)) or any(
        kind[0] == "None" for kind in c.kinds(node)
    ):
        raise StaysError(node, "a tangent of something that torch has none of")
    for one in made.args:
        if not isinstance(one, (ast.Name, ast.Attribute, ast.List, ast.Tuple)):
            raise StaysError(node, "an accumulator of values that have no names")
    tangents = _like(c, made.args[1], made.args[0])
    extra = [one for one in options(c, node) if not one.startswith("retain")]
    words = [c.text(primals), c.text(made.args[0]), tangents, *extra]
    return f"{c.use('tf_jvp')}({', '.join(words)})"


def _accumulator(c: Context, node: ast.AST, name: str) -> ast.Call | None:
    """The call that made the accumulator of this name, in the function that `node` is in, or around it."""
    where: ast.AST = node
    while where in c.source.parents:
        where = c.source.parents[where]
        if isinstance(where, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
            found = [
                item.context_expr
                for one in ast.walk(where)
                if isinstance(one, ast.With)
                for item in one.items
                if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name
            ]
            if found:
                call = found[0]
                whole = (
                    len(found) == 1 and isinstance(call, ast.Call) and c.symbols.get(call.func) == TAPES[1]
                )
                return call if whole and isinstance(call, ast.Call) else None
    return None


_METHODS = {
    ("tape", "watch"): watch,
    ("tape", "gradient"): gradient,
    ("tape", "jacobian"): jacobian,
    ("tape", "batch_jacobian"): batch_jacobian,
    ("accumulator", "jvp"): jvp,
}
