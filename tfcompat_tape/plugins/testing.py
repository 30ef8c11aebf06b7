"""Tests for authors of plugins: one line checks every op and gradient that a plugin brings.

    from tfcompat_tape.plugins.testing import op_tests

    test_ops = op_tests("my_plugin")

Without any line, `pytest --tfcompat-check my_plugin` does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["check_case", "op_tests"]


def op_tests(plugin: Any, **options: Any) -> Callable[..., None]:
    """A test function for pytest, with a test for each op and gradient of `plugin`, at each of its examples.

    Args:
      plugin: what `tf.plugins.load` takes. It is loaded for the tests only, unless it is loaded anyway.
      **options: of the checker, see `tfcompat_tape.checking.Options`: `order=1`, `devices=["CPU:0"]`.

    Raises:
      PluginError: the plugin cannot be loaded.

    >>> import tfcompat_tape as tf
    >>> class Doubling:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_ops(self):
    ...         return [tf.plugins.OpDefinition("DocDouble", lambda x: 2 * x, "x", gradient=lambda op, dy: 2.0 * dy)]
    >>> test_ops = tf.plugins.testing.op_tests(Doubling())
    >>> test_ops("DocDouble")
    """
    import pytest

    from tfcompat_tape.plugins.checks import labels

    @pytest.mark.parametrize("label", labels(plugin))
    def test_ops(label: str) -> None:
        __tracebackhide__ = True
        check_case(plugin, label, **options)

    return test_ops


def check_case(plugin: Any, label: str, **options: Any) -> str:
    """Check one op or gradient of `plugin`; returns the report.

    Args:
      plugin: what `tf.plugins.load` takes.
      label: "Cube", or "Relu: GuidedRelu" for a gradient, with "[1]" for the second of several examples.
      **options: of the checker.

    Raises:
      AssertionError: something is off; its text is the report.
      KeyError: there is no such label.

    >>> import tfcompat_tape as tf
    >>> class Halving:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_ops(self):
    ...         return [tf.plugins.OpDefinition("DocHalf", lambda x: x / 2, "x", gradient=lambda op, dy: 0.5 * dy)]
    >>> print(tf.plugins.testing.check_case(Halving(), "DocHalf", devices=["CPU:0"]))  # doctest: +ELLIPSIS
    DocHalf: all ... checks passed (float64; ops: DocHalf...
    """
    __tracebackhide__ = True
    from tfcompat_tape.plugins.checks import cases
    from tfcompat_tape.plugins.manager import load

    with load(plugin) as loading:
        found = {case.label: case for one in loading.plugins for case in cases(one)}
        return found[label].check(**options)
