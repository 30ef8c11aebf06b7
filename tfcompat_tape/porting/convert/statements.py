"""Statements: imports, tapes' blocks, decorators, `+=` and `del`."""

from __future__ import annotations

import ast

from tfcompat_tape.porting.convert import tapes, values
from tfcompat_tape.porting.convert.context import Context, StaysError, atomic
from tfcompat_tape.porting.convert.expressions import operand, pair
from tfcompat_tape.porting.convert.kinds import NUMBERS, TENSORS

IMPORTS = "\0imports\0"  # where the new imports go: what they are is known at the end


def register(c: Context) -> None:
    """Have these write the nodes that they know."""
    c.handlers |= {
        ast.Import: imported,
        ast.ImportFrom: imported,
        ast.With: block,
        ast.FunctionDef: definition,
        ast.AsyncFunctionDef: definition,
        ast.ClassDef: definition,
        ast.AugAssign: augmented,
        ast.Delete: deleted,
        ast.For: loop,
        ast.Expr: alone,
    }


def imported(c: Context, node: ast.AST) -> str | None:
    """An import: TensorFlow's is replaced, whatever else stands in it stays."""
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    if isinstance(node, ast.ImportFrom):
        if node.level or not _is_tensorflow(node.module or ""):
            return None
        _check_place(c, node)
        return IMPORTS
    others = [one for one in node.names if not _is_tensorflow(one.name)]
    if len(others) == len(node.names):
        return None
    _check_place(c, node)
    if not others:
        return IMPORTS
    return f"import {', '.join(ast.unparse(one) for one in others)}\n{IMPORTS}"


def _check_place(c: Context, node: ast.stmt) -> None:
    if c.source.parents.get(node) is not c.source.tree:
        raise StaysError(node, "TensorFlow is imported within a function or a branch")


def _is_tensorflow(module: str) -> bool:
    return module.partition(".")[0] == "tensorflow"


def block(c: Context, node: ast.AST) -> str | None:
    """`with tf.GradientTape() as tape`."""
    assert isinstance(node, ast.With)
    edits, written = [], []
    for item in node.items:
        text = tapes.entered(c, item)
        start = c.source.spans[item.context_expr][0]
        end = c.source.spans[item.optional_vars or item.context_expr][1]
        if text is None:
            symbol = c.symbol(item.context_expr.func) if isinstance(item.context_expr, ast.Call) else None
            if symbol in ("tf.name_scope", "tf.device"):
                c.modules.add("contextlib")
                edits.append((start, end, "contextlib.nullcontext()"))
            elif symbol is not None:
                raise StaysError(node, f"with {symbol}")
            continue
        edits.append((start, end, text))
        written.append((start, end, text))
    if len(written) > 1 and len(written) == len(node.items) and len({one[2] for one in written}) == 1:
        edits = [(written[0][0], written[-1][1], written[0][2])]  # one block for several tapes
    return c.spliced(node, edits) if edits else None


def definition(c: Context, node: ast.AST) -> str | None:
    """A function or class: `@tf.function` goes, bases are torch's."""
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    edits = []
    for decorator in node.decorator_list:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        symbol = c.symbol(named)
        if symbol is None:
            continue
        start, end = c.source.spans[decorator]
        if symbol == "tf.function" and c.compile_functions:
            edits.append((start, end, "torch.compile"))
        elif symbol == "tf.function" and _is_fed(c, node):
            edits.append((start, end, c.use("tf_function")))
        elif symbol in (
            "tf.function",
            "tf.Module.with_name_scope",
            "tf.autograph.experimental.do_not_convert",
        ):
            text = c.source.text
            at = text.rindex("@", 0, start)
            while text[end : end + 1].isspace():
                end += 1
            edits.append((at, end, ""))
        elif symbol == "tf.custom_gradient":
            of_variables = "_of_variables" if takes_variables(node) else ""
            edits.append((start, end, c.use(f"tf_custom_gradient{of_variables}")))
        else:
            raise StaysError(decorator, f"the decorator {symbol}")
    for base in node.bases if isinstance(node, ast.ClassDef) else ():
        symbol = c.symbol(base)
        if symbol not in (None, "tf.Module"):
            raise StaysError(base, f"a class of {symbol}")
    return c.spliced(node, edits) if edits else None


def takes_variables(node: ast.AST) -> bool:
    """Whether a function with a gradient of its own has one for Variables, too."""
    for one in ast.walk(node):
        if isinstance(one, ast.arguments):
            names = [each.arg for each in (*one.args, *one.kwonlyargs)]
            if "variables" in names or one.kwarg is not None:
                return True
    return False


def _is_fed(c: Context, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a `tf.function` was called with arrays, or gave numbers, of which it makes tensors."""
    line = min(one.lineno for one in node.decorator_list)
    if -line in c.facts.fed:
        raise StaysError(node, "the signature of a tf.function gives arrays another dtype")
    return line in c.facts.fed


_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}


def augmented(c: Context, node: ast.AST) -> str | None:
    """`x += y` makes a new tensor in TensorFlow, and changes the old one in torch: it is `x = x + y`."""
    assert isinstance(node, ast.AugAssign)
    before, after = c.kinds(node.target), c.kinds(node.value)
    tensors = [kind for kind in (*before, *after) if kind[0] in TENSORS]
    if not tensors:
        return None
    if not before:
        raise StaysError(node, "what is changed in place has another value each time")
    if all(kind[0] == "N" for kind in before):
        return c.spliced(node, [(*c.source.spans[node.value], values.to_numpy(c, node.value))])
    if not all(kind[0] in TENSORS or kind[0] in NUMBERS for kind in before):
        raise StaysError(node, "something that is no tensor is changed in place by one")
    whole = isinstance(node.op, ast.Div) and not all(
        str(kind[1]).startswith(("float", "bfloat", "complex")) for kind in tensors
    )
    if whole or type(node.op) not in _OPERATORS:
        raise StaysError(node, "integers are divided")
    assumed = {
        (tensors[0], first, second)
        for first in before
        for second in after
        if first[0] in TENSORS or second[0] in TENSORS
    }
    texts = set()
    for one in assumed:
        pair(c, node, node.target, node.value, node.op, {one})
        texts.add(_value(c, node, one))
    if len(texts) != 1:
        raise StaysError(node, "a tensor is changed by one kind of value at one time and another at another")
    target = c.text(node.target)
    return f"{target} = {target} {_OPERATORS[type(node.op)]} {texts.pop()}"


def _value(c: Context, node: ast.AugAssign, kinds: tuple[tuple[str, ...], ...]) -> str:
    dtype = next(str(kind[1]) for kind in kinds[1:] if kind[0] in TENSORS)
    text = operand(c, node.value, kinds[2], dtype)
    return text if isinstance(node.value, ast.Constant) else atomic(text)


def deleted(c: Context, node: ast.AST) -> str | None:
    """`del tape`: there is none any more."""
    assert isinstance(node, ast.Delete)
    names = {
        item.optional_vars.id
        for one in ast.walk(c.source.tree)
        if isinstance(one, ast.With)
        for item in one.items
        if isinstance(item.optional_vars, ast.Name)
        and isinstance(item.context_expr, ast.Call)
        and c.symbols.get(item.context_expr.func) in tapes.TAPES
    }
    kept = [one for one in node.targets if not (isinstance(one, ast.Name) and one.id in names)]
    if len(kept) == len(node.targets):
        return None
    return f"del {', '.join(map(c.source.of, kept))}" if kept else "pass"


def loop(c: Context, node: ast.AST) -> str | None:
    """A loop over a data set and the like, which gives TensorFlow's tensors."""
    assert isinstance(node, ast.For)
    if any(kind[0] == "tf" for kind in c.kinds(node.iter)):
        raise StaysError(node, "a loop over something of TensorFlow's")
    return None


def alone(c: Context, node: ast.AST) -> str | None:
    """A statement that is an expression: one that watches what is watched by itself is left out."""
    assert isinstance(node, ast.Expr)
    call = node.value
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "watch":
        tape = any(kind[0] == "tape" for kind in c.kinds(call.func.value))
        watched = c.kinds(call.args[0]) if len(call.args) == 1 else set()
        if tape and watched and all(kind[0] == "V" and kind[3] for kind in watched):
            return "pass"
    return None
