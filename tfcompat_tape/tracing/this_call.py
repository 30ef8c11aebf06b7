"""What the values of a trace are at the call that it is made for: computed when Python asks, and noted as guards."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor

from tfcompat_tape.core import dispatch
from tfcompat_tape.core.at_call import ValueNeededError
from tfcompat_tape.core.overwriting import value_of
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tracing.nodes import LARGEST_OUTCOME, NOTHING, Guard, Node, outcome_of, put
from tfcompat_tape.tracing.steps import Drawn, laid_out

Raw = torch.Tensor


class OfThisCall:
    """The part of a `Recorder` that computes values. The recorder has what is named here."""

    nodes: list[Any]
    numbers: dict[int, int]  # of the fake tensors, by id
    producers: dict[int, int]  # by value number
    dynamic: list[bool]
    env: dict[int, Any]
    concrete: bool
    done: int
    prefix: list[Any]
    came: dict[int, Any]
    happened: list[tuple[Any, Any]]
    once: deque[tuple[Any, Any]]
    demanded: bool
    writes: bool
    blind: int
    frame: Callable[[], Any]
    outside: Callable[[], contextlib.AbstractContextManager[None]]
    _ran: set[int]
    mine: Callable[[Any], bool]
    number: Callable[[Any], int]
    _append: Callable[[Any], None]

    def known(self, raw: Any) -> Raw | None:
        """The value of a tensor that is the same at each call, else `None`."""
        if not isinstance(raw, FakeTensor):
            return raw if type(raw) is torch.Tensor or isinstance(raw, torch.nn.Parameter) else None
        number = self.numbers.get(id(raw))
        if number is None or self.dynamic[number]:
            self.asked(raw)
            return None
        with self.outside():
            found: Raw = self._compute(number)
        return found

    def asked(self, raw: Any) -> bool:
        """False: `raw` has no values. But a kernel that would look at them is better run as a whole."""
        if not self.blind and self.mine(raw) and in_kernel():
            raise ValueNeededError("the values of a tensor are asked for")
        return False

    def demand(self, raw: Any) -> Raw:
        """The value of a tensor at this call, on which what follows depends."""
        found = self.known(raw)
        if found is not None:
            return found
        if self.blind or in_kernel():
            raise ValueNeededError("the values of a tensor are needed")
        number = self.number(raw)
        if not self.concrete:
            raise UntraceableError("a value is needed that depends on the arguments, and there are none yet")
        if raw.numel() > LARGEST_OUTCOME:
            raise UntraceableError(f"{raw.numel()} values are needed while tracing")
        with self.outside():
            self._run_effects(len(self.nodes))
            value: Raw = self._compute(number)
            self.demanded = True
            self._append(Guard(number, outcome_of(value), self.frame()))
        return value

    def require(self, number: int, variables: list[Any]) -> None:
        """Before the first call: see to it that a value can be computed, from Variables and random numbers alone."""
        self.env.update({held.number: value_of(held.variable) for held in variables})
        last = self.producers.get(number, -1)
        waiting = [*range(last + 1)] if self.writes else [last]
        seen = set()
        while waiting:
            index = waiting.pop()
            if index in seen:
                continue
            seen.add(index)
            node = self.nodes[index] if index >= 0 else None
            if type(node) is not Node or (node.effect and type(node.function) is not Drawn):
                raise UntraceableError(
                    "the first value of a Variable depends on arguments that are not there"
                )
            waiting += [self.producers.get(one, -1) for one in node.sources() if one not in self.env]

    def let_go(self) -> None:
        """The call is over: forget all values but those that are the same at each one."""
        if not self.writes:  # what is the same at each call is then computed with all that is written before
            for number in [n for n in self.env if self.dynamic[n]]:
                del self.env[number]
        self.came = {}
        self.happened.clear()
        self.once.clear()

    def _run_effects(self, end: int) -> None:
        """What came before happens before."""
        for index in range(self.done, end):
            node = self.nodes[index]
            if (node.effect and not all(out in self.env for out in node.outs)) or (
                node.effect and not node.outs
            ):
                self._execute(index)
        self.done = max(self.done, end)

    def _happening(self, node: Node) -> Any:
        """What a node gives. An effect that happened in the trace that made the Variables gives what it gave there."""
        if not node.effect or getattr(node.function, "given_back", False):
            return node.run(self.env)
        if self.once and _kind(self.once[0][0]) == _kind(node.function):
            result = self.once.popleft()[1]
        else:
            self.once.clear()  # the function does something else from here on
            result = node.run(self.env)
        self.happened.append((node.function, result))
        return result

    def _compute(self, number: int) -> Any:
        """The value with this number: computes the nodes that lead to it."""
        if number in self.env:
            return self.env[number]
        if self.writes:
            # Reads and writes of shared memory keep their order if everything does.
            for index in range(self.producers[number] + 1):
                node = self.nodes[index]
                if type(node) is Node and not self._executed(index):
                    self._execute_alone(index)
            return self.env[number]
        stack = [self.producers[number]]
        while stack:
            index = stack[-1]
            missing = [s for s in self.nodes[index].sources() if s not in self.env]
            if missing:
                stack.extend([self.producers[s] for s in missing])
                continue
            stack.pop()
            if not self._executed(index):
                self._execute_alone(index)
        return self.env[number]

    def _executed(self, index: int) -> bool:
        node = self.nodes[index]
        if node.writes:
            return index in self._ran
        return all(out in self.env for out in node.outs if out != NOTHING)

    def _execute(self, index: int) -> None:
        for source in self.nodes[index].sources():
            self._compute(source)
        self._execute_alone(index)

    def _execute_alone(self, index: int) -> None:
        node = self.nodes[index]
        if node.effect and index < len(self.prefix):  # it happened, on the way of the trace before
            pairs = zip(node.outs, self.prefix[index].outs, strict=False)
            kept = {out: self.came[n] for out, n in pairs if n in self.came}
            if all(out in kept or out == NOTHING for out in node.outs):
                self.env.update(kept)
                return
        result = self._happening(node)
        if node.loose:
            result = laid_out(result)
        if node.writes:
            self._ran.add(index)
        else:
            put(self.env, node, result)


def _kind(function: Any) -> Any:
    """What the function of an effect has in common with the one of another trace at the same place."""
    return type(function), getattr(function, "__qualname__", None)


def in_kernel() -> bool:
    """Whether a kernel, called by dispatch on Tensors, asks: then that can be computed as a whole."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        if code.co_name == "call" and code.co_filename == _DISPATCH:
            given = frame.f_locals.get("args", (frame.f_locals.get("x"),))
            return any(type(x) is Tensor for x in given)
        frame = frame.f_back
    return False


_DISPATCH = dispatch.__file__
