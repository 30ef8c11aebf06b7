"""An argument as torch needs it: a tensor where TensorFlow makes one, numbers, a dtype."""

from __future__ import annotations

import ast

import numpy as np
import torch

from tfcompat_tape.porting.convert.context import Context, StaysError, atomic
from tfcompat_tape.porting.convert.kinds import NUMBERS, TENSORS, Kind

_BY_DEFAULT = {"float": "float32", "int": "int32", "bool": "bool", "complex": "complex128"}


def torch_dtype(name: str) -> str:
    """torch's name of a dtype: "torch.float32".

    Raises:
      KeyError: torch has none.
    """
    if not isinstance(getattr(torch, name, None), torch.dtype):
        raise KeyError(name)
    return f"torch.{name}"


def natural_dtype(kind: Kind) -> str | None:
    """The dtype that TensorFlow gives a value by itself."""
    if kind[0] in TENSORS or kind[0] in ("N", "n", "mixed"):
        return str(kind[1])
    if kind[0] in ("list", "tuple"):
        inside = {natural_dtype(one) for one in kind[1:]}
        if not kind[1:]:
            return "float32"
        if inside == {"int32", "float32"} and all(is_numbers(one) for one in kind[1:]):
            return "float32"
        return inside.pop() if len(inside) == 1 else None
    return _BY_DEFAULT.get(kind[0])


def is_numbers(kind: Kind) -> bool:
    """Whether it holds numbers of Python's or NumPy's alone."""
    if kind[0] in ("list", "tuple"):
        return all(is_numbers(one) for one in kind[1:])
    return kind[0] in NUMBERS or kind[0] in ("N", "n")


def has_tensors(kind: Kind) -> bool:
    """Whether it is a tensor, or holds one."""
    if kind[0] in ("list", "tuple", "dict"):
        return any(has_tensors(one) for one in kind[1:])
    return kind[0] in TENSORS


def tensor(c: Context, node: ast.AST, kind: Kind, dtype: str | None = None) -> str | None:
    """The expression as a tensor, when it is of this kind; `None` if that cannot be told."""
    text = c.text(node)
    if kind[0] in TENSORS:
        return text
    if kind[0] == "mixed":
        return f"torch.as_tensor({text}, dtype={torch_dtype(dtype or kind[1])})"
    natural = natural_dtype(kind)
    dtype = dtype or natural
    if dtype is None:
        return None
    try:
        name = torch_dtype(dtype)
    except KeyError:
        return None
    if is_numbers(kind):
        return f"torch.tensor({text}{_dtype(kind, dtype, name)})"
    if kind[0] == "shape":
        return f"torch.tensor({text}, dtype={torch_dtype('int32')})"
    if kind[0] in ("list", "tuple"):
        if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) > 0:
            return _stacked(c, node, dtype)
        if all(one[0] in TENSORS for one in kind[1:]):
            return f"torch.stack({text})"
    return None


def _stacked(c: Context, node: ast.List | ast.Tuple, dtype: str) -> str | None:
    pieces = []
    for element in node.elts:
        kinds = c.kinds(element)
        if isinstance(element, ast.Starred) or not kinds:
            return None
        texts = {tensor(c, element, kind, dtype) for kind in kinds}
        if len(texts) != 1:
            return None
        pieces.append(texts.pop())
    return None if None in pieces else f"torch.stack([{', '.join(str(one) for one in pieces)}])"


def _dtype(kind: Kind, dtype: str, name: str) -> str:
    """`, dtype=...`, unless torch takes it by itself."""
    if kind[0] == "N" and kind[1] == dtype:
        return ""
    alone = _leaves(kind)
    if (dtype == "float32" and alone == {"float"}) or (dtype == "bool" and alone == {"bool"}):
        return ""
    if dtype == "int64" and alone == {"int"}:
        return ""
    return f", dtype={name}"


def _leaves(kind: Kind) -> set[str]:
    if kind[0] in ("list", "tuple"):
        return {leaf for one in kind[1:] for leaf in _leaves(one)}
    return {kind[0]}


def number(c: Context, node: ast.AST, kind: Kind) -> str | None:
    """The expression as a number of Python's, when it is of this kind."""
    text = c.text(node)
    if kind[0] in NUMBERS:
        return text
    if kind[0] == "n":
        return f"{_python(str(kind[1]))}({text})"
    return None


def python_type(kind: Kind) -> str | None:
    """The type of Python's that a number is of, or one of NumPy's becomes."""
    if kind[0] in NUMBERS:
        return str(kind[0])
    return _python(str(kind[1])) if kind[0] == "n" else None


def _python(dtype: str) -> str:
    return {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}[np.dtype(dtype).kind]


def ints(c: Context, node: ast.AST, kind: Kind) -> str | None:
    """The expression as integers: an axis, a shape."""
    if isinstance(node, (ast.List, ast.Tuple)):
        pieces = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                if any(one[0] not in ("list", "tuple", "shape") for one in c.kinds(element)):
                    return None
                pieces.append(c.text(element))
                continue
            texts = {ints(c, element, one) for one in c.kinds(element)}
            if len(texts) != 1 or None in texts:
                return None
            pieces.append(str(texts.pop()))
        texts_were = [c.source.of(one) for one in node.elts]
        if pieces == texts_were:
            return c.source.of(node)
        ends = ("[", "]") if isinstance(node, ast.List) else ("(", ",)" if len(pieces) == 1 else ")")
        return f"{ends[0]}{', '.join(pieces)}{ends[1]}"
    size = _size(c, node)
    if size is not None:
        return size
    text = c.text(node)
    if kind[0] in ("int", "shape", "None"):
        return text
    if kind[0] in TENSORS or kind[0] == "N":
        if kind[0] != "V" and kind[2] == 0:
            return f"int({text})"
        return f"{atomic(text)}.tolist()"
    if kind[0] == "n":
        return f"int({text})"
    if kind[0] in ("list", "tuple") and all(one[0] == "int" for one in kind[1:]):
        return text
    return None


def _size(c: Context, node: ast.AST) -> str | None:
    """`tf.shape(x)` and `tf.shape(x)[0]` where integers serve."""
    if isinstance(node, ast.Subscript):
        whole = _size(c, node.value)
        return None if whole is None else f"{whole}[{c.source.of(node.slice)}]"
    if isinstance(node, ast.Call) and c.symbols.get(node.func) in ("tf.shape", "tf.size"):
        if len(node.args) == 1 and not node.keywords and _has_shape(c, node.args[0]):
            if c.symbols[node.func] == "tf.size" and not c.is_tensor(node.args[0]):
                return None
            ending = ".shape" if c.symbols[node.func] == "tf.shape" else ".numel()"
            return atomic(c.text(node.args[0])) + ending
    return None


def _has_shape(c: Context, node: ast.AST) -> bool:
    kinds = c.kinds(node)
    return bool(kinds) and all(kind[0] in TENSORS or kind[0] == "N" for kind in kinds)


def mixed(kinds: set[Kind]) -> Kind | None:
    """One kind for a value that is a tensor at one time, and an array or a number at another."""
    if len(kinds) == 1:
        return next(iter(kinds))
    dtypes = {natural_dtype(kind) for kind in kinds if kind[0] in TENSORS or kind[0] == "N"}
    ranks = {kind[2] for kind in kinds if kind[0] in TENSORS or kind[0] == "N"}
    if len(dtypes) != 1 or None in dtypes or not all(has_tensors(kind) or is_numbers(kind) for kind in kinds):
        return None
    dtype = dtypes.pop()
    if all(kind[0] in TENSORS for kind in kinds):
        return ("V" if any(kind[0] == "V" for kind in kinds) else "T", dtype, max(ranks), True)
    if any(kind[0] not in TENSORS and kind[0] != "N" and kind[0] not in NUMBERS for kind in kinds):
        return None
    return ("mixed", dtype, max(ranks))


def dtype(c: Context, node: ast.AST) -> str | None:
    """The expression as a dtype."""
    if isinstance(node, ast.Name) and c.symbols.get(node) is None:
        return node.id if all(kind[0] == "dtype" for kind in c.kinds(node)) and c.kinds(node) else None
    if isinstance(node, ast.Attribute) and node.attr == "dtype":
        return c.text(node) if c.is_tensor(node.value) else None
    name = None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = node.value
    elif {kind[0] for kind in c.kinds(node)} == {"dtype"}:
        name = next(iter(c.kinds(node)))[1]
    elif c.source.of(node) in _NUMPY:
        name = c.source.of(node).removeprefix("np.")
    try:
        return None if name is None else torch_dtype(str(name))
    except KeyError:
        return None


_NUMPY = frozenset(
    f"np.{name}" for name in ("float16", "float32", "float64", "int32", "int64", "uint8", "int8")
)


def to_numpy(c: Context, node: ast.AST) -> str:
    """The expression for a function that takes NumPy's arrays: tensors become such."""
    if isinstance(node, ast.Starred):
        return f"*{to_numpy(c, node.value)}"
    kinds = c.kinds(node)
    if not any(has_tensors(kind) for kind in kinds):
        return c.text(node)
    if isinstance(node, (ast.List, ast.Tuple)):
        return c.spliced(node, [(*c.source.spans[one], to_numpy(c, one)) for one in node.elts])
    if all(kind[0] in TENSORS for kind in kinds):
        return array(c, node)
    if all(kind[0] in ("list", "tuple") and all(one[0] in TENSORS for one in kind[1:]) for kind in kinds):
        return f"[each.detach().numpy() for each in {c.text(node)}]"
    if all(kind[0] in TENSORS or not has_tensors(kind) for kind in kinds):
        return f"{c.use('tf_array')}({c.text(node)})"
    raise StaysError(
        node, "it holds tensors at one time and something else at another, and leaves for another library"
    )


def array(c: Context, node: ast.AST) -> str:
    """A tensor as what `.numpy()` gives."""
    kinds = c.kinds(node)
    text = f"{c.atom(node)}.detach().numpy()"
    if all(kind[2] == 0 for kind in kinds):
        return f"{text}[()]"
    return f"{text}.copy()" if any(kind[0] == "V" for kind in kinds) else text
