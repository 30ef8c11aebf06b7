"""Which ops the recorded cases run, in which dtypes: ``python tests/conformance/record_ops.py``; needs no tensorflow.

It writes ``tests/data/ops_of_functions.json``, of which ``docs/make_coverage.py`` makes the columns of the coverage
table that say whether a function was checked under vmap and traced, and in which dtypes answers of an op are recorded.
"""

from __future__ import annotations

import functools
import json
import logging
import sys
import warnings
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
TARGET = ROOT / "tests" / "data" / "ops_of_functions.json"

RAN: set[tuple[str, str]] = set()  # (op, dtype of one of its tensors) since it was cleared


def listening() -> None:
    """The kernels of ops that are defined from here on say that they ran; so the package is not to be loaded yet."""
    package = ModuleType("tfcompat_tape")  # stands in for it while the registry is loaded, which needs no op
    package.__path__ = [str(ROOT / "tfcompat_tape")]
    sys.modules["tfcompat_tape"] = package
    registry = import_module("tfcompat_tape.core.registry")
    dispatch = import_module("tfcompat_tape.core.dispatch")
    del sys.modules["tfcompat_tape"]
    begin, unary = registry.Op.__init__, dispatch.unary

    def init(self: Any, name: str, kernel: Any, **options: Any) -> None:
        begin(self, name, _heard(name, kernel), **options)

    registry.Op.__init__ = init
    dispatch.unary = lambda name, kernel, *args, **options: unary(
        name, _heard(name, kernel), *args, **options
    )


def _heard(name: str, kernel: Any) -> Any:
    @functools.wraps(kernel)
    def run(*raws: Any, **attrs: Any) -> Any:
        RAN.add((name, ""))
        RAN.update(
            (name, str(raw.dtype).removeprefix("torch.")) for raw in raws if isinstance(raw, torch.Tensor)
        )
        return kernel(*raws, **attrs)

    return run


def main() -> None:
    listening()
    from conformance_kit.run import arrays, tensor
    from conformance_kit.spec import all_specs

    import tfcompat_tape as tf

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    functions: dict[str, set[str]] = defaultdict(set)
    dtypes: dict[str, set[str]] = defaultdict(set)
    for spec in all_specs():
        if spec.kind not in ("case", "script"):
            continue
        xs = [tensor(tf, a) for a in arrays(spec)] if spec.kind == "case" else []
        RAN.clear()
        try:
            spec.fn(tf, *xs)
        except Exception:
            continue
        for op, dtype in RAN:
            dtypes[op].add(dtype)
            if spec.kind == "case":
                functions[spec.name.split()[0]].add(op)
    answer = {
        "functions": {name: " ".join(sorted(ops)) for name, ops in sorted(functions.items())},
        "ops": {name: " ".join(sorted(found - {""})) for name, found in sorted(dtypes.items())},
    }
    TARGET.write_text(json.dumps(answer, indent=0) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(functions)} functions, {len(dtypes)} ops")


if __name__ == "__main__":
    main()
