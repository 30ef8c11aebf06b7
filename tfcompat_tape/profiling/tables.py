"""A profile as tables: by op and by line."""

from __future__ import annotations

import importlib
import linecache
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tfcompat_tape.tape.places import short

if TYPE_CHECKING:
    from tfcompat_tape.profiling.measuring import Profile

_TEXT = 60  # characters of a line of code

# A table: its headings, those of numbers first written with a blank, and its rows.
Table = tuple[list[str], list[list[str]]]


def heading(profile: Profile) -> str:
    """How long it was, and how much of that was in ops."""
    ops = profile.by_op()
    inside = sum(op.seconds for op in ops)
    calls = sum(op.calls for op in ops)
    return f"{profile.seconds:.3f} s, of which {inside:.3f} s in {calls:,} calls"


def by_op(profile: Profile, rows: int) -> Table:
    """The time by op."""
    times = profile.by_op()
    whole = profile.seconds
    found = [
        [
            one.name,
            f"{one.calls:,}",
            _ms(one.seconds),
            _share(one.seconds, whole),
            _us(one.seconds, one.calls),
        ]
        for one in times[:rows]
    ]
    if times[rows:]:
        rest = sum(one.seconds for one in times[rows:])
        calls = sum(one.calls for one in times[rows:])
        found.append(
            [f"{len(times) - rows} more", f"{calls:,}", _ms(rest), _share(rest, whole), _us(rest, calls)]
        )
    return ["op", " calls", " ms", " %", " us each"], found


def by_line(profile: Profile, rows: int) -> Table:
    """The time by line of the user's code."""
    times = profile.by_line()
    whole = profile.seconds
    found = [
        [
            f"{short(one.file)}:{one.line}" if one.file else "(no line)",
            f"{one.calls:,}",
            _ms(one.seconds),
            _share(one.seconds, whole),
            _ms(one.forward),
            _ms(one.backward),
            text(one.file, one.line) or ", ".join(one.ops)[:_TEXT],
        ]
        for one in times[:rows]
    ]
    if times[rows:]:
        rest = times[rows:]
        seconds = sum(one.seconds for one in rest)
        found.append(
            [
                f"{len(rest)} more",
                f"{sum(one.calls for one in rest):,}",
                _ms(seconds),
                _share(seconds, whole),
                _ms(sum(one.forward for one in rest)),
                _ms(sum(one.backward for one in rest)),
                "",
            ]
        )
    return ["line", " calls", " ms", " %", " forward", " backward", "code"], found


def text(file: str, line: int) -> str:
    """The source text of a line, cut where it is long."""
    found = linecache.getline(file, line).strip()
    return found if len(found) <= _TEXT else found[: _TEXT - 3] + "..."


def plain(profile: Profile, rows: int) -> str:
    """All of it as text."""
    parts = [heading(profile)]
    parts += [_aligned(*by_op(profile, rows)), _aligned(*by_line(profile, rows))]
    return "\n\n".join(parts) + "\n"


def show(profile: Profile, title: str, rows: int = 20, file: Any = None) -> None:
    """Write it to `file` (stderr): by `rich` on a terminal where that is installed, else as text."""
    file = sys.stderr if file is None else file
    if file.isatty():
        try:
            rich = [importlib.import_module(f"rich.{part}") for part in ("console", "table", "text")]
        except ImportError:
            pass
        else:
            Console, RichTable, Text = rich[0].Console, rich[1].Table, rich[2].Text
            console = Console(file=file)
            console.print(f"{title}: {heading(profile)}", markup=False, highlight=False)
            for headings, lines in (by_op(profile, rows), by_line(profile, rows)):
                table = RichTable()
                for one in headings:
                    table.add_column(
                        one.strip(), justify="right" if one[0] == " " else "left", overflow="fold"
                    )
                for line in lines:
                    table.add_row(*[Text(one) for one in line])
                console.print(table)
            return
    print(f"{title}: {plain(profile, rows)}", end="", file=file)


def _aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    right = [one[0] == " " for one in headings]
    lines = [[one.strip() for one in headings], *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    return "\n".join(
        "  ".join(
            one.rjust(width) if to_right else one.ljust(width)
            for one, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"


def _us(seconds: float, calls: int) -> str:
    return f"{seconds * 1e6 / calls:.1f}"


def _share(seconds: float, whole: float) -> str:
    return f"{100 * seconds / whole:.1f}" if whole else "-"
