"""What the node of a loop runs: Python code that goes through the rounds, with the line of the body in each."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.utils import _pytree

from tfcompat_tape.core import reading
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.ops import seeds
from tfcompat_tape.tracing.line import FAILURES
from tfcompat_tape.tracing.nodes import Guard, Staged
from tfcompat_tape.tracing.rows import Rows
from tfcompat_tape.tracing.streams import taking
from tfcompat_tape.tracing.texts import zeros

if TYPE_CHECKING:
    from tfcompat_tape.tracing.call import Call
    from tfcompat_tape.tracing.line import Line
    from tfcompat_tape.tracing.loops import Loop

Raw = torch.Tensor


class Kept:
    """What rounds kept for the gradient: a list of values for each."""

    __slots__ = ("rounds",)

    def __init__(self, rounds: list[Any]) -> None:
        self.rounds = rounds


_pytree.register_pytree_node(Kept, lambda kept: (kept.rounds, None), lambda rounds, _: Kept(list(rounds)))


class Rounds(Staged):
    """The function of the node of `loop`.

    Its arguments are how many rounds there are at most (an integer, a raw tensor or `None`), the inputs of the loop,
    and the `Kept` of the loops before. It gives the state, `Rows` of what is collected, `Rows` of what the state was
    before each round, the number of rounds, and what was kept.

    Args:
      wanted: which of the results are; others are `None`, and not collected.
    """

    __slots__ = ("_anew", "_code", "_lines", "_loop", "_wanted", "effect")

    def __init__(self, loop: Loop, wanted: Sequence[bool] | None = None) -> None:
        self._loop = loop
        self._wanted = [True] * (2 * loop.states + loop.collected + 2) if wanted is None else list(wanted)
        self._code: Any = None
        self._lines: list[Line] = []
        parts = [
            loop.body,
            *[call for call, _ in loop.others],
            *([] if loop.test is None else [loop.test[0]]),
        ]
        nodes = [node for call in parts for node in call.trace.recorder.nodes[call.first : call.last]]
        stream = loop.stream
        self.effect = any(node.effect for node in nodes)
        # In a loop over a dataset random ops begin anew, as in TensorFlow.
        self._anew = self.effect and stream is not None and not stream.connected
        self.effect = self.effect or stream is not None
        if any(type(node) is Guard or (node.shapes and not node.static) for node in nodes):
            raise UntraceableError("a loop depends on values")

    def wanting(self, wanted: Sequence[bool]) -> Rounds:
        """The same, where only these results are wanted."""
        return self if list(wanted) == self._wanted else Rounds(self._loop, wanted)

    def decides(self, dims: Sequence[int | None]) -> bool:
        """Whether arguments with batch axes may make the number of rounds differ."""
        return dims[0] is not None or self._loop.test is not None or self.effect

    def __call__(self, *given: Any) -> list[Any]:
        if self._code is None:
            with (
                reading.outside()
            ):  # constants are folded; it may be that a function around this one is traced
                self._code = self._compiled()
        try:
            with seeds.of_iteration({}) if self._anew else contextlib.nullcontext():
                found: list[Any] = self._code(*given)
        except FAILURES as error:
            for line in self._lines:
                failure = line.failure(error)
                if failure is not error:
                    raise failure  # noqa: B904  # its cause is set
            raise
        return found

    def _compiled(self) -> Any:
        loop = self._loop
        states, collected = loop.states, loop.collected
        keeps = self._wanted[-1] and (loop.stream is None or loop.stream.connected)
        if keeps and loop.keep is None:
            loop.keep = drawn(loop.body)  # who asks for a gradient later computes the rest again
        keep = (loop.keep or []) if keeps else []
        known = [n for one in loop.known for n in one]
        body = loop.body.line(tuple(known), keep)
        self._lines = [body]
        names: dict[str, Any] = {
            "body": body.function,
            "rows": _rows,
            "torch": torch,
            "Rows": Rows,
            "Kept": Kept,
        }
        lists = [f"k{i}" for i in range(len(loop.known))]
        state, fixed = [f"s{i}" for i in range(states)], [f"f{i}" for i in range(loop.fixed)]
        rows = [f"r{i}" for i in range(loop.rows)]
        code = [f"def loop({', '.join(['count', *state, *rows, *fixed, *lists])}):"]

        def say(line: str, deep: int = 1) -> None:
            code.append("    " * deep + line)

        stream = loop.stream
        argument = {"state": "s{}", "row": "r{}[t]" if stream is None else "e{}", "fixed": "f{}"}
        given = [argument[kind].format(place) for kind, place in loop.slots]
        for i, one in enumerate(loop.known):
            given += [f"k{i}.rounds[t][{j}]" for j in range(len(one))]
        news = [f"n{i}" for i in range(states)]
        outs = [f"y{i}" for i in range(collected)]
        befores = [i for i in range(states) if self._wanted[states + collected + i]]
        gathered = [i for i in range(collected) if self._wanted[states + i]]
        if stream is None and (loop.test is None or rows):
            say("limit = int(count)")
        else:
            say("limit = None if count is None else int(count)")
        for i, row in enumerate(rows if stream is None else ()):
            names[f"l{i}"] = loop.ins[loop.inner("row", i)]
            say(f"{row} = rows({row}, limit, l{i})")
        for i in gathered:
            say(f"a{i} = []")
        for i in befores:
            say(f"b{i} = []")
        if keeps:
            say("kept = []")
        call, slots = loop.test or (None, ())
        tests = [argument[kind].format(place) for kind, place in slots]
        if call is not None:
            line = call.line()
            self._lines.append(line)
            names["test"] = line.function
        if stream is not None:
            names["taking"], names["likes"] = taking, stream.likes
            names["holds"], names["other_sizes"] = loop.body.holds, _other_sizes
            say("take = taking(r0, likes)")
            say("t = -1")
            say("while limit is None or t + 1 < limit:")
            if call is not None:
                say(f"if not test({', '.join(tests)})[0]: break", 2)
            say("element = take()", 2)
            say("if element is None: break", 2)
            say(f"{', '.join([f'e{i}' for i in range(len(rows))])}, = element", 2)
            say("t += 1", 2)
            if loop.body.trace.recorder.sizes is not None and not loop.others:
                say(f"if not holds(({''.join([f'{x}, ' for x in given])})): other_sizes()", 2)
        elif call is None:
            say(f"for t in range({'limit - 1, -1, -1' if loop.backwards else 'limit'}):")
        else:
            say("t = -1")
            say(f"while (limit is None or t + 1 < limit) and test({', '.join(tests)})[0]:")
            say("t += 1", 2)
        for i in befores:
            say(f"b{i}.append(s{i})", 2)
        left = [*news, *outs, *(["*kept_now"] if keep else [])]
        to = f"{', '.join(left)}{',' if left else ''}{' = ' if left else ''}"
        if not loop.others:
            say(f"{to}body({', '.join(given)})", 2)
        else:
            say(f"if holds(({''.join([f'{x}, ' for x in given])})): {to}body({', '.join(given)})", 2)
            for i, (other, places) in enumerate(loop.others):
                line = other.line()
                self._lines.append(line)
                names[f"body{i}"], names[f"holds{i}"] = line.function, other.holds
                args = [argument[kind].format(place) for kind, place in places]
                say(
                    f"elif holds{i}(({''.join([f'{x}, ' for x in args])})): {to}body{i}({', '.join(args)})", 2
                )
            say("else: other_sizes()", 2)
        for i, x in enumerate([*news, *outs]):
            if not loop.outs[i].is_contiguous():
                say(f"{x} = {x}.contiguous()", 2)
        for i in gathered:
            say(f"a{i}.append(y{i})", 2)
        if keeps:
            say(f"kept.append({'kept_now' if keep else '()'})", 2)
        if states:
            say(f"{', '.join(state)}, = {', '.join(news)},", 2)
        if loop.backwards:
            for x in [
                *[f"a{i}" for i in gathered],
                *[f"b{i}" for i in befores],
                *(["kept"] if keeps else []),
            ]:
                say(f"{x}.reverse()")
        results = [
            *state,
            *[f"Rows(a{i})" if i in gathered else "None" for i in range(collected)],
            *[f"Rows(b{i})" if i in befores else "None" for i in range(states)],
            ("torch.tensor(limit)" if loop.test is None and stream is None else "torch.tensor(t + 1)")
            if self._wanted[-2]
            else "None",
            "Kept(kept)" if keeps else "None",
        ]
        say(f"return [{', '.join(results)}]")
        exec(compile("\n".join(code), "<tf.function loop>", "exec"), names)
        return names.pop("loop")


def _other_sizes() -> None:
    raise invalid(
        "Incompatible shapes: the sizes of the tensors of an element of a dataset do not fit each other, or are 0, and "
        "the loop was traced for others."
    )


def drawn(call: Call) -> list[int]:
    """What a part does that cannot be computed again."""
    nodes = call.trace.recorder.nodes[: call.last]
    return sorted({n for node in nodes if node.effect for n in node.outs} - set(call.inputs))


def _rows(rows: Any, count: int, like: Raw) -> list[Any]:
    """The rows of so many rounds."""
    items: list[Any] = rows.items if isinstance(rows, Rows) else []
    if len(items) < count or any(x is None for x in items):
        zero = zeros(like.shape, like.dtype, like.device)
        items = [zero if x is None else x for x in items] + [zero] * (count - len(items))
    return items
