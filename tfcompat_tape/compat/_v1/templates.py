"""`tf.compat.v1.make_template`: a function whose variables are made in its first call and found again later."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tfcompat_tape.compat._v1 import scopes


class Template:
    """A function that keeps the variables which its first call made."""

    def __init__(self, name: str, function: Callable[..., Any], getter: Any = None) -> None:
        self.name = name
        self._function = function
        self._store: dict[str, Any] = {}
        short = scopes.unique(name)
        with scopes.variable_scope(short, custom_getter=getter) as scope:
            self.variable_scope = self.var_scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        scopes.state.stores.append(self._store)
        try:
            with scopes.variable_scope(self.var_scope):
                return self._function(*args, **kwargs)
        finally:
            scopes.state.stores.pop()

    @property
    def variables(self) -> list[Any]:
        """The variables that its calls made."""
        return [*self._store.values()]

    global_variables = variables

    @property
    def trainable_variables(self) -> list[Any]:
        """Those of them that are trainable."""
        return [variable for variable in self.variables if variable.trainable]

    @property
    def non_trainable_variables(self) -> list[Any]:
        """Those of them that are not."""
        return [variable for variable in self.variables if not variable.trainable]

    @property
    def local_variables(self) -> list[Any]:
        """None: local variables are a notion of graphs."""
        return []

    weights = variables
    trainable_weights = trainable_variables


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: Any = None,
    custom_getter_: Any = None,
    **kwargs: Any,
) -> Template:
    """`func_`, which gets the same variables from `get_variable` in each call.

    Args:
      name_: of the variable scope that it runs in.
      **kwargs: arguments of `func_` that are fixed.

    Raises:
      ValueError: `unique_name_`, which only graphs can have.

    Source: `tf.compat.v1.make_template`.

    >>> import tfcompat_tape as tf
    >>> v1 = tf.compat.v1
    >>> scaled = v1.make_template("scaled", lambda x: x * v1.get_variable("w", [], initializer=v1.ones_initializer()))
    >>> scaled(3.0).numpy().item(), len(scaled.variables)
    (3.0, 1)
    """
    if unique_name_ is not None:
        raise ValueError("unique_name_ cannot be used when eager execution is enabled.")
    return Template(name_, functools.partial(func_, **kwargs) if kwargs else func_, custom_getter_)
