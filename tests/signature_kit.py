"""Signatures as text: parsing those that were read off TensorFlow, and writing ours in the same form.

TensorFlow's are kept as `str(inspect.signature(f))` gave them, with annotations that are no Python ("~TV_Acos_T") and
defaults that are reprs ("tf.float32", "<function hann_window at 0x7f...>"), so they cannot be evaluated. Both sides
become lists of parameters, `name`, `name=default`, `*name`, `**name`, `*`, `/`, without annotations and addresses.
"""

import inspect
import re
from typing import Any

OPENING, CLOSING = "([{", ")]}"


def split(text: str, separator: str) -> list[str]:
    """Split at `separator` where it stands outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[i - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth -= 1
        elif depth == 0 and text.startswith(separator, i):
            parts.append(text[start:i])
            start = i + len(separator)
    return [*parts, text[start:]]


def parameters(signature: str) -> list[str]:
    """Return the parameters of a signature's text, as the module docstring says."""
    inside = split(signature, " -> ")[0].strip()
    assert inside[0] == "(" and inside[-1] == ")", signature
    return [parameter(part.strip()) for part in split(inside[1:-1], ",") if part.strip()]


def parameter(text: str) -> str:
    """Return one parameter without its annotation and without an address in its default."""
    head, *default = split(text, "=")
    name = split(head, ":")[0].strip()
    if not default:
        return name
    return f"{name}={re.sub(r' at 0x[0-9a-f]+', '', '='.join(default).strip())}"


def ours(symbol: Any) -> list[str]:
    """Return the parameters of a function or class of this package."""
    return parameters(str(inspect.signature(symbol)))
