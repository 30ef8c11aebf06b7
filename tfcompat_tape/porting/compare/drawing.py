"""The list around an op as a picture: a box for each op, one below the other, and arcs from where inputs came from."""

from __future__ import annotations

import html

from tfcompat_tape.porting.compare.listing import Line

_HIGH, _GAP, _LEFT = 26, 10, 120


def as_svg(lines: list[Line]) -> str:
    """The picture, as the element `svg` of a page."""
    wide = max(len(f"{line.text}  {line.shape}") for line in lines) * 7 + 24
    places = {line.number: i for i, line in enumerate(lines)}
    height = len(lines) * (_HIGH + _GAP) + _GAP
    width = _LEFT + wide + 16 + max(len(line.at) for line in lines) * 7 + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        'font-family="monospace" font-size="12" role="img"><title>The list around the op</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#8a8a8a"/></marker></defs>'
    ]
    for i, line in enumerate(lines):
        top = _GAP + i * (_HIGH + _GAP)
        fill, edge = ("#fbe3e1", "#c0504d") if line.marked else ("#f3f3f3", "#8a8a8a")
        parts.append(
            f'<rect x="{_LEFT}" y="{top}" width="{wide}" height="{_HIGH}" rx="5" fill="{fill}" stroke="{edge}"/>'
            f'<text x="{_LEFT + 10}" y="{top + 17}" fill="#202020">{html.escape(line.text)}'
            f'  <tspan fill="#808080">{html.escape(line.shape)}</tspan></text>'
            f'<text x="{_LEFT + wide + 12}" y="{top + 17}" fill="#606060">{html.escape(line.at)}</text>'
        )
        for parent in line.parents:
            parts.append(_arc(places.get(parent), i))
    return "".join(parts) + "</svg>"


def _arc(start: int | None, end: int) -> str:
    """From the box of a parent, or from above if that is not shown."""
    to = _GAP + end * (_HIGH + _GAP) + _HIGH / 2
    style = 'fill="none" stroke="#8a8a8a" marker-end="url(#tip)"'
    if start is None:
        return f'<path d="M {_LEFT - 26} {to - 8} L {_LEFT - 2} {to}" stroke-dasharray="3 3" {style}/>'
    frm = _GAP + start * (_HIGH + _GAP) + _HIGH / 2 + 4
    out = _LEFT - 12 - min(100, 11 * (end - start))
    return f'<path d="M {_LEFT} {frm} C {out} {frm} {out} {to} {_LEFT - 2} {to}" {style}/>'
