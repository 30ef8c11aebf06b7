"""Where plugins come from: installed distributions, the environment, or a name, file or object that a program gives.

Of what is found without the program's doing, nothing comes from the current directory: a distribution or module there,
which Python finds because its search path starts there, does not count. A file that is named by its path does.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from tfcompat_tape.plugins.faults import Origin, PluginError

GROUP = "tfcompat_tape"
NAMED = "TFCOMPAT_PLUGINS"
OFF = "TFCOMPAT_PLUGINS_OFF"
BLOCKED = "TFCOMPAT_PLUGINS_BLOCK"

_OF_FILES = "tfcompat_plugin_"  # what the names of modules start with that were loaded by their file


@dataclass(frozen=True)
class Source:
    """Where a plugin is.

    Attributes:
      origin: what is known of it before it is imported.
      place: "module", "module:object" or the path of a file; or the plugin itself.
    """

    origin: Origin
    place: Any


class BeingImported(Exception):
    """The module of a plugin is just being imported: it is too early to ask it."""


# -- what the environment says -----------------------------------------------------------------------------------------


def is_off() -> bool:
    """Whether no plugin shall be found by itself."""
    return os.environ.get(OFF, "").strip().lower() not in ("", "0", "false", "no")


def blocked() -> frozenset[str]:
    """Names of plugins that shall not be loaded."""
    return frozenset(_words(BLOCKED))


def named() -> list[str]:
    """The modules and files that the environment names."""
    return _words(NAMED)


def _words(variable: str) -> list[str]:
    return [word.strip() for word in os.environ.get(variable, "").split(",") if word.strip()]


# -- finding -----------------------------------------------------------------------------------------------------------


def installed() -> Iterator[Source]:
    """The plugins that installed distributions advertise, by name."""
    found: dict[tuple[str, str], Source] = {}
    distributions: set[str] = set()
    for distribution in metadata.distributions(path=search_path()):
        text = distribution.read_text("entry_points.txt")  # reading metadata would take much longer
        if text is None or GROUP not in text:
            continue
        points = [point for point in distribution.entry_points if point.group == GROUP]
        if not points:
            continue
        owner = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
        if owner in distributions:
            continue  # shadowed by one that comes earlier on the search path
        distributions.add(owner)
        for point in points:
            origin = Origin(
                point.name, distribution.version or "", "", distribution.metadata["Name"] or "", "entry point"
            )
            found.setdefault((point.name, owner), Source(origin, point.value))
    yield from [found[key] for key in sorted(found)]


def source_of(plugin: Any, found: str = "tf.plugins.load", name: str | None = None) -> Source:
    """The source of what a program or the environment gives: a path, a name, or the plugin itself."""
    if isinstance(plugin, os.PathLike):
        plugin = os.fspath(plugin)
    if not isinstance(plugin, str):
        given = name or getattr(plugin, "__name__", None) or type(plugin).__name__
        return Source(Origin(str(given), found=found), plugin)
    if is_path(plugin):
        path = Path(plugin).expanduser().absolute()
        stem = path.parent.name if path.name == "__init__.py" else path.stem
        return Source(Origin(name or stem, file=str(path), found=found), path)
    if found == "tf.plugins.load":
        for source in installed():
            if source.origin.name == plugin:
                return source
    return Source(Origin(name or plugin.partition(":")[0], found=found), plugin)


def is_path(text: str) -> bool:
    """Whether `text` names a file or folder rather than a module."""
    return text.endswith(".py") or "/" in text or os.sep in text


# -- importing ---------------------------------------------------------------------------------------------------------


def import_plugin(source: Source) -> tuple[Any, Origin]:
    """The plugin itself, and all that is known of it; PluginError if there is none.

    Raises BeingImported while its module is.
    """
    origin, place = source.origin, source.place
    if isinstance(place, Path):
        module = _from_file(origin, place)
        return module, _described(origin, module)
    if not isinstance(place, str):
        return place, _described(origin, place)
    name, _, attribute = place.partition(":")
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name):
        raise origin.error(
            f"{place!r} is neither a module nor a file", "Write a module's name, or a path that ends in .py"
        )
    try:
        module = (
            importlib.import_module(name)
            if origin.found == "tf.plugins.load"
            else import_installed(name, origin)
        )
    except PluginError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise origin.error(
                f"there is no module {error.name!r}",
                f"Install it, correct the name, or name a file by its path: ./{name}.py",
            ) from error
        raise _failed(origin, name, error) from error
    except (Exception, SystemExit) as error:
        raise _failed(origin, name, error) from error
    spec = getattr(module, "__spec__", None)
    if getattr(spec, "_initializing", False):
        raise BeingImported(name)
    found: Any = module
    for part in attribute.split(".") if attribute else ():
        try:
            found = getattr(found, part)
        except AttributeError:
            raise _described(origin, module).error(
                f"module {name!r} has no {attribute!r}", "Correct the entry point"
            ) from None
    return found, _described(origin, module)


def _failed(origin: Origin, name: str, error: BaseException) -> PluginError:
    spec = None
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(name.partition(".")[0])
    if spec is not None and spec.origin and not origin.file:
        origin = Origin(origin.name, origin.version, spec.origin, origin.distribution, origin.found)
    return origin.error(
        f"importing {name!r} failed: {type(error).__name__}: {error}",
        f"Install what it needs, or do without it: {BLOCKED}={origin.name}",
    )


def _from_file(origin: Origin, path: Path) -> ModuleType:
    """The module in a file or folder, imported under a name of its own."""
    file = path / "__init__.py" if path.is_dir() else path
    if not file.is_file():
        raise origin.error(f"there is no file {str(file)!r}", "Correct the path")
    name = f"{_OF_FILES}{re.sub(r'[^A-Za-z0-9_]', '_', origin.name)}_{abs(hash(str(file.resolve()))):x}"
    present = sys.modules.get(name)
    if present is not None:
        return present
    package = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=package)
    if spec is None or spec.loader is None:
        raise origin.error(
            f"{str(file)!r} is no Python file", "Name a file that ends in .py, or a package's folder"
        )
    return _execute(spec, origin)


def forget(plugin: Any) -> None:
    """Let the next load of a file read it again."""
    if isinstance(plugin, ModuleType) and plugin.__name__.startswith(_OF_FILES):
        for name in [
            name for name in sys.modules if name == plugin.__name__ or name.startswith(plugin.__name__ + ".")
        ]:
            del sys.modules[name]


def _execute(spec: importlib.machinery.ModuleSpec, origin: Origin) -> ModuleType:
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        assert spec.loader is not None
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        sys.modules.pop(spec.name, None)
        raise origin.error(
            f"importing {spec.origin!r} failed: {type(error).__name__}: {error}",
            "Correct the file, or install what it needs",
        ) from error
    return module


def _described(origin: Origin, plugin: Any) -> Origin:
    """`origin` with the file and version of the plugin, where these can be told."""
    module = (
        plugin if isinstance(plugin, ModuleType) else sys.modules.get(getattr(plugin, "__module__", ""), None)
    )
    file = origin.file or getattr(module, "__file__", None) or ""
    version = origin.version or str(getattr(plugin, "__version__", "") or getattr(module, "__version__", ""))
    distribution = origin.distribution
    if not version and module is not None and not module.__name__.startswith((_OF_FILES, "__")):
        top = module.__name__.partition(".")[0]
        with contextlib.suppress(metadata.PackageNotFoundError, ValueError):
            version, distribution = metadata.version(top), top
    return Origin(origin.name, version, file, distribution, origin.found)


# -- the search path, without the current directory --------------------------------------------------------------------


def search_path() -> list[str]:
    """`sys.path` without the current directory, where that is there only because Python was started in it."""
    here = _real(os.curdir)
    asked = {_real(word) for word in os.environ.get("PYTHONPATH", "").split(os.pathsep) if word}
    path = []
    for i, entry in enumerate(sys.path):
        implicit = entry == "" or (i == 0 and not sys.flags.safe_path and _real(entry) == here)
        if not implicit or here in asked:
            path.append(entry)
    return path


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except OSError:  # the current directory is gone
        return path


def import_installed(name: str, origin: Origin) -> ModuleType:
    """The module `name`, imported from anywhere but the current directory."""
    top = name.partition(".")[0]
    if top not in sys.modules:
        spec = _find(top, search_path())
        usual = _find(top, None)
        if spec is None and usual is not None:
            raise origin.error(
                f"module {top!r} lies in the current directory ({usual.origin}), which is not searched for plugins",
                f"If you mean that one, name the file: {NAMED}=./{Path(usual.origin or top).name}",
            )
        if spec is not None and usual is not None and spec.origin != usual.origin:
            _execute(spec, origin)
    return importlib.import_module(name)


def _find(top: str, path: list[str] | None) -> importlib.machinery.ModuleSpec | None:
    """The specification of a top-level module, searched for as import does, with another path."""
    for finder in sys.meta_path:
        searched = path if finder is importlib.machinery.PathFinder else None
        find_spec = getattr(finder, "find_spec", None)
        spec: importlib.machinery.ModuleSpec | None = (
            find_spec(top, searched) if find_spec is not None else None
        )
        if spec is not None:
            return spec
    return None
