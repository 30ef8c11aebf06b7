"""Runs a converted script, and writes down the gradients it takes: ``python watched_run.py NOTES FILE SCRIPT ARGS``.

This file imports nothing of the package, so that it can tell whether the script does.
"""

import io
import json
import os
import sys
from types import ModuleType

import torch

_LONGEST = 4096
_MOST = 3000
_TAPES = ("tf_gradient", "tf_jacobian", "tf_batch_jacobian", "tf_jvp")
gradients: list[object] = []
inside = 0  # within a function of the script's helpers


def values(result: object) -> object:
    """A gradient as lists of numbers."""
    if isinstance(result, dict):
        return {str(key): values(one) for key, one in result.items()}
    if isinstance(result, (list, tuple)):
        return [values(one) for one in result]
    if not isinstance(result, torch.Tensor):
        return None
    flat = result.detach().reshape(-1)
    if flat.is_complex():
        flat = torch.view_as_real(flat).reshape(-1)
    return {"shape": list(result.shape), "values": flat[:_LONGEST].double().tolist()}


def noted(function, single=False):  # type: ignore[no-untyped-def]
    """The function, with what it gives written down when the script calls it."""

    def call(*args, **kwargs):  # type: ignore[no-untyped-def]
        global inside
        inside += 1
        try:
            result = function(*args, **kwargs)
        finally:
            inside -= 1
        if not inside and len(gradients) < _MOST:
            alone = single and len(args) > 1 and isinstance(args[1], torch.Tensor)
            gradients.append([0, values(result[0] if alone else result)])
        return result

    return call


def main(notes: str, file: str, script: str, args: list[str]) -> None:
    """Run the file as if it were the script."""
    with io.open_code(file) as opened:
        code = opened.read()
    path = os.path.abspath(script)
    sys.path[0] = os.path.dirname(path)
    sys.argv = [script, *args]
    made = ModuleType("__main__")
    made.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = made
    torch.autograd.grad = noted(torch.autograd.grad, single=True)  # type: ignore[no-untyped-call]
    import builtins

    builtins.__tfcompat_noted__ = noted  # type: ignore[attr-defined]
    text = code.decode("utf-8")
    for name in _TAPES:  # the helpers end before the next definition
        text = text.replace(f"\ndef {name}(", f"\n@__tfcompat_noted__\ndef {name}(")
    try:
        exec(compile(text, path, "exec", dont_inherit=True), made.__dict__)
    finally:
        sys.stdout.flush()
        with open(notes, "w", encoding="utf-8") as written:
            json.dump({"gradients": gradients, "ours": "tfcompat_tape" in sys.modules}, written)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
