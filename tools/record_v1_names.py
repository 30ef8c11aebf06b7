"""Write tfcompat_tape/facts/tf_v1.json: what `tf.compat.v1` holds of the TensorFlow that is installed.

Run it with the Python of an environment that has TensorFlow (the package itself never imports it):

    python tools/record_v1_names.py

The file maps each namespace of version 1 ("tf.compat.v1.math") to its names, space separated: `name=tf.other.name`
where the very same object, or one with the same code, is public in version 2, and bare names where version 1 has
something of its own.
"""

import importlib
import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "tfcompat_tape" / "facts" / "tf_v1.json"
SYMBOLS = TARGET.with_name("tf_symbols.json")
# Those that are about numbers; of the others only the names are kept, in the namespace above them.
SPACES = "bitwise config debugging dtypes errors experimental image initializers linalg manip math nest nn"
SPACES += " logging losses nn.experimental ragged random random.experimental sets signal sparse spectral strings test"
SPACES += " train version app audio autograph data data.experimental flags gfile io io.gfile lookup"
SPACES += " lookup.experimental python_io profiler queue resource_loader summary sysconfig user_ops"


def public(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith("_")]


def code(value: Any) -> int | None:
    """What the names of one function have in common, however often it was wrapped; None for closures and the like."""
    found = inspect.unwrap(value) if callable(value) else None
    return id(found.__code__) if hasattr(found, "__code__") and found.__closure__ is None else None


def homes(tf: Any) -> tuple[dict[int, str], dict[int | None, str]]:
    """For each public object of version 2 its shortest name, by identity, and that of each function by its code.

    Numbers and strings are the same object too easily; raw ops take other arguments than functions with the same code.
    """
    found: dict[int, str] = {}
    by_code: dict[int | None, str] = {}
    spaces = [
        s
        for s in json.loads(SYMBOLS.read_text())["namespaces"]
        if not s.startswith(("tf.compat", "tf.keras"))
    ]
    for space in sorted(spaces, key=lambda s: (s.count("."), s)):
        module = (
            importlib.import_module("tensorflow._api.v2" + space.removeprefix("tf")) if space != "tf" else tf
        )
        for name in public(dir(module)):
            value = getattr(module, name)
            if isinstance(value, tf.DType) or (callable(value) and not isinstance(value, ModuleType)):
                found.setdefault(id(value), f"{space}.{name}")
                if space != "tf.raw_ops":
                    by_code.setdefault(code(value), f"{space}.{name}")
    by_code.pop(None, None)
    return found, by_code


def main() -> None:
    tf: Any = importlib.import_module("tensorflow")
    known, by_code = homes(tf)
    table = {}
    for space in ["", *SPACES.split()]:
        module = tf.compat.v1
        for part in filter(None, space.split(".")):
            module = getattr(module, part)
        words = []
        for name in public(dir(module)):
            value = getattr(module, name)
            home = known.get(id(value)) or by_code.get(code(value))
            words.append(f"{name}={home}" if home else name)
        table[f"tf.compat.v1.{space}".rstrip(".")] = " ".join(words)
    rows = ",\n".join(f"{json.dumps(space)}: {json.dumps(words)}" for space, words in sorted(table.items()))
    TARGET.write_text(
        f'{{\n"tensorflow": "{tf.__version__}",\n"namespaces": {{\n{rows}\n}}\n}}\n', encoding="utf-8"
    )
    print(
        f"{TARGET}: {len(table)} namespaces, {sum('=' in w for t in table.values() for w in t.split())} names kept"
    )


if __name__ == "__main__":
    main()
