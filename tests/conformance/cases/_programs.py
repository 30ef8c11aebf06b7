"""Short programs, most of which TensorFlow refuses: what each gives, or the class of what it raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance_kit import raises, script


def shown(tf: Any, value: Any) -> Any:
    """A value in a form that can be recorded: sparse values by their parts."""
    if type(value).__name__ in ("SparseTensor", "SparseTensorValue"):
        return {"sparse": [value.indices, value.values, value.dense_shape]}
    if isinstance(value, (list, tuple)):
        return [shown(tf, item) for item in value]
    if isinstance(value, tf.linalg.LinearOperator):
        return [type(value).__name__, value.to_dense()]
    return type(value).__name__ if "Table" in type(value).__name__ else value


def programs(title: str, table: Mapping[str, Callable[[Any], Any]]) -> None:
    """A script of all programs of a table, each by its name: one that raises does not end the others."""

    @script(title)
    def _(tf: Any) -> Any:
        return {name: raises(lambda f=f: shown(tf, f(tf))) for name, f in table.items()}  # type: ignore[misc]
