"""Variables whose values are overwritten where they are, at the end of a call, if nothing else can see the old ones.

A traced function that updates large Variables would hold their old and their new values together until it is over. Here
it runs in two parts: first all that can fail, which assigns nothing, then the kernels of `updates.Ending`, which write
the new values over the old ones. Where something else holds an old value (a Tensor, an array, a tape, another Variable,
another thread), these kernels write into a copy of it.

While they are overwritten the Variables have no value: threads that read them wait (`core/overwriting.py`), so what
they get is the value before or after, and nobody comes to hold what is being written. All that happens from the first
write to the last assignment is one call in C, in which Python handles no signal: Ctrl-C comes before it or after it.
"""

from __future__ import annotations

import operator
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import torch
from torch._C._dynamo.guards import TensorGuards

from tfcompat_tape.core import overwriting
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.line import Line, Values
from tfcompat_tape.tracing.nodes import Ref, layout, put
from tfcompat_tape.tracing.updates import LEAST, Ending, Update, ending, plan

if TYPE_CHECKING:
    from tfcompat_tape.tracing.call import Call

_consume: Callable[[Iterator[Any]], None] = deque(maxlen=0).extend
_call: Callable[..., Any] = operator.call


class InPlace:
    """A call in two parts; see above.

    Attributes:
      head: the first part. It gives the results, then the values of `others`, then those of `given`.
      updated: the places of the Variables that are overwritten.
      others: for each Variable that is assigned and not overwritten, its place among the Variables of the trace.
      given: how many values of the first part the second one uses; `inputs`: places of the inputs that it uses besides,
        `olds`: places of the inputs that are the old values.
    """

    def __init__(
        self,
        call: Call,
        found: Ending,
        line: Line,
        count: int,
        variables: Sequence[Variable],
        written: Sequence[int],
    ) -> None:
        self.updated = [u.place for u in found.updates]
        updated = {*self.updated}
        self.others = [place for place in written if place not in updated]
        values = dict(zip(written, call.outputs[count:], strict=True))
        inputs = {n: i for i, n in enumerate(call.inputs)}
        given = [n for n in found.given if n not in inputs]
        besides = [n for n in found.given if n in inputs]
        found = Ending(found.nodes, given + besides, found.updates)
        self.given = len(given)
        self.inputs = [inputs[n] for n in besides]
        self.olds = [inputs[u.old] for u in found.updates]
        outputs = [*call.outputs[:count], *[values[place] for place in self.others], *map(Ref, given)]
        self.head = call.part(outputs)
        self._found = found
        self._whole = line
        self._numbers = [*found.given, *[u.old for u in found.updates]]
        self._dicts = [variables[place].__dict__ for place in (*self.updated, *self.others)]
        recorder = call.trace.recorder
        self._calls, self._scratch = plan(found, line.folded, line.name_of, recorder.values)
        self._code: tuple[Any, list[Any]] | None = None
        self._lock = threading.Lock()  # held while they are tried
        self._tried = self._failed = False
        self._fits: Callable[..., bool] = _never
        scope.let_wait()

    def __call__(
        self, given: list[Any], others: Sequence[Any], variables: Sequence[Variable] | None = None
    ) -> None:
        """The second part.

        Args:
          given: the values that it uses, then the old values of the Variables. The caller holds these nowhere else; the
            list is empty afterwards.
          others: the new values of `others`.
          variables: those of this call, where some are arguments.
        """
        dicts, apart = self._dicts, True
        if variables is not None:
            assigned = [variables[place] for place in (*self.updated, *self.others)]
            dicts = [v.__dict__ for v in assigned]
            apart = len({*map(id, assigned)}) == len(assigned) and all(
                map(_plainly_held, assigned[: len(self.updated)])
            )
        if apart and self._ready(given):
            with overwriting.lock:
                self._overwrite(given, others, dicts)
        else:
            new = self._computed(given)
            if variables is None:
                _consume(map(dict.__setitem__, dicts, repeat("_t"), [*new, *others]))
            else:
                values = dict(zip((*self.updated, *self.others), [*new, *others], strict=True))
                places = sorted(values)  # as they are assigned
                raws = [values[place] for place in places]
                _consume(map(setattr, [variables[place] for place in places], repeat("_t"), raws))
        given.clear()

    def _ready(self, given: list[Any]) -> bool:
        """Whether values are ordinary tensors, of the kind that the calls are for, and nobody looks on."""
        if (
            self._failed
            or torch._C._len_torch_dispatch_stack()
            or torch._C._len_torch_function_stack()
            or torch._C._functorch.peek_interpreter_stack() is not None
        ):
            return False
        return self._fits(*given) or (not self._tried and self._try(given))

    def _try(self, given: list[Any]) -> bool:
        """Run the kernels on copies, to see that they run."""
        if any(type(x) is not torch.Tensor or x.requires_grad or x.is_neg() for x in given):
            return False
        values = self._whole.recorder.values
        if any(layout(x) != layout(values[n]) for x, n in zip(given, self._numbers, strict=True)):
            return False
        with self._lock:
            if not self._tried:
                self._code = self._whole.overwriting(self._found)
                own = [x.clone() for x in given[-len(self.olds) :]]
                try:
                    deque(self._work(given, own), 0)
                except Exception:  # the kernels as they are say it better
                    self._failed = True
                else:
                    guards: Any = TensorGuards
                    self._fits = guards(
                        *given,
                        dynamic_dims_sizes=[list(x.shape) for x in given],
                        dynamic_dims_strides=[list(x.stride()) for x in given],
                    ).check
                self._tried = True
        return self._fits(*given)

    def _computed(self, given: list[Any]) -> list[Any]:
        """The new values, in memory of their own."""
        values = Values(self._whole.renamed)
        values.update(self._whole.folded)
        values.update(zip(self._numbers, given, strict=True))
        for _, node in self._found.nodes:
            put(values, node, node.run(values))
        return [values[u.new] for u in self._found.updates]

    def _work(self, given: list[Any], own: list[Any]) -> Iterator[Any]:
        """What runs the kernels, as it is gone through, and lets `own` be what it is to be."""
        if self._code is not None:
            entry, constants = self._code
            first = given[: -len(self.olds)]
            return map(entry, map(_give, ([*first, *own, *constants],)))
        scratch = [torch.empty(shape, dtype=dtype, device="cpu") for shape, dtype in self._scratch]
        return map(_call, self._calls(given[: -len(self.olds)], own, scratch))

    def _overwrite(self, given: list[Any], others: Sequence[Any], dicts: Sequence[dict[str, Any]]) -> None:
        updated = dicts[: len(self.olds)]
        olds: list[Any] = []
        first = len(given) - len(self.olds)
        begun: list[bool] = []
        done: list[bool] = []
        back = map(dict.__setitem__, updated, repeat("_t"), olds)
        try:
            olds.extend(map(dict.pop, updated, repeat("_t")))
            # From here on nobody can come to hold an old value.
            own = [_own(given, first + i, olds, i) for i in range(len(olds))]
            new = [*[x.detach() for x in own], *others]
            end = chain(
                map(begun.append, (True,)),
                self._work(given, own),
                map(dict.__setitem__, dicts, repeat("_t"), new),
                map(done.append, (True,)),
            )
            _consume(end)
        except Exception as error:
            if begun and not done:  # nothing that is known leads to this
                raise RuntimeError(
                    f"{self._whole.name} failed while it updated Variables in place, which have lost their values: "
                    "restore them from a checkpoint."
                ) from error
            raise
        finally:
            if not done:
                _consume(back)


def in_place(
    call: Call,
    line: Line,
    count: int,
    variables: Sequence[Variable],
    numbers: Sequence[int],
    written: Sequence[int],
) -> InPlace | None:
    """A call in two parts, if it assigns large values at its end.

    Args:
      line: the line of the call; its first `count` outputs are results.
      variables: those of the trace, and `numbers`: of their values before.
      written: the places of those that are assigned.
    """
    recorder = call.trace.recorder
    if recorder.writes or recorder.texts:
        return None
    updates = []
    for place, x in zip(written, call.outputs[count:], strict=True):
        old = recorder.values[numbers[place]]
        if type(x) is not Ref or not isinstance(old, torch.Tensor) or not _plainly_held(variables[place]):
            continue
        new = recorder.values[x]
        if all(type(n) is int for n in (*old.shape, *new.shape)) and new.numel() >= LEAST:
            if (old.shape, old.dtype, old.device) == (
                new.shape,
                new.dtype,
                new.device,
            ) and old.is_contiguous():
                updates.append(Update(place, numbers[place], line.name_of(int(x))))
    found = ending(line, count, updates) if updates else None
    return None if found is None else InPlace(call, found, line, count, variables, written)


def _plainly_held(variable: Variable) -> bool:
    """Whether the value of a Variable is what it holds, and nothing else: it may be a torch Parameter's."""
    return next((cls for cls in type(variable).__mro__ if "_t" in vars(cls)), Variable) is Variable


def _never(*raws: Any) -> bool:
    return False


_give = torch._C._aoti.unsafe_alloc_void_ptrs_from_tensors


# -- who holds a value -------------------------------------------------------------------------------------------------


def _own(given: list[Any], i: int, olds: list[Any], k: int) -> Any:
    """The old value of a Variable, `given[i]` and `olds[k]`, if nothing else can see it; otherwise a copy."""
    if olds[k] is given[i] and _references(given, i, olds, k) == _TWO:
        raw = given[i]
        if (
            _holders(raw) == _ALONE
            and raw.is_contiguous()
            and raw.storage_offset() == 0
            and raw.untyped_storage().nbytes() == raw.numel() * raw.element_size()
        ):
            return raw
    return given[i].clone(memory_format=torch.contiguous_format)


def _references(one: list[Any], i: int, other: list[Any], k: int) -> int:
    """How many references in Python there are to what two lists hold."""
    return getrefcount(one[i])


def _holders(raw: Any) -> tuple[Any, ...]:
    """What can be known of who shares the memory of a raw tensor."""
    memory = raw.untyped_storage()
    return (
        raw._use_count(),
        torch._C._storage_Use_Count(memory._cdata),
        getrefcount(memory),
        memory.resizable(),  # not where it belongs to someone else: an array, a file
        memory.is_shared(),  # with other processes
        raw.is_inference(),  # torch writes into it within its inference mode alone
    )


def _of_two_lists(x: Any) -> tuple[list[Any], list[Any]]:
    return [x], [x]


_pair = _of_two_lists(object())
_TWO = _references(_pair[0], 0, _pair[1], 0)
_ALONE = _holders(torch.empty(2))
