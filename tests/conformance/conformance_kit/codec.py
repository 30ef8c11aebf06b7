"""Answers as JSON: ``encode`` makes plain data of an answer, ``compare`` says where two answers differ."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .inputs import COMPLEX, is_inexact, np_dtype
from .spec import Raised

# dtype -> (rtol, atol). Wide dtypes leave room for another library's special functions, halves for 2 ulps.
TOLERANCE = {
    "float64": (1e-10, 1e-12),
    "float32": (1e-5, 1e-6),
    "float16": (2e-3, 1e-3),
    "bfloat16": (1.6e-2, 8e-3),
    "complex64": (1e-5, 1e-6),
    "complex128": (1e-10, 1e-12),
}


# -- encode ----------------------------------------------------------------------------------------------
def array_text(a: np.ndarray) -> str:
    """``float32[2,3]:BASE64`` of the little-endian bits."""
    a = np.ascontiguousarray(a).reshape(np.shape(a))
    raw = a.astype(a.dtype.newbyteorder("<")) if a.dtype.name != "bfloat16" else a.view(np.uint16)
    return f"{a.dtype.name}[{','.join(map(str, a.shape))}]:{base64.b64encode(raw.tobytes()).decode()}"


def text_array(text: str) -> np.ndarray:
    name, dims, bits = re.fullmatch(r"(\w+)\[([\d,]*)\]:(.*)", text).groups()  # type: ignore[union-attr]
    shape = tuple(int(d) for d in dims.split(",") if d)
    return np.frombuffer(base64.b64decode(bits), np_dtype(name).newbyteorder("=")).reshape(shape)


def encode(tf: Any, x: Any, only_shapes: bool = False) -> Any:
    """Plain data for a structure of tensors and Python values; a TypeError for kinds that it does not know."""

    def go(y: Any) -> Any:
        return encode(tf, y, only_shapes)

    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, (int, float, complex)) and not isinstance(x, np.generic):
        return {type(x).__name__: repr(x)}
    if isinstance(x, Raised):
        return {"raises": x.name}
    if isinstance(x, tf.IndexedSlices):
        return {"slices": [go(x.values), go(x.indices), go(x.dense_shape)]}
    if type(x).__name__ == "RaggedTensor":
        parts = [x.flat_values, *x.nested_row_splits]
        return {"ragged": [go(part) for part in parts], "shape": list(x.shape.as_list())}
    if isinstance(x, tf.Variable):
        return {"variable": _tensor(x, only_shapes)}
    if tf.is_tensor(x):
        return {"tensor": _tensor(x, only_shapes)}
    if isinstance(x, tf.TensorShape):
        return {"shape": None if x.rank is None else list(x.as_list())}
    if isinstance(x, tf.DType):
        return {"dtype": x.name}
    if isinstance(x, (np.ndarray, np.generic)):
        return {"numpy": _array(x, only_shapes)}
    if isinstance(x, bytes):
        return {"bytes": x.decode("latin1")}
    if isinstance(x, slice):
        return {"slice": [go(x.start), go(x.stop), go(x.step)]}
    if isinstance(x, Mapping):
        return {"dict": [[go(k), go(v)] for k, v in x.items()]}
    if isinstance(x, tuple):
        return {type(x).__name__ if hasattr(x, "_fields") else "tuple": [go(y) for y in x]}
    if isinstance(x, list):
        return {"list": [go(y) for y in x]}
    raise TypeError(f"a conformance answer cannot hold a {type(x).__name__}: {x!r}")


def _tensor(x: Any, only_shapes: bool) -> Any:
    if x.dtype.name == "string":
        return {
            "string": np.asarray(x.numpy()).astype(object).reshape(-1).tolist().__repr__(),
            "of": list(x.shape),
        }
    return _array(x.numpy(), only_shapes)


def _array(a: Any, only_shapes: bool) -> Any:
    a = np.asarray(a)
    if a.dtype.kind in "OSU":
        return {"objects": repr(a.tolist())}
    return array_text(a).split(":")[0] + ":?" if only_shapes else array_text(a)


# -- compare ---------------------------------------------------------------------------------------------
_ARRAY = re.compile(r"\w+\[[\d,]*\]:")


def compare(
    want: Any, got: Any, tol: Mapping[str, float], widen: float = 1.0, path: str = ""
) -> Iterator[str]:
    """Yield one line for each difference between two encoded answers."""
    if isinstance(want, dict) and isinstance(got, dict) and want.keys() == got.keys():
        for k in want:
            yield from _compare_kind(k, want[k], got[k], tol, widen, path)
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for i, (w, g) in enumerate(zip(want, got, strict=True)):
            yield from compare(w, g, tol, widen, f"{path}[{i}]")
    elif want != got:
        yield f"{path or 'answer'}: TensorFlow gives {brief(want)}, ours {brief(got)}"


def _compare_kind(kind: str, want: Any, got: Any, tol: Any, widen: float, path: str) -> Iterator[str]:
    if kind in ("tensor", "variable", "numpy") and isinstance(want, str) and isinstance(got, str):
        if want != got:  # equal bits need no arithmetic
            difference = _difference(want, got, tol, widen)
            if difference:
                yield f"{path or kind}: {difference}"
    elif kind == "float":
        w, g = float(want), float(got)
        if not (w == g or math.isclose(w, g, rel_tol=1e-6) or (math.isnan(w) and math.isnan(g))):
            yield f"{path}: TensorFlow gives {want}, ours {got}"
    elif kind == "dict" and len(want) == len(got):
        for (wk, w), (gk, g) in zip(want, got, strict=True):
            yield from compare(wk, gk, tol, widen, f"{path} key")
            yield from compare(w, g, tol, widen, f"{path}[{wk!r}]")
    else:
        yield from compare(want, got, tol, widen, path)


def _difference(want: str, got: str, tol: Mapping[str, float], widen: float) -> str:
    if want.split(":")[0] != got.split(":")[0]:
        return f"TensorFlow gives {want.split(':')[0]}, ours {got.split(':')[0]}"
    w, g = text_array(want), text_array(got)
    name = w.dtype.name
    if not is_inexact(name):
        return f"TensorFlow gives {w.tolist()}, ours {g.tolist()}"
    rtol, atol = (tol[name], tol[name]) if name in tol else TOLERANCE[name]
    wide = "complex128" if name in COMPLEX else "float64"
    w, g = w.astype(wide), g.astype(wide)
    with np.errstate(all="ignore"):
        close = np.abs(w - g) <= widen * (atol + rtol * np.abs(w))
    nan, inf = np.isnan(w), np.isinf(w) & ~np.isnan(w)
    same_inf = np.isinf(g) & ~np.isnan(g) if name in COMPLEX else (g == w)
    good = np.where(nan, np.isnan(g), np.where(inf, same_inf, close & np.isfinite(g)))
    if good.all():
        return ""
    bad = [tuple(map(int, i)) for i in np.argwhere(~good)]
    shown = "; ".join(f"{list(i)} TensorFlow {w[i]!r} ours {g[i]!r}" for i in bad[:6])
    return f"{name} {len(bad)} of {w.size} elements differ: {shown}"


def readable(x: Any) -> str:
    """An encoded answer for people: bits as numbers."""
    if isinstance(x, dict) and len(x) == 1:
        [(kind, value)] = x.items()
        if isinstance(value, str) and _ARRAY.match(value) and not value.endswith("?"):
            return f"{kind} {value.split(':')[0]} {text_array(value).tolist()}"
        if kind == "dict":
            return "{" + ", ".join(f"{readable(k)}: {readable(v)}" for k, v in value) + "}"
        if isinstance(value, list):
            return f"{kind}({readable(value)[1:-1]})"
        return f"{kind} {value}"
    if isinstance(x, list):
        return "[" + ", ".join(readable(y) for y in x) + "]"
    return repr(x)


def brief(x: Any) -> str:
    text = readable(x)
    return text if len(text) < 300 else text[:300] + "..."
