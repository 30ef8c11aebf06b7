"""What a call answers, as a short text: the class that it raises, or dtype, shape and the sum of what it gives."""

import hashlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np


def answer(call: Callable[[], Any]) -> str:
    """The answer of `call`."""
    try:
        return described(call())
    except Exception as error:
        return type(error).__name__


def described(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(described(one) for one in value) + "]"
    if not hasattr(value, "dtype") or not hasattr(value, "numpy"):
        return repr(value) if value is None or isinstance(value, (bool, int, str)) else type(value).__name__
    array = np.asarray(value.numpy())
    kind = f"{value.dtype.name}[{','.join(map(str, array.shape))}]"
    if array.dtype == object:
        return f"{kind}~{hashlib.md5(b'|'.join(array.ravel().tolist())).hexdigest()[:6]}"
    wide = array.astype(np.complex128)
    with np.errstate(all="ignore"):
        total = abs((wide * np.linspace(1, 2, wide.size).reshape(wide.shape)).sum())
    return f"{kind}~{total:.4g}"


def same(one: str, other: str) -> bool:
    """Whether two answers are equal, sums up to rounding."""
    if one == other:
        return True
    ours, theirs = one.replace("]", " ").split("~"), other.replace("]", " ").split("~")
    if len(ours) != len(theirs) or ours[0] != theirs[0]:
        return False
    for mine, yours in zip(ours[1:], theirs[1:], strict=True):
        (a, _, rest), (b, _, tail) = mine.partition(" "), yours.partition(" ")
        if rest != tail:
            return False
        if a != b:
            try:
                if not math.isclose(float(a), float(b), rel_tol=3e-3, abs_tol=1e-4):
                    return False
            except ValueError:
                return False
    return True
