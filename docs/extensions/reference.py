"""A Sphinx extension that writes the API reference from docstrings: a page for each namespace, in `docs/reference/`.

Every covered name of TensorFlow's (tfcompat_tape/facts/coverage.json), and every name of the package's own namespaces,
has an entry under the name that its users write. What has several names is described under one of them, and the others
refer to it. The command line's page is what `--help` prints.
"""

from __future__ import annotations

import argparse
import builtins
import enum
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from reference_names import OWN, SOURCE, Entry, described, public_names, space_of
from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.util import logging

import tfcompat_tape as tf

# Names that are modules of the package, for the text at the top of a page. Others are found by their name.
PLACES = {"tf": "tfcompat_tape"}
HOMES = ("tensorflow", "tfcompat_tape")  # what __module__ of the package's classes begins with
OPTIONS = Config(napoleon_use_param=False, napoleon_use_rtype=False)
LOG = logging.getLogger(__name__)
LITERAL = re.compile(r"``(?P<two>.+?)``|`(?P<one>[^`]+)`", re.DOTALL)
TENSORFLOWS_PAGE = "https://www.tensorflow.org/api_docs/python/"


class Page:
    """What stands in one file."""

    def __init__(self, title: str) -> None:
        self.lines = [title, "=" * len(title), ""]

    def add(self, text: str = "", indent: int = 0) -> None:
        """Add lines; a text that ends with a line break has an empty line after it."""
        lines = text.split("\n")
        self.lines += [" " * indent + line if line else "" for line in lines]

    def text(self) -> str:
        return "\n".join(self.lines).rstrip() + "\n"


class Texts:
    """Docstrings as reStructuredText: names in backticks become links where they are described."""

    def __init__(self, homes: dict[str, str]) -> None:
        self.homes = homes

    def literal(self, found: re.Match[str]) -> str:
        word = " ".join((found["two"] or found["one"]).split())
        name = word.removesuffix("()")
        for known in (name, f"tf.{name}" if "." in name else name):
            if known in self.homes:
                return f":py:obj:`{word} <{known}>`"
        return f"``{word}``" if word.strip() == word and word else f"``{word.strip() or '`'}``"

    def prose(self, text: str) -> str:
        """A paragraph with its literals, and all else that means something to docutils escaped."""
        parts, end = [], 0
        for found in LITERAL.finditer(text):
            parts += [escaped(text[end : found.start()])]
            literal = self.literal(found)
            parts += ["" if not parts[-1] or parts[-1][-1] in " \n([{'\"-/<" else "\\ ", literal]
            end = found.end()
            parts += ["" if not text[end : end + 1] or text[end] in " \n.,:;!?)]}'\"-/>" else "\\ "]
        return "".join([*parts, escaped(text[end:])])

    def marked(self, text: str) -> str:
        """A docstring, with examples and indented code as they are."""
        blocks = re.split(r"(\n[ ]*\n)", text)
        code = re.compile(r"[ ]*>>> ")
        after_code = False
        for place, block in enumerate(blocks[::2]):
            indented = block.startswith("    ") and all(
                line.startswith("    ") for line in block.splitlines()
            )
            after_code = indented and (after_code or not blocks[max(2 * place - 2, 0)].rstrip().endswith(":"))
            if code.match(block) or (indented and place and not SECTION.match(blocks[2 * place - 2])):
                continue
            head, found, rest = split_example(block)
            blocks[2 * place] = self.prose(head) + found + rest
        return "".join(blocks)

    def of(self, value: Any) -> str:
        """The docstring of a function, class or module."""
        text = inspect.getdoc(value) or ""
        found = (
            str(GoogleDocstring(self.marked(SOURCE.sub(r"Source: @@\1@@", text)), OPTIONS)) if text else ""
        )
        return re.sub(r"@@(.+?)@@", source_link, found)


def source_link(found: re.Match[str]) -> str:
    """A link into TensorFlow's own documentation."""
    name = found[1].replace("\\", "")
    return f"`{name} <{TENSORFLOWS_PAGE}{name.replace('.', '/')}>`__"


HEADS = "Args|Arguments|Returns|Raises|Yields|Attributes|Note|Notes|Example|Examples"
SECTION = re.compile(rf".*^({HEADS}):$", re.DOTALL | re.MULTILINE)


def split_example(block: str) -> tuple[str, str, str]:
    """A paragraph up to the example that begins in it; an empty line; the example."""
    found = re.search(r"^[ ]*>>> ", block, re.MULTILINE)
    return (block, "", "") if found is None else (block[: found.start()], "\n", block[found.start() :])


def escaped(text: str) -> str:
    """Text without anything that docutils would take for markup."""
    text = re.sub(r"([*|\\])", r"\\\1", text)
    return re.sub(r"(?<=\w)_(?=\W|$)", r"\\_", text)


def signature(value: Any) -> str:
    """The parameters with their defaults, without annotations."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return "()" if callable(value) else ""
    parameters = [
        parameter.replace(annotation=parameter.empty, default=default(parameter.default))
        for parameter in found.parameters.values()
        if parameter.name not in ("self", "cls") or parameter.kind is parameter.KEYWORD_ONLY
    ]
    return str(found.replace(parameters=parameters, return_annotation=found.empty))


class Shown:
    """A default, by what is shown of it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def default(value: Any) -> Any:
    """A default whose repr can be read."""
    simple = (str, int, float, builtins.tuple, type(None))
    if value is inspect.Parameter.empty or (isinstance(value, simple) and not isinstance(value, enum.Enum)):
        return value
    text = repr(value)
    return Shown("..." if "<" in text or len(text) > 40 or "\n" in text else text)


def members(kind: type, known: set[int]) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that a class has from classes of the package that are not described elsewhere."""
    seen = set()
    for base in kind.__mro__:
        if base is not kind and (id(base) in known or not base.__module__.startswith(HOMES)):
            continue
        for name, value in vars(base).items():
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                yield name, value


def bases_of(kind: type, names: dict[int, str]) -> list[str]:
    """The described classes from which a class has more methods."""
    return [names[id(base)] for base in kind.__mro__[1:] if id(base) in names]


def describe(page: Page, name: str, value: Any, texts: Texts, names: dict[int, str]) -> None:
    """One entry, in full."""
    if isinstance(value, type):
        role = "exception" if issubclass(value, BaseException) else "class"
        bare = role == "exception" or issubclass(value, enum.Enum)
        page.add(f".. py:{role}:: {name}{'' if bare else signature(value)}\n")
        page.add(texts.of(value) if value.__doc__ else "", 3)
        page.add()
        if bases := bases_of(value, names):
            page.add("Also a " + ", ".join(f":py:obj:`{base}`" for base in bases[:3]) + ".\n", 3)
        if issubclass(value, enum.Enum):
            page.add("Members: " + ", ".join(f"``{member}``" for member in value.__members__) + ".\n", 3)
        else:
            describe_members(page, value, texts, names)
    elif callable(value) and not isinstance(value, tf.DType):
        page.add(f".. py:function:: {name}{signature(value)}\n")
        page.add(texts.of(value) if value.__doc__ else "", 3)
    else:
        page.add(f".. py:data:: {name}\n")
        shown = repr(value)
        plain_text = len(shown) < 80 and "\n" not in shown and "<" not in shown
        page.add(f"``{shown}``" if plain_text else f"A ``{type(value).__name__}``.", 3)
    page.add()


def describe_members(page: Page, kind: type, texts: Texts, names: dict[int, str]) -> None:
    """The methods and properties of a class."""
    bare = []
    for member, value in members(kind, set(names)):
        inner = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        text = texts.of(getattr(kind, member, None) if callable(inner) else inner)
        if isinstance(inner, property) or not callable(inner):
            if isinstance(inner, property) and text:
                page.add(f".. py:property:: {member}\n", 3)
            else:
                bare.append(member)
                continue
        elif text and not isinstance(inner, type):
            page.add(f".. py:method:: {member}{signature(getattr(kind, member))}\n", 3)
            if inner is not value:
                page.lines.insert(-1, f"      :{type(value).__name__}:")
        else:
            bare.append(member)
            continue
        page.add(text, 6)
        page.add()
    if bare:
        page.add("Also: " + ", ".join(f"``{member}``" for member in sorted(bare)) + ".\n", 3)


def refer(page: Page, name: str, value: Any, home: str) -> None:
    """One entry that refers to where it is described."""
    if isinstance(value, type):
        page.add(f".. py:class:: {name}\n")
    else:
        page.add(f".. py:function:: {name}{signature(value)}\n")
    page.add(f"The same as :py:obj:`{home}`.", 3)
    page.add()


@cache
def module_of(space: str) -> ModuleType | None:
    """The module that a namespace is."""
    for place in (PLACES.get(space), OWN.get(space), "tfcompat_tape" + space.removeprefix("tf")):
        if place:
            try:
                return import_module(place)
            except ImportError:
                continue
    return None


def make_pages() -> dict[str, str]:
    """{name of the file: its text}."""
    entries = list({entry.name: entry for entry in public_names()}.values())
    homes = described(entries)
    texts = Texts(homes)
    names = {id(value): homes[name] for name, value in entries if isinstance(value, type)}
    spaces: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        spaces[space_of(entry.name)].append(entry)
    pages, rows = {}, []
    for space, found in spaces.items():
        page = Page(space)
        page.add(f".. py:module:: {space}\n\n.. py:currentmodule:: None\n")
        module = module_of(space)
        text = texts.of(module) if module is not None else ""
        page.add(text)
        page.add()
        found.sort(key=lambda entry: (homes[entry.name] != entry.name, entry.name.lower()))
        for name, value in found:
            if homes[name] == name:
                describe(page, name, value, texts, names)
            else:
                refer(page, name, value, homes[name])
        pages[f"{space}.rst"] = page.text()
        rows.append((space, len(found), text.partition("\n")[0]))
    pages["tfcompat.rst"] = command_line()
    pages["index.rst"] = index(rows)
    return pages


def index(rows: list[tuple[str, int, str]]) -> str:
    """The page that lists the others."""
    page = Page("API reference")
    page.add(INTRODUCTION)
    ours = {space for space, _, _ in rows if space in OWN}
    for title, chosen in (("TensorFlow's namespaces", False), ("This package's own", True)):
        page.add(f"\n{title}\n{'-' * len(title)}\n")
        page.add(".. list-table::\n   :widths: 30 10 60\n\n")
        for space, count, text in sorted(rows, key=lambda row: row[0]):
            if (space in ours) is chosen:
                page.add(f"   * - :doc:`{space}`\n     - {count}\n     - {text}")
        if chosen:
            page.add("   * - :doc:`tfcompat`\n     -\n     - The command line.")
    page.add("\n.. toctree::\n   :hidden:\n")
    for space in sorted(space for space, _, _ in rows):
        page.add(f"   {space}")
    page.add("   tfcompat")
    return page.text()


INTRODUCTION = """\
Written from the docstrings, whose examples are tests. The search at the top left finds every name; it works without a
network, too.

What has several names, as in TensorFlow ``tf.matmul`` and ``tf.linalg.matmul``, is described under one of them, and the
others refer to it. Not here: ``tf.keras``, which is the published Keras (see :doc:`/keras`); ``tf.raw_ops``, whose
functions have the inputs and attributes of TensorFlow's op types as keyword arguments, and ``tf.compat.v1``, both in
the table of :doc:`/coverage`.
"""


def command_line() -> str:
    """What `--help` of each command prints."""
    from tfcompat_tape.porting.cli import make_parser

    page = Page("The command line")
    page.add("``tfcompat`` is installed with the package; ``python -m tfcompat_tape`` is the same.\n")
    for parser in parsers(make_parser()):
        page.add(f"{parser.prog}\n{'-' * len(parser.prog)}\n")
        parser.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=90)
        page.add(".. code-block:: text\n")
        page.add(parser.format_help(), 3)
        page.add()
    return page.text()


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser, and those of its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in dict.fromkeys(action.choices.values()):
                yield from parsers(command)


def check(app: Any, environment: Any) -> None:
    """Warn of covered names that have no entry, which makes a strict build fail."""
    told = {name for name, *_ in environment.domains["py"].get_objects()}
    for name in sorted({entry.name for entry in public_names()} - told):
        LOG.warning("%s has no entry in the reference", name)


def write(app: Any) -> None:
    """Write the pages that are not there as they shall be, and take away others."""
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    pages = make_pages()
    for path in folder.iterdir():
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", write)
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True}
