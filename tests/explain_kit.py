"""Programs of people's kind, and what `tape.explain` must say of each: the reason, the line, and nothing else.

A program ends in `return ask(tape, target, source)`; the line where the way breaks ends in `# here`. The table of a
file is its decorators:

    program = Programs()

    @program(Reason.STOP_GRADIENT, "lets no gradient through")
    def detached():
        v = tf.Variable(3.0)
        with Tape() as tape:
            y = tf.stop_gradient(v) * 2.0  # here
        return ask(tape, y, v)

    test_reason = program.test()

A line outside of the program ends in `# here: detached`. Without either the report names no line. `also`: reasons of
further breaks that it must name; there may be no others.
"""

from __future__ import annotations

import functools
import inspect
from pathlib import Path

import pytest

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

Tape = functools.partial(tf.GradientTape, explain=True)


def ask(tape, *_asked):
    """What explain says before the gradient is taken and afterwards, and the gradient, or what it raises."""
    before = tape.explain(*_asked) if tape._record is not None else None
    try:
        gradient = tape.gradient(*_asked)
    except LookupError as error:
        gradient = error.with_traceback(None)  # which would keep the tape
    return before, gradient, tape.explain(*_asked)


class Programs:
    """The programs of a file."""

    def __init__(self):
        self.all = []

    def __call__(self, reason, *words, certain=True, also=(), absent=()):
        """A program whose gradient is None for `reason`; or exists, where that is None. `words` stand in the report."""

        def add(f):
            self.all.append(pytest.param(f, reason, words, certain, also, absent, id=f.__name__))
            return f

        return add

    def zero(self, *ops, words=()):
        """A program whose gradient is zero everywhere, because of these ops."""

        def add(f):
            self.all.append(pytest.param(f, "zero", words, ops, (), (), id=f.__name__))
            return f

        return add

    def test(self):
        @pytest.mark.parametrize(("f", "reason", "words", "certain", "also", "absent"), self.all)
        def test_program(f, reason, words, certain, also, absent, monkeypatch):
            monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)
            before, gradient, after = f()
            for report in (before, after):
                if report is None:
                    continue
                (found,) = report
                text = str(report)
                if reason == "zero":
                    _check_zero(f, found, gradient, certain, text)
                elif reason is None:
                    assert gradient is not None and found.connected and not found.breaks, text
                    assert not found.zeros, text
                else:
                    _check_none(f, found, gradient, reason, certain, also, text)
                for word in words:
                    assert word in text, text
                for word in absent:
                    assert word not in text, text

        return test_program


def _check_none(f, found, gradient, reason, certain, also, text):
    assert gradient is None or isinstance(gradient, LookupError)
    assert found.connected is False, text
    if reason == "unknown":
        assert found.reason is None and {one.reason for one in found.breaks} == set(), text
        assert Reason.INDEPENDENT in found.possible
        return
    assert (found.reason, found.certain) == (reason, certain), text
    assert {one.reason for one in found.breaks} == {reason, *also}, text
    mark = _line(f)
    if mark is None:
        assert found.where is None, text
    else:
        assert found.where is not None, text
        assert (Path(found.where.file), found.where.line) == (Path(inspect.getfile(f)), mark), text


def _check_zero(f, found, gradient, ops, text):
    assert found.connected and found.reason is None, text
    assert not tf.convert_to_tensor(gradient).numpy().any()
    assert {zero.op for zero in found.zeros} == set(ops), text
    mark = _line(f)
    assert mark is None or mark in {zero.place.line for zero in found.zeros}, text
    assert "zero everywhere" in text


def _line(f):
    lines, first = inspect.getsourcelines(f)
    found = [first + i for i, line in enumerate(lines) if line.rstrip().endswith("# here")]
    file = Path(inspect.getfile(f)).read_text(encoding="utf-8").splitlines()
    found += [i for i, line in enumerate(file, 1) if line.endswith(f"# here: {f.__name__}")]
    assert len(found) <= 1
    return found[0] if found else None
