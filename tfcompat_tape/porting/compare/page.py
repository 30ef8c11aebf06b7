"""The report as one HTML page that needs nothing else: the curve of difference, the list, the table of gradients."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator

from tfcompat_tape.porting.compare import drawing, listing, output
from tfcompat_tape.porting.compare.align import Comparison, Row
from tfcompat_tape.porting.compare.closeness import Tolerance
from tfcompat_tape.porting.compare.stages import Report

_MOST_ROWS = 500
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #202020;
  background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
pre { background: #f6f6f6; padding: .8rem; overflow-x: auto; font-size: 13px; }
table { border-collapse: collapse; font-size: 13px; } td, th { padding: .2rem .7rem; text-align: left;
  border-bottom: 1px solid #ddd; vertical-align: top; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
tr.bad td { background: #fbe3e1; } .good { color: #1c7c3c; } .bad { color: #b3362b; }
svg { max-width: 100%; height: auto; }
"""


def as_html(report: Report, tolerance: Tolerance) -> str:
    """The whole page."""
    return "\n".join(_page(report, tolerance)) + "\n"


def _page(report: Report, tolerance: Tolerance) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f"<title>{html.escape(output.title(report))}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{html.escape(output.title(report))}</h1>"
    yield f"<p>Tolerance: {html.escape(str(tolerance))}.</p><ul>"
    for found in report.comparisons:
        how = "good" if found.same else "bad"
        verdict = "the same" if found.same else output.told(found)
        text = html.escape(f"{output.way(found)}: {output.compared(found)}")
        yield f'<li>{text}: <b class="{how}">{html.escape(verdict)}</b></li>'
    yield "</ul>"
    for one in [*report.troubles, *report.notes]:
        yield f"<p>{html.escape(one)}</p>"
    different = report.different
    if different is not None:
        yield "<h2>The first difference</h2>"
        yield f"<pre>{html.escape(chr(10).join(output.difference(report, different)))}</pre>"
    if report.culprit is not None and report.detail is not None:
        yield "<h2>The op that it comes from</h2>"
        yield f"<pre>{html.escape(chr(10).join(output.of_culprit(report, report.culprit, report.detail)))}</pre>"
        yield drawing.as_svg(listing.around(report.detail.ours, report.culprit.op))
    for found in report.comparisons:
        yield f"<h2>The difference over the run, {output.way(found)}</h2>"
        yield curve(found)
    for found in report.comparisons:
        rows = [row for row in found.rows if row.kind == "gradient"]
        if rows:
            yield f"<h2>Gradients, {output.way(found)}</h2>"
            yield from _table(rows)
    yield "</body></html>"


def _table(rows: list[Row]) -> Iterator[str]:
    yield "<table><tr><th>event</th><th>line</th><th>gradient</th><th>TensorFlow</th><th>tfcompat_tape</th>"
    yield "<th>relative difference</th></tr>"
    chosen = rows
    if len(rows) > _MOST_ROWS:  # those that differ, and the first ones
        chosen = [row for i, row in enumerate(rows) if i < _MOST_ROWS or not row.verdict.same][
            : 2 * _MOST_ROWS
        ]
    for row in chosen:
        one, other = output.shown(row)
        cells = [html.escape(text) for text in (row.at, output.name_of(row), one, other)]
        how = "" if row.verdict.same else ' class="bad"'
        far = "" if math.isinf(row.verdict.relative) else f"{row.verdict.relative:.1e}"
        far = far if row.verdict.same else f"{far} {html.escape(row.verdict.why)}"
        yield f'<tr{how}><td class="n">{row.event}</td>'
        yield "".join(f"<td>{cell}</td>" for cell in cells) + f'<td class="n">{far}</td></tr>'
    yield "</table>"
    if len(chosen) < len(rows):
        yield f"<p>{len(rows) - len(chosen)} more that are the same are not shown.</p>"


# -- The curve ---------------------------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 860, 260, 64, 34
_LOWEST = -17
_COLOURS = {"gradient": "#3f7fbf", "assign": "#c98a1b", "call": "#c98a1b", "save": "#7d6cc0"}


def curve(found: Comparison) -> str:
    """The relative difference of each value by its event, on a logarithmic scale; what differs is red."""
    if not found.rows:
        return "<p>Nothing was compared.</p>"
    last = max(row.event for row in found.rows) or 1
    logs = [_log(row.verdict.relative) for row in found.rows]
    top = max(0, math.ceil(max(logs)))

    def x(event: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - 14) * event / last

    def y(log: float) -> float:
        return 10 + (_HEIGHT - _BOTTOM - 10) * (top - log) / (top - _LOWEST)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        'font-family="sans-serif" font-size="11" role="img"><title>Relative difference by event</title>'
    ]
    for power in range(_LOWEST + 1, top + 1, 4):
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 14}" y1="{y(power):.1f}" y2="{y(power):.1f}" stroke="#e4e4e4"/>'
            f'<text x="{_LEFT - 8}" y="{y(power) + 4:.1f}" text-anchor="end" fill="#606060">1e{power}</text>'
        )
    parts.append(
        f'<text x="{_LEFT - 8}" y="{y(_LOWEST) + 4:.1f}" text-anchor="end" fill="#606060">0</text>'
        f'<text x="{_LEFT}" y="{_HEIGHT - 8}" fill="#606060">event 0</text>'
        f'<text x="{_WIDTH - 14}" y="{_HEIGHT - 8}" text-anchor="end" fill="#606060">event {last}</text>'
    )
    worst: dict[tuple[int, str, bool], float] = {}
    for row, log in zip(found.rows, logs, strict=True):
        key = (round(x(row.event) * 2), _COLOURS.get(row.kind, "#8a8a8a"), row.verdict.same)
        worst[key] = max(log, worst.get(key, _LOWEST))
    for (place, colour, same), log in worst.items():
        shown = colour if same else "#c0504d"
        parts.append(
            f'<circle cx="{place / 2:.1f}" cy="{y(log):.1f}" r="{2 if same else 3.5}" fill="{shown}"/>'
        )
    parts.append("</svg>")
    legend = "Blue: gradients; orange: Variables; violet: files; grey: what is printed; red: what differs."
    return "".join(parts) + f"<p>{legend}</p>"


def _log(relative: float) -> float:
    if math.isinf(relative):
        return 1.0
    return max(float(_LOWEST), math.log10(relative)) if relative > 0 else float(_LOWEST)
