"""A whole script: rewritten, or kept with TensorFlow's names where something in it has no counterpart."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from tfcompat_tape.porting.convert import expressions, helpers, statements
from tfcompat_tape.porting.convert.context import Context
from tfcompat_tape.porting.convert.observe import Facts
from tfcompat_tape.porting.convert.source import Source

_STANDARD = ("contextlib", "sys")
_GRAD_OFF = "torch.set_grad_enabled(False)  # as in TensorFlow, nothing is recorded outside of tapes"


@dataclass
class Converted:
    """What a script became.

    Attributes:
      text: the new script.
      stays: lines, with what on them keeps the whole script as it is; none if it was rewritten.
      left: names of TensorFlow's that are called on torch's tensors, and how often each.
      unseen: lines that did not run, and are as they were.
      drawn: lines of a `tf.function` that draw random numbers. Outside of one there are others.
    """

    text: str
    stays: list[tuple[int, str]] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    unseen: list[int] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """`"kept"`, `"partly"` or `"fully"`."""
        return "kept" if self.stays else "partly" if self.left or self.unseen else "fully"


def convert(source: Source, facts: Facts, compile_functions: bool = False) -> Converted:
    """Rewrite a script by what was seen of it when it ran."""
    c = Context(source, facts, compile_functions)
    expressions.register(c)
    statements.register(c)
    body = c.text(source.tree)
    c.stays += _own_names(c)
    if c.stays:
        stays = sorted(set(c.stays))
        return Converted(kept(source, stays), stays)
    unseen = sorted(source.line(one) for one in c.unseen)
    return Converted(_with_imports(c, body), [], c.left, unseen, sorted(c.drawn))


def _own_names(c: Context) -> list[tuple[int, str]]:
    """Names of the script's own that the new one needs for itself."""
    needed = {"torch", *c.helpers, *[one for one in c.modules if one != "tf"]}
    found = []
    for node in ast.walk(c.source.tree):
        name = None
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            name = node.id
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = node.name
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                if bound in needed and not (
                    isinstance(node, ast.Import) and alias.name.partition(".")[0] == bound
                ):
                    found.append((c.source.line(node), f"the script has a name {bound!r} of its own"))
        if name in needed:
            line = getattr(node, "lineno", 1)
            found.append((line, f"the script has a name {name!r} of its own"))
    return found


def _with_imports(c: Context, body: str) -> str:
    lines = [f"import {name}" for name in _STANDARD if name in c.modules]
    lines.append("import torch")
    if "tf" in c.modules:
        lines += _ours(c)
    if "to_torch" in c.modules:
        lines.append("from tfcompat_tape.interop import to_torch")
    first, *others = body.split(statements.IMPORTS)
    ending = "".join([*others[:1], *[re.sub(r"\A[ \t]*\n", "", one, count=1) for one in others[1:]]])
    below = []
    if c.has_tape:
        below.append(_GRAD_OFF)
    sources = helpers.sources()
    names = helpers.with_needed(list(c.helpers))
    head = first + "\n".join(lines)
    text = head + ending
    if not below and not names:
        return text
    at = _end_of_imports(text, head.count("\n") + 1)
    extra = "".join(f"\n{one}\n" for one in below)
    if names:
        extra += "\n\n# What torch has no single name for, as TensorFlow does it.\n"
        extra += "".join(f"\n\n{sources[name]}" for name in names) + "\n"
    return text[:at] + extra + text[at:]


def _end_of_imports(text: str, last: int) -> int:
    """Behind the import on line `last`, and those that follow it at once."""
    for node in ast.parse(text).body:
        guarded = isinstance(node, ast.Try) and any(
            isinstance(one, (ast.Import, ast.ImportFrom)) for one in node.body
        )
        if node.lineno <= last:
            continue
        if not (isinstance(node, (ast.Import, ast.ImportFrom)) or guarded):
            break
        last = node.end_lineno or last
    return sum(len(line) for line in text.splitlines(keepends=True)[:last])


def _ours(c: Context) -> list[str]:
    """TensorFlow's imports, of this package."""
    return imports_of_ours(c.source)


def imports_of_ours(source: Source) -> list[str]:
    """What the script imports of TensorFlow, imported from this package."""
    lines = []
    for node in source.tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "tensorflow":
                    lines.append(f"import tfcompat_tape as {alias.asname or 'tensorflow'}")
                elif alias.name.startswith("tensorflow."):
                    lines += _installed(
                        f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                    )
        elif (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").partition(".")[0] == "tensorflow"
        ):
            names = ", ".join(map(ast.unparse, node.names))
            if node.module == "tensorflow":
                lines.append(f"from tfcompat_tape import {names}")
            else:
                lines += _installed(f"from {node.module} import {names}")
    return list(dict.fromkeys(lines))


def _installed(line: str) -> list[str]:
    return ["import tfcompat_tape", "tfcompat_tape.install()  # makes this package TensorFlow", line]


def kept(source: Source, stays: list[tuple[int, str]]) -> str:
    """The script with TensorFlow's names, on this package, and a comment that says why."""
    edits = []
    for node in ast.walk(source.tree):
        ours = None
        if isinstance(node, ast.Import) and any(
            one.name.partition(".")[0] == "tensorflow" for one in node.names
        ):
            others = [ast.unparse(one) for one in node.names if one.name.partition(".")[0] != "tensorflow"]
            ours = imports_of_ours(_only(node))
            ours = [f"import {', '.join(others)}", *ours] if others else ours
        elif isinstance(node, ast.ImportFrom) and not node.level:
            if (node.module or "").partition(".")[0] == "tensorflow":
                ours = imports_of_ours(_only(node))
        if ours:
            start, end = source.spans[node]
            indent = " " * (start - (source.text.rfind("\n", 0, start) + 1))
            edits.append((start, end, f"\n{indent}".join(ours)))
    pieces, at = [], 0
    for start, end, new in sorted(edits):
        pieces += [source.text[at:start], new]
        at = end
    text = "".join([*pieces, source.text[at:]])
    why = [f"#   {source.place(line)}: {what}\n" for line, what in stays[:8]]
    if len(stays) > 8:
        why.append(f"#   and {len(stays) - 8} more\n")
    what = "script" if source.notebook is None else "notebook"
    head = (
        f"# TensorFlow's names stay in this {what}, on torch by tfcompat_tape. What torch has not exactly:\n"
    )
    place = _behind_head(text)
    return text[:place] + head + "".join(why) + text[place:]


def _only(node: ast.stmt) -> Source:
    return Source(ast.unparse(node) + "\n")


def _behind_head(text: str) -> int:
    """Behind `#!` and the line that names the encoding."""
    place = 0
    for line in text.splitlines(keepends=True)[:2]:
        if line.startswith("#!") or re.match(r"[ \t\f]*#.*coding[:=]", line):
            place += len(line)
    return place
