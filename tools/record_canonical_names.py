"""Write tfcompat_tape/facts/tf_canonical.json: which of a symbol's public names is its canonical one in TensorFlow.

Run it with the Python of an environment that has TensorFlow (the package itself never imports it):

    python tools/record_canonical_names.py

Only exceptions are kept, for each namespace of tf_symbols.json and tf_v1.json: "softmax=nn.softmax" where the
canonical name is another one than that by which the symbol was found, "float32=" where it has none. Names that only
version 1 has begin with "compat.v1.". Namespaces that begin with underscores, which those files do not list, are listed
here, in full.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

FACTS = Path(__file__).resolve().parent.parent / "tfcompat_tape" / "facts"
TARGET = FACTS / "tf_canonical.json"
PUBLIC_ROOT = "tensorflow._api.v2"
HIDDEN = ("__internal__", "__operators__")


def main() -> None:
    tf: Any = importlib.import_module("tensorflow")
    exporting: Any = importlib.import_module("tensorflow.python.util.tf_export")

    def canonical(value: Any) -> str:
        return exporting.get_canonical_name_for_symbol(value, add_prefix_to_v1_names=True) or ""

    odd, hidden = {}, {}
    for space, names in listed().items():
        words = []
        module = found(tf, space)
        for name in names:
            value = getattr(module, name, None)
            if value is None or isinstance(value, ModuleType):
                continue
            expected = f"{space}.{name}".removeprefix("tf.")
            if canonical(value) != expected:
                words.append(f"{name}={canonical(value)}")
        if words:
            odd[space] = " ".join(words)
    for space in hidden_spaces():
        module = importlib.import_module(f"{PUBLIC_ROOT}{space.removeprefix('tf')}")
        pairs = {name: canonical(value) for name, value in vars(module).items() if not name.startswith("_")}
        own = f"{space}.".removeprefix("tf.")
        words = [
            name if called == own + name else f"{name}={called}" for name, called in pairs.items() if called
        ]
        hidden[space] = " ".join(sorted(words))
    facts = {"tensorflow": tf.__version__, "other": odd, "hidden": hidden}
    TARGET.write_text(json.dumps(facts, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{TARGET}: {sum(len(words.split()) for words in odd.values())} names that are not canonical")


def listed() -> dict[str, list[str]]:
    """The namespaces whose names the package knows, those of version 2 first."""
    table: dict[str, list[str]] = {}
    for file in ("tf_symbols.json", "tf_v1.json"):
        for space, words in json.loads((FACTS / file).read_text(encoding="utf-8"))["namespaces"].items():
            if names := [word for word in words.split() if "=" not in word]:
                table[space] = names
    return table


def found(tf: Any, space: str) -> Any:
    value = tf
    for part in space.split(".")[1:]:
        value = getattr(value, part)
    return value


def hidden_spaces() -> list[str]:
    spaces = []
    for root in HIDDEN:
        package = importlib.import_module(f"{PUBLIC_ROOT}.{root}")
        spaces.append(f"tf.{root}")
        for info in pkgutil.walk_packages(package.__path__, f"{PUBLIC_ROOT}.{root}."):
            spaces.append("tf" + info.name.removeprefix(PUBLIC_ROOT))
    return spaces


if __name__ == "__main__":
    main()
