"""Write tfcompat_tape/facts/tf_symbols.json: the public names of the TensorFlow that is installed.

Run it with the Python of an environment that has TensorFlow (the package itself never imports it):

    python tools/record_tf_symbols.py

The file maps each public namespace ("tf.math") to its names, space separated. It is what tells a name that we lack
from a name that TensorFlow lacks too. What lies under NAMES_ONLY is not listed: those are names without contents.
"""

import importlib
import json
import pkgutil
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "tfcompat_tape" / "facts" / "tf_symbols.json"
PUBLIC_ROOT = "tensorflow._api.v2"  # the package that TensorFlow's public namespaces are made from
NAMES_ONLY = ("tf.compat.v1", "tf.compat.v2", "tf.keras")
CLASSES = ("Graph",)  # in `tf`; their attributes are listed, too
NOT_API = {"tools", "security"}  # directories that an import of TensorFlow leaves behind as attributes


def public_names(module_name: str) -> set[str]:
    """Return the names of a module that do not begin with an underscore."""
    return {name for name in dir(importlib.import_module(module_name)) if not name.startswith("_")}


def collect() -> dict[str, str]:
    """Return {namespace: its names, space separated}."""
    table = {"tf": " ".join(sorted(public_names("tensorflow") - NOT_API)), **dict.fromkeys(NAMES_ONLY, "")}
    package = importlib.import_module(PUBLIC_ROOT)
    for info in pkgutil.walk_packages(package.__path__, PUBLIC_ROOT + "."):
        space = "tf" + info.name.removeprefix(PUBLIC_ROOT)
        private = any(part.startswith("_") for part in space.split("."))
        if private or space == "tf.v2" or (space + ".").startswith(tuple(only + "." for only in NAMES_ONLY)):
            continue
        table[space] = " ".join(sorted(public_names(info.name)))
    return dict(sorted(table.items()))


def main() -> None:
    version = importlib.import_module("tensorflow").__version__
    table = collect()
    rows = ",\n".join(f"{json.dumps(space)}: {json.dumps(names)}" for space, names in table.items())
    TARGET.parent.mkdir(exist_ok=True)
    tf = importlib.import_module("tensorflow")
    classes = {
        f"tf.{name}": " ".join(sorted(a for a in dir(getattr(tf, name)) if not a.startswith("_")))
        for name in CLASSES
    }
    TARGET.write_text(
        f'{{\n"tensorflow": {json.dumps(version)},\n"classes": {json.dumps(classes)},\n'
        f'"namespaces": {{\n{rows}\n}}\n}}\n',
        encoding="utf-8",
    )
    print(f"{TARGET}: {len(table)} namespaces, {sum(len(names.split()) for names in table.values())} names")


if __name__ == "__main__":
    main()
