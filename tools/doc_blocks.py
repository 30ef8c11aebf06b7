"""Run the code blocks of the documentation that Sphinx does not run, and compare their output with the pages.

    python tools/doc_blocks.py                  every page
    python tools/doc_blocks.py docs/porting.md  some pages
    python tools/doc_blocks.py --list           which blocks are not run, and why

Sphinx runs blocks of kind `{doctest}`. Of the others a page is worked through in order, in a folder of its own with the
repository's examples in it. `python` blocks share a namespace, in which are `tf` and what `{doctest}` blocks defined.
Of a `console` block each line that begins with `$` is run by a shell; lines after it are what it prints, if any are
shown, with `...` for anything. A comment in the line before a block says what else it is:

    <!-- file: NAME -->       the block is written to NAME, before all else
    <!-- as: NAME -->         a python block whose lines are those of NAME, in tracebacks and listings
    <!-- prints -->           the block is what the last one printed
    <!-- is: NAME -->         the block is what stands in a file that a command wrote
    <!-- in: PATH -->         the block's paragraphs stand in that file of the repository
    <!-- status N -->         the commands end with N
    <!-- not run: WHY -->     the block is shown alone
    <!-- test: PATH::NAME --> that test runs it, or what it shows: the names of its code stand in the test's file
    <!-- from here ... -->    the last two, for all blocks to the end of the page that Sphinx does not run
"""

from __future__ import annotations

import argparse
import doctest
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "docs/*.md", "plugins/*/README.md"]
BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<kind>[\w{}]*)[^\n]*\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
WORDS = "file|as|prints|is|in|status|not run|test"
MARK = re.compile(rf"<!-- (?P<here>from here,? )?(?P<word>{WORDS}):? ?(?P<rest>.*?) -->\s*$")
FROM_HERE = re.compile(r"<!-- from here, (?P<word>not run|test): (?P<rest>.*?) -->")
SCRIPTS = re.compile(r"\bexamples/\w+\.py\b")
DIRECTIVES = ("{toctree}", "{include}")
SECONDS = 900  # for one command, which may share the machine with others

# The process that runs the python blocks of a page: code comes in, what it printed goes out.
WORKER = """
import contextlib, io, json, linecache, sys, traceback
import tfcompat_tape as tf
space = {"__name__": "__main__", "tf": tf}
for line in sys.stdin:
    name, code = json.loads(line)
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    said, failed = io.StringIO(), ""
    with contextlib.redirect_stdout(said):
        try:
            exec(compile(code, name, "exec"), space)
        except BaseException:
            failed = traceback.format_exc()
    print(json.dumps([said.getvalue(), failed]), flush=True)
"""


@dataclass
class Block:
    """A block of code: its page and line, its kind and text, and what the comment before it says."""

    page: Path
    line: int
    kind: str
    text: str
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """The blocks of a page."""
    text = page.read_text(encoding="utf-8")
    rest: dict[str, str] = {}
    end = 0
    for found in BLOCK.finditer(text):
        between, end = text[end : found.start()], found.end()
        for said in FROM_HERE.finditer(between):
            rest = {said["word"]: said["rest"]}
        marks = {}
        lines = between.rstrip().splitlines()
        while lines and (mark := MARK.match(lines[-1].strip())):
            if not mark["here"]:
                marks[mark["word"]] = mark["rest"]
            lines.pop()
        if found["kind"] not in DIRECTIVES:
            line = text.count("\n", 0, found.start()) + 1
            code = re.sub(rf"^{found[1]}", "", found["text"], flags=re.MULTILINE)
            applies = {} if found["kind"] == "{doctest}" else dict(rest)
            yield Block(page, line, found["kind"], code, marks or applies)


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, and what stands below each."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        while command.endswith("\\"):
            more, _, shown = shown.partition("\n")
            command = f"{command}\n{more}"
        yield command, shown


def fits(shown: str, printed: str) -> bool:
    """Say whether what was printed is what is shown, where `...` is for anything."""
    there = "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())
    return re.fullmatch(pattern_of(shown), there, re.DOTALL) is not None


def pattern_of(shown: str) -> str:
    """A regular expression of what is shown."""
    lines = [line.rstrip() for line in shown.strip("\n").splitlines()]
    return "\n".join(".*?".join(map(re.escape, line.split("..."))) for line in lines)


class Page:
    """The run of one page's blocks."""

    def __init__(self, page: Path, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.printed = ""
        self.faults: list[str] = []
        self.environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(page.parent)]),  # a plugin stands beside its page
            "MPLBACKEND": "agg",
            "COLUMNS": "80",
            "TFCOMPAT_PROGRESS": "0",
        }
        if page.parent.parent == ROOT / "plugins":
            brought = [path.parent.name for path in page.parent.glob("tfcompat_*/__init__.py")]
            self.environment["TFCOMPAT_PLUGINS"] = ",".join(brought)
        for path in ROOT.iterdir():
            if path.name in ("examples", "tests", "tools", "benchmarks", "plugins", "docs"):
                (folder / path.name).symlink_to(path)
        self.worker: subprocess.Popen[str] | None = None

    def fail(self, block: Block, what: str) -> None:
        self.faults.append(f"{block.place}: {what}")

    def run(self, block: Block) -> None:
        if "file" in block.marks:
            return
        if block.kind == "{doctest}":
            for example in doctest.DocTestParser().get_examples(block.text):
                self.ask(block.place, example.source)
        elif "is" in block.marks:
            self.printed = (self.folder / block.marks["is"]).read_text(encoding="utf-8")
            self.compare(block, block.marks["is"], block.text)
        elif "in" in block.marks:
            there = (ROOT / block.marks["in"]).read_text(encoding="utf-8")
            for piece in re.split(r"\n\n+", block.text.strip()):
                if not re.search(pattern_of(piece), there, re.DOTALL):
                    self.fail(block, f"this does not stand in {block.marks['in']}:\n{piece}")
        elif "prints" in block.marks:
            self.compare(block, "the block before", block.text)
        elif block.kind == "python":
            self.run_python(block)
        elif block.kind == "console":
            self.run_console(block)
        else:
            self.fail(
                block,
                f"a block of {block.kind or 'no kind'}: say what it is in a comment (tools/doc_blocks.py)",
            )

    def compare(self, block: Block, what: str, shown: str) -> None:
        if not fits(shown, self.printed):
            self.fail(block, f"{what} prints\n{self.printed}\nand the page shows\n{shown}")

    def run_python(self, block: Block) -> None:
        self.printed, failed = self.ask(block.marks.get("as", block.place), block.text)
        if failed:
            self.fail(block, failed)

    def ask(self, name: str, code: str) -> tuple[str, str]:
        """Run code in the page's namespace: what it printed, and its traceback."""
        if self.worker is None:
            self.worker = subprocess.Popen(
                [sys.executable, "-c", WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=self.folder,
                env=self.environment,
            )
        assert self.worker.stdin is not None and self.worker.stdout is not None
        print(json.dumps([name, code]), file=self.worker.stdin, flush=True)
        answer = self.worker.stdout.readline()
        printed, failed = json.loads(answer) if answer else ("", "the process ended")
        return printed, failed

    def run_console(self, block: Block) -> None:
        wanted = int(block.marks.get("status", 0))
        for command, shown in commands_of(block.text):
            try:
                done = subprocess.run(
                    ["bash", "-c", command],
                    cwd=self.folder,
                    env=self.environment,
                    capture_output=True,
                    text=True,
                    timeout=SECONDS,
                )
            except subprocess.TimeoutExpired:
                self.fail(block, f"{command} did not end within {SECONDS} s")
                continue
            self.printed = done.stdout + (done.stderr if wanted or not done.stdout else "")
            if done.returncode != wanted:
                self.fail(block, f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
            elif shown.strip():
                self.compare(block, command, shown)

    def end(self) -> None:
        if self.worker is not None:
            self.worker.communicate()


def make_programs(folder: Path) -> None:
    """Put `python` and `tfcompat` into a folder: those of this process's Python and this checkout."""
    for name, command in {"python": "", "tfcompat": "-m tfcompat_tape"}.items():
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n', encoding="utf-8")
        path.chmod(0o755)


def run_page(page: Path, programs: Path) -> tuple[list[str], int]:
    """Run a page's blocks: what is wrong with them, and how many ran."""
    chosen = [block for block in blocks_of(page) if not {"not run", "test"} & block.marks.keys()]
    own = [block for block in chosen if block.kind != "{doctest}"]
    with tempfile.TemporaryDirectory() as folder:
        run = Page(page, Path(folder), programs)
        for block in own:
            if "file" in block.marks:
                (Path(folder) / block.marks["file"]).write_text(block.text, encoding="utf-8")
        go_on = any(block.kind == "python" and not {"file", "is", "in"} & block.marks.keys() for block in own)
        for block in chosen if go_on else own:
            run.run(block)
        run.end()
    return run.faults, len(own)


def tell(pages: list[Path]) -> None:
    """Print the blocks that are not run here, and why."""
    for block in (block for page in pages for block in blocks_of(page)):
        if "not run" in block.marks:
            print(f"{block.place}: {block.kind}: {block.marks['not run']}")
        elif "test" in block.marks:
            print(f"{block.place}: {block.kind}: run by {block.marks['test']}")


def lost_tests(page: Path) -> list[str]:
    """Blocks whose test is not there, or knows nothing of what they show."""
    faults = []
    for block in (block for block in blocks_of(page) if "test" in block.marks):
        path, _, name = block.marks["test"].partition("::")
        if not (ROOT / path).exists():
            faults.append(f"{block.place}: there is no {path}")
            continue
        there = (ROOT / path).read_text(encoding="utf-8")
        if not re.search(rf"^ *def {name}\(", there, re.MULTILINE):
            faults.append(f"{block.place}: {path} has no test {name!r}")
        if block.kind == "python" and page.name not in there:  # a test that reads the page has all of it
            missing = [word for word in names_of(block.text) if not re.search(rf"\b{word}\b", there)]
            faults += [f"{block.place}: {path} has no {', '.join(missing)}"] if missing else []
        faults += [
            f"{block.place}: there is no {one}"
            for one in SCRIPTS.findall(block.text)
            if not (ROOT / one).exists()
        ]
    return faults


def names_of(code: str) -> list[str]:
    """The functions of `tf`'s that code calls, and its options."""
    calls = re.findall(r"\btf(?:\.\w+)*\.(\w+)\(", code)
    return sorted({*calls, *re.findall(r"\b(over|gather|format)=", code)})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="pages (default: all)")
    parser.add_argument("--list", action="store_true", help="tell which blocks are not run, and why")
    options = parser.parse_args()
    pages = [page.resolve() for page in options.pages] or sorted(
        path for pattern in PAGES for path in ROOT.glob(pattern)
    )
    if options.list:
        tell(pages)
        return 0
    ran, faults = 0, []
    with tempfile.TemporaryDirectory() as programs:
        make_programs(Path(programs))
        for page in pages:
            found, count = run_page(page, Path(programs))
            ran += count
            found += lost_tests(page)
            faults += found
            print(*found, sep="\n", end="\n" if found else "", flush=True)
    print(f"{ran} blocks of code ran, {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
