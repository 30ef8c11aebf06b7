"""One file, or many: read, and every use and trap in it told as findings."""

from __future__ import annotations

import ast
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from tfcompat_tape.coverage.names import tensorflow_names
from tfcompat_tape.porting.check.findings import Finding, Report
from tfcompat_tape.porting.check.sources import Piece, UnreadableError, read
from tfcompat_tape.porting.check.traps import MATTERS, Traps
from tfcompat_tape.porting.check.uses import Reader, Use
from tfcompat_tape.porting.check.verdicts import NeedsPackageError, judge, unknown_argument

_MANY = 200


def examine(paths: Iterable[str], progress: Callable[[int, str], None] | None = None) -> Report:
    """Return what is found in the scripts and notebooks at `paths`.

    Args:
      progress: called with the number of files done, and the next.
    """
    report = Report()
    files = list(paths)
    with _pool(len(files)) as pool:
        reports = map(examine_file, files) if pool is None else pool.map(examine_file, files, chunksize=8)
        for i, path in enumerate(files):
            if progress is not None:
                progress(i, path)
            report.add(next(reports))
    return report


@contextmanager
def _pool(files: int) -> Iterator[ProcessPoolExecutor | None]:
    """Processes for many files, where a process can be forked: one that starts anew would have to load torch again."""
    workers = min(os.cpu_count() or 1, 8)
    if files < _MANY or workers == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield None
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("fork"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def examine_file(path: str) -> Report:
    """Return what is found in one script or notebook; a file that cannot be read is a finding of its own.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "train.py")
    >>> _ = file.write_text("import tensorflow as tf\\nprint(tf.log(2.0))\\n")
    >>> for found in examine_file(str(file)).findings:
    ...     print(found.line, found.kind, found.symbol, found.instead)
    2 not-in-tensorflow tf.log tf.math.log
    """
    report = Report(files=1)
    try:
        pieces = read(path)
    except UnreadableError as error:
        report.findings.append(Finding(path, error.line, 1, "unreadable", str(error)))
        return report
    reader = Reader(_public)
    traps = Traps(reader.symbols)
    try:
        for piece in pieces:
            _examine_piece(path, piece, reader, traps, report)
    except RecursionError:
        report.findings.append(Finding(path, 1, 1, "unreadable", "its expressions are nested too deeply"))
    report.speaking = int(bool(report.used))
    return report


def _examine_piece(path: str, piece: Piece, reader: Reader, traps: Traps, report: Report) -> None:
    before, known = len(reader.uses), len(traps.found)
    reader.read(piece.tree)
    if piece.cell is not None or not MATTERS.isdisjoint(reader.symbols.values()):
        traps.read(piece.tree)
    found = [one for use in reader.uses[before:] for one in _judged(path, piece, use, report)]
    for kind, node, message, instead in traps.found[known:]:
        found.append(_finding(path, piece, node, kind, message, None, instead))
    report.findings += sorted(found, key=lambda one: (one.line, one.column))


def _judged(path: str, piece: Piece, use: Use, report: Report) -> list[Finding]:
    report.used[use.symbol] += 1
    try:
        verdict = judge(use.symbol)
    except NeedsPackageError as error:
        return [_finding(path, piece, use.node, "missing", f"{use.symbol}: {error}", use.symbol, None)]
    found = []
    if verdict.kind in ("covered", "different"):
        report.covered[use.symbol] += 1
        found += _arguments(path, piece, use)
    if verdict.kind != "covered":
        kind = "guarded" if use.guarded and verdict.kind != "different" else verdict.kind
        found.append(_finding(path, piece, use.node, kind, verdict.message, use.symbol, verdict.instead))
    return found


def _arguments(path: str, piece: Piece, use: Use) -> list[Finding]:
    keywords = [word.arg for word in use.call.keywords if word.arg] if use.call is not None else []
    told = unknown_argument(use.symbol, keywords) if keywords else None
    return [] if told is None else [_finding(path, piece, use.node, "argument", told[0], use.symbol, told[1])]


def _finding(
    path: str, piece: Piece, node: ast.AST, kind: str, message: str, symbol: str | None, instead: str | None
) -> Finding:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    same = getattr(node, "end_lineno", line) == line
    end = getattr(node, "end_col_offset", column) + 1 if same else None
    return Finding(path, line, column, kind, message, symbol, instead, piece.cell, end)


def _public(namespace: str) -> Sequence[str]:
    return sorted(tensorflow_names().get(namespace, ()))
