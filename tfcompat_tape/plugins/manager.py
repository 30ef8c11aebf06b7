"""Loading and unloading: all of a plugin, or nothing of it.

A plugin is imported, asked, checked and built first, without a lock; only then, at once and by steps that cannot
fail, is it entered in the registry. So nothing is ever half registered, and unloading takes the same steps back.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tfcompat_tape.core import hooks, registry
from tfcompat_tape.core.registry import OPS, Op
from tfcompat_tape.plugins import finding
from tfcompat_tape.plugins.asking import Plugin, ask
from tfcompat_tape.plugins.faults import Origin, PluginError, PluginWarning
from tfcompat_tape.plugins.finding import BeingImported, Source
from tfcompat_tape.plugins.observing import hang_in
from tfcompat_tape.tape.overrides import keep_otherwise, kept_otherwise


@dataclass(frozen=True)
class Failure:
    """A plugin that was found and is not loaded.

    Attributes:
      origin: which one.
      reason: why not.
      blocked: because the block list names it, rather than because of a fault.
    """

    origin: Origin
    reason: str
    blocked: bool = False


_lock = threading.RLock()
_plugins: dict[str, Plugin] = {}
_undo: dict[str, list[Callable[[], None]]] = {}
_failures: dict[str, Failure] = {}


class _Loading(threading.local):
    """Whether this thread is loading what is found: what a plugin does at its import needs no plugins."""

    now = False


_loading = _Loading()


# -- entering and leaving ----------------------------------------------------------------------------------------------


def _check_conflicts(plugin: Plugin) -> None:
    """Raise if something that the plugin brings is there already. The lock is held."""
    error = plugin.origin.error
    others = _plugins.values()
    choose = f"Rename it, or load only one of them: {finding.BLOCKED}={plugin.name}"
    for built in plugin.ops:
        name = built.op.name
        for other in others:
            if any(one.op.name == name for one in other.ops):
                raise error(f"the op {name!r} was already brought by {other.origin}", choose)
        if name in OPS:
            raise error(
                f"the library has an op {name!r} itself",
                "Rename yours; its gradient can be changed by a GradientDefinition",
            )
        decided = built.definition.gradient is not None or not built.definition.differentiable
        if name in registry._waiting and decided:
            raise error(
                f"a gradient is registered already for the op {name!r} (by tf.RegisterGradient or a plugin)",
                "Leave the gradient out of one of the two places",
            )
    for gradient in plugin.gradients:
        alternative, op_type = gradient.definition.name, gradient.definition.op_type
        if alternative is not None and (alternative in registry._waiting or alternative in OPS):
            owners = [o for o in others if any(one.definition.name == alternative for one in o.gradients)]
            by = f" by {owners[0].origin}" if owners else ""
            raise error(f"a gradient or op called {alternative!r} is registered already{by}", choose)
        if gradient.definition.default:
            for other in others:
                if op_type in other.defaults:
                    raise error(
                        f"the default gradient of {op_type!r} was already changed by {other.origin}", choose
                    )


def _enter(plugin: Plugin) -> None:
    """Register everything. The lock is held, and nothing here can fail."""
    undo: list[Callable[[], None]] = []
    for built in plugin.ops:
        op = built.op
        waiting = op.name in registry._waiting
        rule = registry._waiting.get(op.name)
        registry.add(op)
        hooks.raw_calls[op.name] = built.raw_call
        undo.append(lambda name=op.name, waiting=waiting, rule=rule: _leave(name, waiting, rule))  # type: ignore[misc]
    for gradient in plugin.gradients:
        if gradient.definition.name is not None:
            alternative = gradient.definition.name
            registry._waiting[alternative] = gradient.rule
            undo.append(lambda name=alternative: _forget(name))  # type: ignore[misc]
        if gradient.definition.default:
            op = OPS[gradient.definition.op_type]
            before = {field: getattr(op, field) for field in gradient.fields} | {"keep": kept_otherwise(op)}
            _set(op, gradient.fields)
            undo.append(lambda op=op, before=before: _set(op, before))  # type: ignore[misc]
    for observer in plugin.observers:
        undo.append(hang_in(plugin.origin, observer))
    _plugins[plugin.name] = plugin
    _undo[plugin.name] = undo
    _failures.pop(plugin.name, None)


def _leave(name: str, waiting: bool, rule: Any) -> None:
    OPS.pop(name, None)
    hooks.raw_calls.pop(name, None)
    if waiting:
        registry._waiting[name] = rule


def _forget(alternative: str) -> None:
    registry._waiting.pop(alternative, None)


def _set(op: Op, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        if field == "keep":
            keep_otherwise(op, *value)
        else:
            setattr(op, field, value)


def _load(source: Source) -> Plugin | None:
    """Load one plugin; `None` if exactly that one is loaded already.

    Raises:
      PluginError: something is wrong with it; nothing is registered then.
      BeingImported: its module is just being imported.
    """
    name = source.origin.name
    if name in finding.blocked():
        raise source.origin.error(f"it is blocked by {finding.BLOCKED}", "Take it off that list")
    imported, origin = finding.import_plugin(source)
    with _lock:
        if any(other.object is imported for other in _plugins.values()):
            return None
    try:
        plugin = ask(imported, origin)
        with _lock:
            if any(other.object is imported for other in _plugins.values()):
                return None  # another thread was faster
            if name in _plugins:
                raise origin.error(
                    f"another plugin has that name already: {_plugins[name].origin}",
                    f"Choose another name, or do without one of them: {finding.BLOCKED}={name}",
                )
            _check_conflicts(plugin)
            _enter(plugin)
    except PluginError:
        finding.forget(imported)
        raise
    return plugin


# -- for programs ------------------------------------------------------------------------------------------------------


class Loading:
    """What one call of `load` loaded; a context manager that unloads it.

    Attributes:
      plugins: what was asked for; some of it may have been loaded before.
    """

    def __init__(self, plugins: tuple[Plugin, ...], new: tuple[Plugin, ...]) -> None:
        self.plugins = plugins
        self._new = new

    def unload(self) -> None:
        """Unload what was not loaded before."""
        for plugin in reversed(self._new):
            with _lock:
                if _plugins.get(plugin.name) is plugin:
                    unload(plugin.name)

    def __enter__(self) -> Loading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unload()

    def __repr__(self) -> str:
        return f"<loaded: {', '.join(plugin.name for plugin in self.plugins)}>"


def load(*plugins: Any, name: str | None = None) -> Loading:
    """Load plugins: all of them, or none if something is wrong with one.

    Args:
      *plugins: for each the name of an installed plugin, the name of a module, the path of a file or of a package's
        folder, a module, or any object that implements hooks.
      name: what to call it, if it is only one; by default the name of the entry point, module, file or class.

    Returns:
      A context manager that unloads again, which restores what was there before. What had been loaded already stays.

    Raises:
      PluginError: a plugin cannot be imported, implements hooks wrongly, or brings what is there already.

    Nothing in TensorFlow corresponds.

    >>> import tfcompat_tape as tf
    >>> class Doubling:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_ops(self):
    ...         return [tf.plugins.OpDefinition("DocTwice", lambda x: 2 * x, "x", gradient=lambda op, dy: 2.0 * dy)]
    >>> with tf.plugins.load(Doubling()):
    ...     print(tf.raw_ops.DocTwice(x=[1.0, 2.0]).numpy())
    [2. 4.]
    >>> hasattr(tf.raw_ops, "DocTwice")
    False
    """
    hooks.need()
    asked: list[Plugin] = []
    new: list[Plugin] = []
    try:
        for given in plugins:
            source = finding.source_of(given, name=name if len(plugins) == 1 else None)
            try:
                plugin = _load(source)
            except BeingImported as error:
                raise source.origin.error(
                    f"module {error} is just being imported", "Load it after its import, not from within"
                ) from None
            if plugin is None:
                imported, _ = finding.import_plugin(source)
                plugin = next(one for one in _plugins.values() if one.object is imported)
            else:
                new.append(plugin)
            asked.append(plugin)
    except BaseException:
        Loading((), tuple(new)).unload()
        raise
    return Loading(tuple(asked), tuple(new))


def unload(name: str) -> None:
    """Unload the plugin `name`: what it changed is again what it was.

    Entries that were recorded before keep the ops that they have, so a gradient through them can still be computed.

    Raises:
      PluginError: no plugin of that name is loaded.

    >>> import tfcompat_tape as tf
    >>> class Mine:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_ops(self):
    ...         return [tf.plugins.OpDefinition("DocThrice", lambda x: 3 * x, "x")]
    >>> _ = tf.plugins.load(Mine())
    >>> tf.plugins.unload("Mine")
    >>> "DocThrice" in dir(tf.plugins.ops)
    False
    """
    hooks.need()
    with _lock:
        if name not in _plugins:
            there = ", ".join(sorted(_plugins)) or "none"
            raise PluginError(f"plugin {name!r} is not loaded. Loaded are: {there}.")
        plugin = _plugins[name]
        user = _needed_by(plugin)
        if user is not None:
            raise plugin.origin.error(f"{user.origin} changes a gradient of its ops", "Unload that one first")
        del _plugins[name]
        for step in reversed(_undo.pop(name)):
            step()
    finding.forget(plugin.object)


def _needed_by(plugin: Plugin) -> Plugin | None:
    mine = {built.op.name for built in plugin.ops}
    for other in _plugins.values():
        if other is not plugin and any(gradient.definition.op_type in mine for gradient in other.gradients):
            return other
    return None


def loaded() -> tuple[Plugin, ...]:
    """The plugins that are loaded, in the order in which they came.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.plugins.loaded(), tuple)
    True
    """
    hooks.need()
    with _lock:
        return tuple(_plugins.values())


def failures() -> tuple[Failure, ...]:
    """The plugins that were found and are not loaded, with the reasons.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.plugins.failures(), tuple)
    True
    """
    hooks.need()
    with _lock:
        return tuple(_failures.values())


# -- what is found by itself -------------------------------------------------------------------------------------------


def load_found(pending: Callable[[], None]) -> None:
    """Load what is installed and what the environment names, and take `pending` off the list when that is done.

    A fault of one plugin is a warning, and the others are loaded; but what the environment names must be there: after
    all others are loaded, its faults are raised.
    """
    if _loading.now or pending not in hooks.pending:
        return
    _loading.now = True
    faults: list[PluginError] = []
    late = False
    try:
        for source in _found():
            if source.origin.name in finding.blocked():
                with _lock:
                    _failures[source.origin.name] = Failure(
                        source.origin, f"blocked by {finding.BLOCKED}", blocked=True
                    )
                continue
            try:
                _load(source)
            except BeingImported:
                late = True  # it comes with the next need
            except PluginError as error:
                first = _note(source.origin, error)
                if source.origin.found == finding.NAMED and first:
                    faults.append(error)
                elif first:
                    warnings.warn(str(error), PluginWarning, stacklevel=2)
    finally:
        _loading.now = False
        if not late:
            hooks.pending[:] = [other for other in hooks.pending if other is not pending]
    if faults:
        raise faults[0]


def _found() -> Iterable[Source]:
    if not finding.is_off():
        yield from finding.installed()
        for word in finding.named():
            yield finding.source_of(word, finding.NAMED)


def _note(origin: Origin, error: PluginError) -> bool:
    """Remember a fault; whether it is news."""
    with _lock:
        key = (
            origin.name
            if origin.name not in _plugins
            else f"{origin.name} ({origin.distribution or origin.found})"
        )
        news = key not in _failures
        _failures[key] = Failure(origin, str(error))
        return news
