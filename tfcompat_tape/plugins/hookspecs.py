"""The hooks that a plugin may implement. pluggy asks them when the plugin loads, and never again.

A plugin is a module, or any object, with some of these functions, each marked with `@hookimpl`:

    from tfcompat_tape.plugins import OpDefinition, hookimpl

    @hookimpl
    def tfcompat_ops():
        return [OpDefinition("Cube", kernel=".kernels:cube", inputs="x", gradient=".kernels:cube_gradient")]

Hooks return data: they register nothing themselves, so that a plugin with a fault leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from tfcompat_tape.plugins.definitions import GradientDefinition, Observer, OpDefinition

PROJECT = "tfcompat_tape"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Decorator: this function implements the hook of its name."""


class Hooks:
    """The specifications. Every hook may return any iterable, or nothing."""

    @hookspec
    def tfcompat_ops(self) -> Iterable[OpDefinition]:
        """New ops. Their names must be free: neither the library nor another plugin has an op of that name."""
        return ()

    @hookspec
    def tfcompat_gradients(self) -> Iterable[GradientDefinition]:
        """Gradients for ops that exist: named alternatives, or new defaults."""
        return ()

    @hookspec
    def tfcompat_observers(self) -> Iterable[Observer]:
        """Who wants to know of ops that tapes record, and of gradients that they compute."""
        return ()


NAMES = tuple(sorted(name for name in vars(Hooks) if name.startswith("tfcompat_")))
