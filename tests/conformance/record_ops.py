"""Which ops the recorded cases run, in which dtypes: ``python tests/conformance/record_ops.py``; needs no tensorflow.

It writes ``tests/data/ops_of_functions.json``, of which ``docs/make_coverage.py`` makes the columns of the coverage
table that say whether a function was checked under vmap and traced, and in which dtypes answers of an op are recorded.
With names of families (``record_ops.py math_unary``), what their cases run is added to what is written there, which
takes seconds in place of minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
import logging
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
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


def known() -> dict[str, dict[str, set[str]]]:
    """What is written there."""
    written = json.loads(TARGET.read_text(encoding="utf-8"))
    return {
        kind: {name: set(words.split()) for name, words in rows.items()} for kind, rows in written.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("family", nargs="*", help="files in cases/; all of them, from nothing, if left out")
    names = parser.parse_args().family
    listening()
    from conformance_kit.run import arrays, tensor
    from conformance_kit.spec import all_specs, load

    import tfcompat_tape as tf

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    found = known() if names else {"functions": {}, "ops": {}}
    functions: dict[str, set[str]] = defaultdict(set, found["functions"])
    dtypes: dict[str, set[str]] = defaultdict(set, found["ops"])

    def specs() -> Iterator[Any]:
        for family in names:
            yield from load(family).values()
        if not names:
            yield from all_specs()

    for spec in specs():
        if spec.kind not in ("case", "script"):
            continue
        xs = [tensor(tf, a) for a in arrays(spec)] if spec.kind == "case" else []
        RAN.clear()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
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
