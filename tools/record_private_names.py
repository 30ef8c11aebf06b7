"""Write tfcompat_tape/facts/tf_private.json: private names of an installed TensorFlow, and where they are public.

Run it in an environment that has TensorFlow:

    python tools/record_private_names.py

A private module ("tensorflow.python.ops.math_ops") stands for the names in it that are the same object as a public one.
Each is a word: "add_v2=tf.math.add", or "tanh=" where the public path ends in the same name and is the module's `home`,
the namespace that most of its names have. Only facts are kept: no TensorFlow code.
"""

from __future__ import annotations

import collections
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from record_v1_names import homes

TARGET = Path(__file__).resolve().parent.parent / "tfcompat_tape" / "facts" / "tf_private.json"
TABLE = TARGET.with_name("tf_v1.json")
KEPT = ("eager", "framework", "module", "ops", "platform", "trackable", "training", "types", "util")


def older(tf: Any) -> dict[int, str]:
    """For each public object of version 1 alone its name; and what `tf.compat` itself has."""
    found: dict[int, str] = {}
    for space, text in json.loads(TABLE.read_text(encoding="utf-8"))["namespaces"].items():
        module = tf.compat.v1
        for part in space.split(".")[3:]:
            module = getattr(module, part)
        for word in text.split():
            if "=" not in word and callable(value := getattr(module, word, None)):
                found.setdefault(id(value), f"{space}.{word}")
    for name, value in vars(tf.compat).items():
        if callable(value):
            found.setdefault(id(value), f"tf.compat.{name}")
    return found


def main() -> None:
    tf: Any = importlib.import_module("tensorflow")
    known = {**older(tf), **homes(tf)}
    modules: dict[str, str] = {}
    generated: list[str] = []
    for fullname, module in sorted(sys.modules.items()):
        parts = fullname.split(".")
        if parts[:2] != ["tensorflow", "python"] or len(parts) < 4 or parts[2] not in KEPT:
            continue
        if not isinstance(module, ModuleType):
            continue
        short = ".".join(parts[2:])
        if parts[-1].startswith("gen_") and parts[-1].endswith("_ops"):
            generated.append(short)
            continue
        names = {}
        for name, value in vars(module).items():
            path = known.get(id(value))
            if name.startswith("_") or isinstance(value, ModuleType):
                continue
            if path and not path.startswith("tf.raw_ops."):
                names[name] = path
        if names:
            modules[short] = words(names)
    facts = {"tensorflow": tf.__version__, "generated": " ".join(generated), "modules": modules}
    TARGET.write_text(json.dumps(facts, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(
        f"{TARGET}: {sum(len(text.split()) - 1 for text in modules.values())} names in {len(modules)} modules"
    )


def words(names: dict[str, str]) -> str:
    spaces = collections.Counter(path.rpartition(".")[0] for path in names.values())
    home = spaces.most_common(1)[0][0]
    found = [home]
    for name, path in sorted(names.items()):
        found.append(f"{name}=" if path == f"{home}.{name}" else f"{name}={path}")
    return " ".join(found)


if __name__ == "__main__":
    main()
