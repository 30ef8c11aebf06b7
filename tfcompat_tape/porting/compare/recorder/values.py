"""Values as JSON: whole, or as some of the elements and sums."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np

KEEP = 4096  # elements of an array that is written whole
SAMPLE = 1024  # elements that are written of a larger one


def encode(value: Any) -> Any:
    """A value as JSON: a tensor, a Variable, an array, text; `None` for what has no numbers."""
    if isinstance(value, (bytes, str)):
        return _encode_array(np.asarray(value, dtype=object))
    try:
        dtype = getattr(getattr(value, "dtype", None), "name", "")
        if dtype in ("resource", "variant"):
            return None
        return _encode_array(np.asarray(value.numpy() if hasattr(value, "numpy") else value))
    except Exception:
        return None


def _encode_array(array: Any) -> dict[str, Any]:
    if array.dtype.kind in "OSU":
        words = [text_of(one) for one in array.reshape(-1)[:KEEP].tolist()]
        return {"d": "string", "s": list(array.shape), "v": words}
    name = array.dtype.name
    if array.dtype.kind not in "biufc":  # bfloat16 and other formats that NumPy does not have itself
        array = array.astype(np.float32)
    flat = np.ascontiguousarray(array).reshape(-1)
    found: dict[str, Any] = {"d": name, "s": list(array.shape), "n": flat.dtype.str}
    if flat.size > KEEP:
        wide = flat.astype(np.complex128 if flat.dtype.kind == "c" else np.float64)
        finite = wide[np.isfinite(wide)]
        total = complex(finite.sum())
        found["sums"] = [total.real, total.imag, float(np.abs(finite).sum()), int(wide.size - finite.size)]
        found["most"] = float(np.abs(finite).max()) if finite.size else 0.0
        flat = flat[np.linspace(0, flat.size - 1, SAMPLE).astype(np.int64)]
    found["b"] = base64.b64encode(zlib.compress(flat.tobytes(), 1)).decode("ascii")
    return found


def text_of(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
