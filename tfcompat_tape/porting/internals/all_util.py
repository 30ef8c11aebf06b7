"""`tensorflow.python.util.all_util`: which names of a module are public."""

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

__all__ = ["make_all", "remove_undocumented"]


def make_all(module_name: str, doc_string_modules: Sequence[ModuleType] | None = None) -> list[str]:
    """The names of a module that its own documentation, or that of `doc_string_modules`, marks by `@@name`."""
    import re

    modules = [sys.modules[module_name]] if doc_string_modules is None else doc_string_modules
    found = {name for module in modules for name in re.findall(r"^\s*@@(\w+)", module.__doc__ or "", re.M)}
    return [*sorted(found), "__file__", "__path__"] if found else []


def remove_undocumented(
    module_name: str,
    allowed_exception_list: Sequence[str] | None = None,
    doc_string_modules: Sequence[ModuleType] | None = None,
) -> None:
    """Take from a module what is neither documented (see `make_all`) nor in `allowed_exception_list`."""
    module: Any = sys.modules[module_name]
    kept = {*make_all(module_name, doc_string_modules), *(allowed_exception_list or ())}
    for name in dir(module):
        if not name.startswith("_") and name not in kept:
            delattr(module, name)
