"""pytest plugin: `pytest --tfcompat-check PLUGIN` checks every op and gradient that a plugin of tfcompat_tape brings.

Or one line in pyproject.toml, under `[tool.pytest.ini_options]`: `tfcompat_check = ["PLUGIN"]`. There is a test for
each op at each of its examples. Without the option nothing happens, and nothing is imported: pytest loads this file
in every project, so it stands outside of the package, whose import brings torch.
"""

from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "check the ops and gradients of this plugin of tfcompat_tape: its name, module or file"
    group = parser.getgroup("tfcompat_tape")
    group.addoption("--tfcompat-check", action="append", default=[], metavar="PLUGIN", help=text)
    parser.addini(
        "tfcompat_check", type="linelist", default=[], help="plugins of tfcompat_tape whose ops to check"
    )


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    asked = [*config.getoption("--tfcompat-check"), *config.getini("tfcompat_check")]
    for plugin in dict.fromkeys(asked):
        collector = Ops.from_parent(session, name=f"tfcompat_tape:{plugin}", nodeid=f"tfcompat_tape:{plugin}")
        collector.plugin = plugin
        items.extend(collector.collect())


class Ops(pytest.Collector):
    """The ops and gradients of one plugin."""

    plugin: str

    def collect(self) -> Iterator["OpItem"]:
        from tfcompat_tape.plugins import PluginError
        from tfcompat_tape.plugins.checks import labels

        try:
            found = labels(self.plugin)
        except PluginError as error:
            raise pytest.UsageError(str(error)) from None
        for label in found:
            yield OpItem.from_parent(self, name=label)


class OpItem(pytest.Item):
    """One op or gradient, at one example."""

    def runtest(self) -> None:
        from tfcompat_tape.plugins.testing import check_case

        check_case(self.parent.plugin, self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: str | None = None) -> str:
        if isinstance(excinfo.value, AssertionError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[str, None, str]:
        return self.parent.name, None, f"{self.parent.name}::{self.name}"
