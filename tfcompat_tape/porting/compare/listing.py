"""What lies around an op on the list of a run, a line for each op, as `tape.listing()` writes it."""

from __future__ import annotations

from dataclasses import dataclass

from tfcompat_tape.porting.compare.recording import Op, Run, Value

_BEFORE, _AFTER = 6, 3


@dataclass(frozen=True)
class Line:
    """An op on the list.

    Attributes:
      parents: numbers of the ops that its inputs came from.
      marked: whether it is the one in question.
    """

    number: int
    text: str
    shape: str
    at: str
    parents: tuple[int, ...]
    marked: bool


def around(run: Run, op: Op) -> list[Line]:
    """The op, the ops that its inputs came from, and what comes next to it."""
    place = next(i for i, one in enumerate(run.ops) if one is op)
    near = set(range(max(0, place - _BEFORE), min(len(run.ops), place + _AFTER + 1)))
    numbers = {one.number: i for i, one in enumerate(run.ops)}
    near |= {numbers[one[0]] for one in op.inputs if isinstance(one, tuple) and one[0] in numbers}
    return [_line(run.ops[i], run.ops[i] is op) for i in sorted(near)]


def _line(op: Op, marked: bool) -> Line:
    given = ", ".join(_input(one) for one in op.inputs)
    first = op.outputs[0] if op.outputs else None
    shape = "" if first is None else f"{first.shape}  {first.dtype}"
    parents = tuple(dict.fromkeys(one[0] for one in op.inputs if isinstance(one, tuple)))
    return Line(op.number, f"v{op.number} = {op.kind}({given})", shape, op.at, parents, marked)


def _input(one: tuple[int, int] | Value | None) -> str:
    if isinstance(one, tuple):
        return f"v{one[0]}" + (f"[{one[1]}]" if one[1] else "")
    if one is None:
        return "..."
    return str(one) if not one.shape else f"<{one.dtype} {one.shape}>"


def as_text(lines: list[Line]) -> list[str]:
    """The lines in columns, the one in question with an arrow."""
    wide = max(len(line.text) for line in lines)
    tall = max(len(line.shape) for line in lines)
    return [
        f"{'->' if line.marked else '  '} {line.text:<{wide}}  {line.shape:<{tall}}  {line.at}".rstrip()
        for line in lines
    ]
