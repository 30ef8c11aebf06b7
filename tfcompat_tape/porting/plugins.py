"""`tfcompat plugins list | check NAME | new NAME`: what is loaded, whether it is right, and where to start."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
import warnings
from pathlib import Path
from typing import Any

FAILED = 1
USAGE = 2


def add_command(subparsers: Any) -> None:
    """Add `plugins` to the command line."""
    parser = subparsers.add_parser(
        "plugins",
        help="list plugins, check one, start a new one",
        description="Plugins bring ops, gradients and observers of their own.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    listing = actions.add_parser(
        "list",
        help="what is loaded, and what is not and why",
        description="List the plugins that are found: what they bring, where they are, and why one is not loaded. "
        "The exit status is 1 if one could not be loaded.",
    )
    listing.set_defaults(action=list_plugins)

    check = actions.add_parser(
        "check",
        help="check every op and gradient of a plugin",
        description="Check every op and gradient that a plugin brings: against finite differences, in forward mode, "
        "under vmap and traced. The exit status is 1 if something is off.",
    )
    check.add_argument(
        "plugin", metavar="NAME", help="an installed plugin, a module, or the path of a file or package"
    )
    check.add_argument(
        "--order", type=int, choices=(1, 2), default=2, help="the highest derivative (default: 2)"
    )
    check.add_argument("--device", action="append", help="a device such as CPU:0 (default: all)")
    check.set_defaults(action=check_plugin)

    new = actions.add_parser(
        "new",
        help="write a package to start from",
        description="Write a package with an op, its gradient and a test that passes.",
    )
    new.add_argument("name", metavar="NAME", help="its name, such as my_plugin")
    new.add_argument("--directory", type=Path, default=Path(), help="where to put its folder (default: here)")
    new.set_defaults(action=new_plugin)


# -- list --------------------------------------------------------------------------------------------------------------

COLUMNS = ("plugin", "version", "ops", "gradients", "observers", "file")


def list_plugins(arguments: argparse.Namespace) -> int:
    """Print what is loaded, and what is not."""
    from tfcompat_tape import plugins
    from tfcompat_tape.core import hooks

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", plugins.PluginWarning)  # they stand in the table
        with contextlib.suppress(plugins.PluginError):
            hooks.need()
    rows: list[tuple[str, ...]] = [
        (
            plugin.name,
            f"{plugin.origin.distribution} {plugin.version}".strip() or "-",
            ", ".join(built.op.name for built in plugin.ops) or "-",
            ", ".join(_described(built.definition) for built in plugin.gradients) or "-",
            ", ".join(type(observer).__name__ for observer in plugin.observers) or "-",
            f"{plugin.file or '-'} ({plugin.origin.found})",
        )
        for plugin in plugins.loaded()
    ]
    _print_table(rows) if rows else print("No plugin is loaded.")
    failures = plugins.failures()
    for failure in failures:
        print(f"\nblocked: {failure.origin}" if failure.blocked else f"\nnot loaded: {failure.reason}")
    return FAILED if any(not failure.blocked for failure in failures) else 0


def _described(definition: Any) -> str:
    names = [definition.name] if definition.name else []
    return f"{definition.op_type}: {' and '.join([*names, *(['default'] if definition.default else [])])}"


def _print_table(rows: list[tuple[str, ...]]) -> None:
    try:
        console, table = importlib.import_module("rich.console"), importlib.import_module("rich.table")
    except ImportError:
        for row in rows:
            print(f"{row[0]}")
            for title, cell in zip(COLUMNS[1:], row[1:], strict=True):
                print(f"  {title:<10} {cell}")
        return
    grid = table.Table(*COLUMNS)
    for row in rows:
        grid.add_row(*row)
    # Written to a file it is as wide as it needs to be.
    console.Console(width=None if sys.stdout.isatty() else 1000).print(grid)


# -- check -------------------------------------------------------------------------------------------------------------


def check_plugin(arguments: argparse.Namespace) -> int:
    """Check everything that one plugin brings."""
    from tfcompat_tape.plugins import PluginError, load
    from tfcompat_tape.plugins.checks import cases

    failed = 0
    try:
        with load(arguments.plugin) as loading:
            found = [case for plugin in loading.plugins for case in cases(plugin)]
            print(f"{loading.plugins[0].origin}: {len(found)} to check")
            for case in found:
                try:
                    print(case.check(order=arguments.order, devices=arguments.device))
                except AssertionError as error:
                    failed += 1
                    print(error)
    except PluginError as error:
        print(f"tfcompat: {error}", file=sys.stderr)
        return FAILED
    print(f"{failed} of {len(found)} failed" if failed else f"all {len(found)} passed")
    return FAILED if failed else 0


# -- new ---------------------------------------------------------------------------------------------------------------


def new_plugin(arguments: argparse.Namespace) -> int:
    """Write a package."""
    from tfcompat_tape.plugins.template import write_package

    try:
        folder, files = write_package(arguments.name, arguments.directory)
    except (ValueError, OSError) as error:
        print(f"tfcompat: {error}", file=sys.stderr)
        return USAGE
    for file in files:
        print(file)
    print(f"\nNow: cd {folder} && python -m pip install --editable . && python -m pytest")
    return 0
