"""Asking a plugin what it brings, and building all of it. Nothing is registered here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pluggy

from tfcompat_tape.core.registry import OPS
from tfcompat_tape.plugins.building import Builder, BuiltGradient, BuiltOp
from tfcompat_tape.plugins.definitions import GradientDefinition, OpDefinition
from tfcompat_tape.plugins.faults import Origin
from tfcompat_tape.plugins.finding import BLOCKED
from tfcompat_tape.plugins.hookspecs import NAMES, PROJECT, Hooks
from tfcompat_tape.plugins.observing import implements_anything


@dataclass(frozen=True, eq=False)
class Plugin:
    """A plugin that is loaded.

    Attributes:
      name, version, file: which one it is; "" where nobody knows.
      origin: the same, and how it was found.
      ops: the ops that it brought, built.
      gradients: the gradients that it brought, built.
      observers: who looks on.

    >>> import tfcompat_tape as tf
    >>> class Nothing:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_ops(self):
    ...         return []
    >>> with tf.plugins.load(Nothing()) as loading:
    ...     print(loading.plugins[0].name)
    Nothing
    """

    origin: Origin
    object: Any
    ops: tuple[BuiltOp, ...]
    gradients: tuple[BuiltGradient, ...]
    observers: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Its name."""
        return self.origin.name

    @property
    def version(self) -> str:
        """Its version."""
        return self.origin.version

    @property
    def file(self) -> str:
        """Where its code is."""
        return self.origin.file

    @property
    def defaults(self) -> tuple[str, ...]:
        """The op types whose default gradient it changes."""
        return tuple([one.definition.op_type for one in self.gradients if one.definition.default])

    def __repr__(self) -> str:
        return f"<{self.origin}>"


def _answers(plugin: Any, origin: Origin) -> dict[str, list[Any]]:
    """What each hook of the plugin returned; PluginError if it implements them wrongly."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    try:
        manager.register(plugin, origin.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        reason = str(error).strip().splitlines()
        raise origin.error(
            f"a hook is implemented wrongly: {' '.join(reason)}", f"The hooks are {', '.join(NAMES)}"
        ) from error
    if not manager.get_hookcallers(plugin):
        unmarked = [name for name in NAMES if callable(getattr(plugin, name, None))]
        if unmarked:
            raise origin.error(
                f"{', '.join(unmarked)} is not marked", "Decorate it with @tfcompat_tape.plugins.hookimpl"
            )
        what = "the module" if isinstance(plugin, ModuleType) else f"{plugin!r}"
        raise origin.error(
            f"{what} implements no hook", f"Implement one of {', '.join(NAMES)}, marked with @hookimpl"
        )
    answers: dict[str, list[Any]] = {}
    for name in NAMES:
        answers[name] = []
        try:
            for returned in getattr(manager.hook, name)():
                if isinstance(returned, (str, dict)) or not isinstance(returned, Iterable):
                    returned = [returned]
                answers[name].extend(returned)
        except Exception as error:
            raise origin.error(
                f"its hook {name} raised {type(error).__name__}: {error}",
                f"Correct the plugin, or do without it: {BLOCKED}={origin.name}",
            ) from error
    return answers


def ask(plugin: Any, origin: Origin) -> Plugin:
    """The plugin with everything built that it brings."""
    answers = _answers(plugin, origin)
    for hook, kind in (("tfcompat_ops", OpDefinition), ("tfcompat_gradients", GradientDefinition)):
        for one in answers[hook]:
            if not isinstance(one, kind):
                raise origin.error(f"{hook} returned {one!r}", f"It must return {kind.__name__}s")
    for one in answers["tfcompat_observers"]:
        if isinstance(one, type) or not implements_anything(one):
            raise origin.error(
                f"tfcompat_observers returned {one!r}",
                "An observer is an object with op_recorded or gradient_computed",
            )
    module = plugin if isinstance(plugin, ModuleType) else None
    package = ""
    if module is not None and module.__spec__ is not None:
        package = module.__name__ if hasattr(module, "__path__") else module.__spec__.parent or ""
    builder = Builder(origin, package)
    ops = tuple([builder.op(one) for one in answers["tfcompat_ops"]])
    mine = {one.op.name: one.op for one in ops}
    if len(mine) < len(ops):
        names = [one.op.name for one in ops]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise origin.error(
            f"it brings the op {twice[0]!r} twice", "Give each op one definition and a name of its own"
        )
    gradients = []
    for one in answers["tfcompat_gradients"]:
        if one.default and one.op_type in mine:
            raise origin.error(
                f"it gives its own op {one.op_type!r} another default gradient",
                "Put the gradient into the OpDefinition",
            )
        gradients.append(builder.gradient(one, mine.get(one.op_type) or OPS.get(one.op_type)))
    for what in ("name", "default"):
        keys = [
            one.definition.name if what == "name" else one.definition.default and one.definition.op_type
            for one in gradients
        ]
        twice = sorted({str(key) for key in keys if key and keys.count(key) > 1})
        if twice:
            words = (
                f"two gradients called {twice[0]!r}"
                if what == "name"
                else f"two default gradients for {twice[0]!r}"
            )
            raise origin.error(f"it brings {words}", "Leave one out or rename it")
    return Plugin(origin, plugin, ops, tuple(gradients), tuple(answers["tfcompat_observers"]))
