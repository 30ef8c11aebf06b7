"""Plugins: packages, modules and objects that bring ops, gradients and observers of their own.

`load` loads one by name, file or object. Installed plugins (entry points of the group "tfcompat_tape") and those that
`TFCOMPAT_PLUGINS` names are found by themselves, at the first need: when the first tape starts, when an op is looked up
in `tf.raw_ops` that the library lacks, or when one of the functions here is called. Until then not even pluggy is
imported.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tfcompat_tape.core import hooks as _hooks

if TYPE_CHECKING:
    import tfcompat_tape.plugins.ops as ops
    import tfcompat_tape.plugins.testing as testing
    from tfcompat_tape.plugins.asking import Plugin as Plugin
    from tfcompat_tape.plugins.definitions import REQUIRED as REQUIRED
    from tfcompat_tape.plugins.definitions import Example as Example
    from tfcompat_tape.plugins.definitions import GradientComputed as GradientComputed
    from tfcompat_tape.plugins.definitions import GradientDefinition as GradientDefinition
    from tfcompat_tape.plugins.definitions import Observer as Observer
    from tfcompat_tape.plugins.definitions import OpDefinition as OpDefinition
    from tfcompat_tape.plugins.definitions import OpRecorded as OpRecorded
    from tfcompat_tape.plugins.faults import PluginError as PluginError
    from tfcompat_tape.plugins.faults import PluginGradientError as PluginGradientError
    from tfcompat_tape.plugins.faults import PluginWarning as PluginWarning
    from tfcompat_tape.plugins.hookspecs import hookimpl as hookimpl
    from tfcompat_tape.plugins.manager import Failure as Failure
    from tfcompat_tape.plugins.manager import failures as failures
    from tfcompat_tape.plugins.manager import load as load
    from tfcompat_tape.plugins.manager import loaded as loaded
    from tfcompat_tape.plugins.manager import unload as unload

# Where each public name is; imported when it is first asked for.
_PLACES = {
    "Example": "definitions",
    "Failure": "manager",
    "GradientComputed": "definitions",
    "GradientDefinition": "definitions",
    "Observer": "definitions",
    "OpDefinition": "definitions",
    "OpRecorded": "definitions",
    "Plugin": "asking",
    "PluginError": "faults",
    "PluginGradientError": "faults",
    "PluginWarning": "faults",
    "REQUIRED": "definitions",
    "failures": "manager",
    "hookimpl": "hookspecs",
    "load": "manager",
    "loaded": "manager",
    "ops": "",
    "testing": "",
    "unload": "manager",
}


def __getattr__(name: str) -> Any:
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not place:
        return import_module(f"{__name__}.{name}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{place}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(_PLACES)


def _load_found() -> None:
    """Load the plugins that are installed or named by the environment."""
    import_module(f"{__name__}.manager").load_found(_load_found)


_hooks.pending.append(_load_found)
