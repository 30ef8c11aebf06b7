"""The package that `tfcompat plugins new` writes: an op with its gradient, and a test."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools>=64"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "0.1.0"
description = "A plugin of tfcompat_tape"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["tfcompat_tape"]

# This line is how the plugin is found.
[project.entry-points.tfcompat_tape]
{module} = "{module}"

[tool.setuptools]
packages = ["{module}"]

[tool.pytest.ini_options]
pythonpath = ["."]
""",
    "README.md": """\
# {name}

A plugin of tfcompat_tape. It brings the op `{op}`, `x * sigmoid(beta * x)`.

```python
import tfcompat_tape as tf

x = tf.Variable([-1.0, 0.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.plugins.ops.{op}(x, beta=2.0)
print(tape.gradient(y, x))
```

```console
$ python -m pip install --editable .
$ tfcompat plugins list
$ tfcompat plugins check {module}
$ python -m pytest
```
""",
    "{module}/__init__.py": '''\
"""What this plugin brings. The functions are named, not imported: they are imported when they are first called."""

from tfcompat_tape.plugins import Example, OpDefinition, hookimpl


@hookimpl
def tfcompat_ops():
    return [
        OpDefinition(
            "{op}",
            kernel=".kernels:swish",
            inputs="x",
            attrs={{"beta": 1.0}},
            gradient=".kernels:swish_gradient",
            dtypes="floating",
            examples=[Example([-1.0, 0.0, 2.0]), Example([[0.5], [-3.0]], beta=2.0)],
            doc="x * sigmoid(beta * x)",
        )
    ]
''',
    "{module}/kernels.py": '''\
"""The op and its gradient."""

import tfcompat_tape as tf
import torch


def swish(x, beta):
    """The kernel: a function of torch tensors."""
    return x * torch.sigmoid(beta * x)


def swish_gradient(op, dy):
    """The gradient, written as for tf.RegisterGradient: a function of Tensors, made of ops that have gradients."""
    x = op.inputs[0]
    beta = op.get_attr("beta")
    s = tf.sigmoid(beta * x)
    return dy * (s + beta * x * s * (1.0 - s))
''',
    "tests/test_{module}.py": '''\
"""Every op at every example: finite differences, second order, forward mode, vmap, traces. And one value by hand."""

import tfcompat_tape as tf
from tfcompat_tape.plugins.testing import op_tests

test_ops = op_tests("{module}")


def test_a_value():
    with tf.plugins.load("{module}"):
        x = tf.Variable(0.0)
        with tf.GradientTape() as tape:
            y = tf.plugins.ops.{op}(x)
        assert y.numpy() == 0.0
        assert tape.gradient(y, x).numpy() == 0.5
''',
}


def write_package(name: str, directory: Path) -> tuple[Path, list[Path]]:
    """Write the package `name` into a folder of that name; returns the folder and the files.

    Raises:
      ValueError: `name` cannot be the name of a package.
      FileExistsError: the folder is there already.
    """
    module = re.sub(r"[-.]+", "_", name).lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", module) or keyword.iskeyword(module):
        raise ValueError(
            f"{name!r} cannot name a package: use letters, digits and underscores, as in my_plugin"
        )
    if module in sys.stdlib_module_names or module in ("torch", "numpy", "pluggy", "pytest", "tfcompat_tape"):
        raise ValueError(f"{name!r} is the name of another package")
    op = "".join(word.capitalize() for word in module.split("_")) + "Swish"
    folder = directory / name
    folder.mkdir(parents=True)
    files = []
    for place, text in FILES.items():
        file = folder / place.format(module=module)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.format(name=name, module=module, op=op), encoding="utf-8")
        files.append(file)
    return folder, files
