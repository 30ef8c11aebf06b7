"""From a running Python function to a line of torch kernels.

While a function is traced, what depends on its arguments, on Variables or on random numbers is a fake tensor: it has a
shape, a dtype and a device, and no elements. Every kernel that meets one is noted as a node. What is computed from
constants alone is computed at once and is a constant of the trace.

Where Python needs the value of a fake tensor (an `if`, a size), the nodes that lead to it are computed for the values
of this call, and the trace holds for the calls where it comes out the same: see `guards`.
"""

from __future__ import annotations

import contextlib
import functools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes

from tfcompat_tape.core.at_call import ValueNeededError
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tracing.as_one_node import AsOneNode
from tfcompat_tape.tracing.batching import level_of, noted
from tfcompat_tape.tracing.drawing import Drawing
from tfcompat_tape.tracing.elements import opened
from tfcompat_tape.tracing.fakes import VALUES_NEEDED, Mode
from tfcompat_tape.tracing.nodes import (
    NOTHING,
    Node,
    Ref,
    Staged,
    alike,
    storage,
)
from tfcompat_tape.tracing.ops import Ops
from tfcompat_tape.tracing.sizes import SAME_SHAPE, SYMBOLIC, Sizes, now, symbolic
from tfcompat_tape.tracing.steps import Drawn, laid_out, try_dtypes
from tfcompat_tape.tracing.texts import (
    OBJECT,
    Texts,
    described,
    is_array,
    stand_in,
)
from tfcompat_tape.tracing.this_call import in_kernel

Raw = torch.Tensor


class Recorder(AsOneNode, Drawing, TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes the kernels that run on fake tensors while it is active.

    Args:
      known: the values of inputs, by number, where this trace is made for a call: what Python asks for is computed
        from these. Without them nothing that depends on an input can be asked for.
      sizes: where dimensions of inputs differ from call to call.
    """

    def __init__(self, known: dict[int, Any] | None = None, sizes: Sizes | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.begin_drawing()
        self.sizes = sizes
        self.asked_at: dict[
            int, int
        ] = {}  # by node: how often something had asked for a size when it was noted
        self.mode = Mode(None if sizes is None else sizes.env)
        if sizes is not None:  # what is put into the cache asks for sizes
            self.mode.cache_enabled = False
        self.values: list[Any] = []  # the fake tensors, by number
        self.numbers: dict[int, int] = {}  # by id
        self.producers: dict[int, int] = {}  # by value number
        self.nodes: list[Node] = []
        self.dynamic: list[bool] = []
        self.env: dict[int, Any] = {} if known is None else known
        self.concrete = known is not None
        self.done = 0  # effects of nodes before this one are done in `env`
        self._ran: set[int] = set()  # nodes that write, and have
        self.demanded = False  # something was computed while tracing
        self.writes = False
        self.texts = False  # there are strings
        self.opens = False  # elements may have open sizes
        self.frame: Callable[[], Any] = _no_frame
        self.prefix: list[Node] = []  # what the nodes must begin with
        self.came: dict[int, Any] = {}  # what effects among these gave, by their numbers
        self.happened: list[tuple[Any, Any]] = []  # effects that were run while tracing, with what they gave
        self._followed = 0  # those of them that were run on the way before
        self.once: deque[tuple[Any, Any]] = deque()  # those of the trace before, which made Variables
        self.blind = 0  # kernels run that are not told that they could look at values
        self.notes: Any = None  # of what happens: see `notes`
        self.ops = Ops(self)
        # How to leave the trace: who traces sets it.
        self.outside: Callable[[], contextlib.AbstractContextManager[None]] = _disable_current_modes

    # -- values ----------------------------------------------------------------------------------------------------

    def fresh(self, like: Raw, *, dynamic: bool = True, dims: Sequence[Any] | None = None) -> FakeTensor:
        """A new input with the shape, dtype and device of `like`; `dims` has `None` for what differs by call."""
        shape: list[Any] = list(like.shape)
        for axis, size in enumerate(shape):
            foreign = type(size) is torch.SymInt and not (self.sizes is not None and self.sizes.mine(size))
            if foreign or (dims is not None and dims[axis] is None):
                if self.sizes is None:
                    raise UntraceableError("sizes that are open in another function's trace")
                shape[axis] = self.sizes.new(now(size), len(self.values), axis)
        fake = self.empty(shape, *described(like)[1:])
        self._enter(fake, dynamic)
        return fake

    def empty(self, shape: Any, dtype: Any, device: Any) -> FakeTensor:
        """A contiguous fake tensor that is not entered yet."""
        if dtype is OBJECT:
            return stand_in(self.mode, shape)  # type: ignore[no-any-return]
        with _disable_current_modes(), self.mode:
            fake: Any = torch.empty(tuple(shape), dtype=dtype, device=device)
        return fake  # type: ignore[no-any-return]

    def _enter(self, fake: Any, dynamic: bool) -> int:
        number = len(self.values)
        if type(fake) is Texts:
            self.texts = True
        self.values.append(fake)
        self.numbers[id(fake)] = number
        self.dynamic.append(dynamic)
        return number

    def mine(self, raw: Any) -> bool:
        """Whether `raw` is a fake tensor of this trace."""
        return isinstance(raw, FakeTensor) and raw.fake_mode is self.mode

    def number(self, raw: Any) -> int:
        """The number of a fake tensor of this trace."""
        try:
            return self.numbers[id(raw)]
        except KeyError:
            raise UntraceableError("a value that the trace has not seen made") from None

    # -- nodes -----------------------------------------------------------------------------------------------------

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        found: list[bool] = []
        refs = self._refs(args, found)
        names = {key: self._refs(x, found) for key, x in kwargs.items()} if kwargs else {}
        if not found:
            return func(*args, **kwargs)
        if self.texts and func not in _LAYOUT and _of_texts(args, kwargs):
            if self.blind or in_kernel():
                raise ValueNeededError("the values of strings are needed")
            raise UntraceableError(f"{func} of strings")
        if func is _ITEM:
            return self.demand(args[0]).item()
        if self.notes is not None and getattr(func, "overloadpacket", None) is _ASSERTED:
            return self.notes.checked(*args)
        if func is _CHECKED:
            return self._checked(func, refs, names, True in found)
        written: tuple[int, ...] = ()
        if _schema(func).is_mutable:
            written = self._written(func, args, kwargs)
        try:
            with self.mode:
                if self.sizes is None:
                    result = func(*args, **kwargs)
                elif type(self.sizes) is Sizes and not _any_open(args, kwargs):
                    result = self._known(func, args, kwargs)
                else:
                    result = self.sizes.settled(SAME_SHAPE.get(func, func), args, kwargs)
        except VALUES_NEEDED:
            if self.blind:
                raise ValueNeededError("the values of a tensor are needed") from None
            return self.call(func, args, kwargs)
        if isinstance(result, _PLAIN) or func in _LAYOUT:  # a device, a size
            return result
        try_dtypes(func, args, kwargs)
        dynamic = True in found
        if written:
            self.writes = True
            if self.notes is not None:
                self.notes.changed(func)
            for one in written:
                self._spread(one, dynamic)
            if not isinstance(result, (tuple, list)):
                if result is not None:
                    self._note(func, refs, names, (), True, written, dynamic)
                    return self.values[written[0]]
                self._note(func, refs, names, (), True, written, dynamic)
                return None
            raise UntraceableError(f"{func} writes into several tensors")
        if func in _FILLED and dynamic and not symbolic(result.shape) and result.is_contiguous():
            return self._filled(func, args, result)
        effect = _RANDOM in func.tags
        outs, single = self._outs(result, dynamic or effect)
        self._note(func, refs, names, outs, single, (), dynamic or effect, effect=effect)
        if self.sizes is not None:
            self.sizes.follow(func, args, kwargs, result)
        return result

    def _known(self, func: Any, args: Any, kwargs: Any) -> Any:
        """What a kernel gives whose arguments have no open sizes, among others that do: it may be known already."""
        self.mode.cache_enabled = True
        try:
            return func(*args, **kwargs)
        finally:
            self.mode.cache_enabled = False

    def _checked(self, func: Any, refs: Any, names: dict[str, Any], dynamic: bool) -> None:
        """Note a check, which raises where values are wrong: as a part of its op, if it belongs to one."""
        if self.blind:
            return
        if in_kernel():
            raise ValueNeededError("a kernel looks at values")
        self._note(func, refs, names, (), True, (), dynamic, effect=True)

    def _filled(self, func: Any, args: Any, result: Any) -> Any:
        """Note what has the shape of a value, but is the same at each call."""
        fill = _FILLED[func]
        value = args[2] if fill is None else fill
        names = {"dtype": result.dtype, "device": result.device}
        outs, single = self._outs(result, False)
        self._note(torch.full, (list(result.shape), value), names, outs, single, (), False)
        return result

    def call(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        effect: bool = False,
        dims: Sequence[Any] | None = None,
    ) -> Any:
        """Note a call whose results have shapes that depend on values: it is made now, for the values of this call.

        Args:
          dims: the shape of each result, with `None` for sizes that differ from call to call (see `elements`).
        """
        found: list[bool] = []
        refs = self._refs(tuple(args), found)
        names = {key: self._refs(x, found) for key, x in kwargs.items()}
        node = Node(function, refs, names, (), True, effect=effect, frame=self.frame())
        dynamic = effect or True in found
        if dynamic and not self.concrete:
            raise UntraceableError(f"the results of {function} depend on values, and there are none yet")
        index = len(self.nodes)
        self._append(node)
        with self.outside():
            if effect and index < self.done:  # it happened, on the way of the trace before
                before = self.prefix[index]
                kept = [self.came[n] for n in before.outs]
                result: Any = (kept[0] if kept else None) if before.single else kept
            else:
                if effect:
                    self._run_effects(index)
                    self.done = index + 1
                for one in node.sources():
                    self._compute(one)
                result = laid_out(self._happening(node))
        self.demanded = self.demanded or dynamic
        several = isinstance(result, (tuple, list))
        fakes = []
        outs: list[int] = []
        for place, one in enumerate(result if several else [result]):
            if one is None:
                continue
            if not isinstance(one, torch.Tensor) and not is_array(one):
                raise UntraceableError(f"{function} gives what is no tensor")
            if dims is None or None not in dims[place]:
                fake = self.fresh(one, dynamic=dynamic)
            else:
                fake = opened(self, one, dims[place])
            number = self.number(fake)
            self.env[number] = one
            self.producers[number] = len(self.nodes) - 1
            outs.append(number)
            fakes.append(fake)
        node.outs = tuple(outs)
        node.single = not several
        node.shapes = True
        node.static = not dynamic
        if result is None:
            return None
        return fakes if several else fakes[0]

    def stateful(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        results: Sequence[Any],
        *,
        single: bool = False,
        effect: bool = True,
    ) -> Any:
        """Note a call that runs anew each time, in order; `results` are `(shape, dtype, device)` of what it gives.

        `function` returns a list of tensors, or one if `single`. Without `effect` it runs where its results are needed.
        """
        level = level_of(args)
        if level >= 0:
            several = noted(functools.partial(self.stateful, effect=effect), level, function, args, results)
            return several[0] if single else several
        found: list[bool] = []
        refs = self._refs(tuple(args), found)
        fakes = [self.empty(shape, dtype, device) for shape, dtype, device in results]
        outs = [self._enter(fake, True) for fake in fakes]
        self._note(function, refs, {}, tuple(outs), single, (), True, effect=effect)
        self.nodes[-1].opaque = True
        return fakes[0] if single and fakes else fakes

    def extended(self, node: Node, function: Callable[..., Any], more: Sequence[Any]) -> list[Any]:
        """Let a node run `function` in place of its own, which gives `more` besides, described as in `stateful`."""
        fakes: list[Any] = [self.empty(shape, dtype, device) for shape, dtype, device in more]
        index = self.producers[node.outs[0]]
        numbers = [self._enter(fake, True) for fake in fakes]
        self.producers.update(dict.fromkeys(numbers, index))
        node.function = function
        node.outs = (*node.outs, *numbers)
        return fakes

    def each_call(
        self,
        function: Callable[..., Any],
        values: Sequence[Any],
        known: Sequence[Any] | None,
        effect: bool = True,
    ) -> Any:
        """Let `function(*values)` run at each call; see `core.reading.Tracer`."""
        if effect and self.notes is not None:
            self.notes.effect(function)
        if known is None:
            level = level_of(values)
            if level >= 0:

                def noting(function: Any, given: Any, _: Any) -> Any:
                    return self.call(function, given, {}, effect=effect)

                return noted(noting, level, function, values, None)
            return self.call(function, values, {}, effect=effect)
        return self.stateful(function, values, known, effect=effect)

    def _forget(self, nodes: int, values: int, writes: bool) -> None:
        """Take back what has been noted since there were so many nodes and values."""
        del self.nodes[nodes:]
        for number in range(values, len(self.values)):
            self.numbers.pop(id(self.values[number]), None)
            self.producers.pop(number, None)
            self.env.pop(number, None)
        del self.values[values:], self.dynamic[values:]
        self.writes = writes

    def beside(self, function: Any) -> None:
        """Python's `function` runs at each call; see `tracing/beside.py`."""
        from tfcompat_tape.tracing.beside import check

        check(function)

    @property
    def loops(self) -> Any:
        """`while_loop`, `map_fn`, `scan` and folds as nodes of this trace."""
        from tfcompat_tape.tracing import functional_loops

        return functional_loops

    @property
    def arrays(self) -> Any:
        """TensorArrays of sizes and places that differ from call to call."""
        from tfcompat_tape.tracing import arrays

        return arrays

    def sizes_in(self, raw: Any) -> Any:
        """The sizes that an integer tensor consists of, in nested lists; `None` if it is another one."""
        if self.sizes is None:
            return None
        found = self.sizes.contents(raw)
        if found is None and self.notes is not None and self.mine(raw) and self.dynamic[self.number(raw)]:
            return self.sizes.numbers_of(raw)
        return found

    def sized(self, sizes: Any, dtype: torch.dtype) -> Any:
        """A size, or a tuple of sizes, as a tensor of which other sizes can be computed."""
        if self.sizes is None or not symbolic(sizes):
            return torch.tensor(sizes, dtype=dtype, device="cpu")
        several = isinstance(sizes, tuple)
        fake = self.empty((len(sizes),) if several else (), dtype, "cpu")
        number = self._enter(fake, True)
        self._note(_tensor_of, (sizes, dtype), {}, (number,), True, (), True)
        if not dtype.is_floating_point:
            self.sizes.describe(fake, sizes if several else [sizes])
        return fake

    def leave(self) -> contextlib.AbstractContextManager[None]:
        """A context within which nothing is traced."""
        return self.outside()

    def again(self, node: Node, args: Sequence[Any], results: Sequence[Any]) -> Any:
        """Note an effect of another trace, which this one calls."""
        function = node.function
        if isinstance(function, Drawn):  # each place where a function is called has streams of its own
            self.draws[function.streams] = count = self.draws.get(function.streams, 0) + 1
            function = function.at((self.streams, self.part, count))
        return self.stateful(function, args, results, single=node.single, effect=node.effect)

    def choose(self, index: Tensor, pick: Any, functions: Sequence[Any], check: Any, name: str) -> Any:
        """The result of the function that `pick(index)` numbers at each call; see `core.reading.Tracer`."""
        from tfcompat_tape.tracing.branches import choose

        return choose(index, pick, functions, check, name)

    def follow(self, nodes: list[Node], values: dict[int, Any]) -> None:
        """Begin as another trace did, whose `nodes` gave `values` at this call; what they do is done."""
        self.prefix = nodes
        # By the numbers of that trace. Here they may be others, and what only computes is computed again.
        self.came = {n: values[n] for node in nodes if node.effect for n in node.outs if n in values}
        self.done = len(nodes)
        for node in nodes:
            if node.effect and all(n in self.came for n in node.outs):
                found = [self.came[n] for n in node.outs]
                self.happened.append((node.function, found[0] if node.single and found else found))
        self._followed = len(self.happened)

    def new_effects(self) -> list[tuple[Any, Any]]:
        """What happened in this trace, but not before on the way that it follows; elements are given back."""
        happened = self.happened[self._followed :]
        return [effect for effect in happened if not getattr(effect[0], "given_back", False)]

    def _append(self, node: Node) -> None:
        place = len(self.nodes)
        if place < len(self.prefix) and not self.blind:
            before = self.prefix[place]
            same = type(before) is type(node) and before.effect == node.effect
            staged = isinstance(node.function, Staged) and isinstance(before.function, Staged)
            staged = staged and len(before.outs) >= len(node.outs)
            same = same and (node.effect or before.function == node.function or node.shapes or staged)
            if not same or not alike((before.args, before.kwargs), (node.args, node.kwargs)):
                raise UntraceableError("its Python code does something else each time")
            if node.effect or (staged and len(before.outs) == len(node.outs)):
                node.function = before.function  # the streams of random numbers go on
        self.nodes.append(node)
        if self.sizes is not None:
            self.asked_at[place] = self.sizes.asked()

    def unasked(self) -> bool:
        """Whether sizes differ from call to call, and the user's line that is running has not asked for one of them.

        What does not fit then does so whatever the sizes are.
        """
        if self.sizes is None or not self.sizes.all_open():
            return False
        here = self.frame()
        before = next((i for i in range(len(self.nodes) - 1, -1, -1) if self.nodes[i].frame != here), -1)
        return self.sizes.asked() == self.asked_at.get(before, 0)

    def _note(
        self,
        function: Any,
        refs: Any,
        names: dict[str, Any],
        outs: tuple[int, ...],
        single: bool,
        writes: tuple[int, ...],
        dynamic: bool,
        effect: bool = False,
    ) -> None:
        node = Node(
            function,
            refs,
            names,
            outs,
            single,
            writes=writes,
            effect=effect,
            static=not dynamic and not effect,
            frame=self.frame(),
        )
        for out in outs:
            if out == NOTHING:
                continue
            self.producers.setdefault(out, len(self.nodes))
        self._append(node)

    def _refs(self, x: Any, found: list[bool]) -> Any:
        """`x` with a `Ref` for each fake tensor; `found` gets whether each is another one at each call."""
        if isinstance(x, torch.Tensor):
            if isinstance(x, FakeTensor):
                if x.fake_mode is not self.mode:
                    raise UntraceableError("a value of another function's trace")
                number = self.number(x)
                found.append(self.dynamic[number])
                return Ref(number)
            return x
        if type(x) in (tuple, list):
            return type(x)([self._refs(one, found) for one in x])
        if type(x) in SYMBOLIC:
            if self.sizes is None or not self.sizes.mine(x):
                raise UntraceableError("a size of another function's trace")
            found.append(True)
        elif type(x) is torch.Size and symbolic(x):
            return tuple([self._refs(one, found) for one in x])
        return x

    def _outs(self, result: Any, dynamic: bool) -> tuple[tuple[int, ...], bool]:
        if isinstance(result, torch.Tensor):
            known = self.numbers.get(id(result))
            return (known if known is not None else self._enter(result, dynamic),), True
        if isinstance(result, (tuple, list)):
            outs = []
            for one in result:
                if one is None:
                    outs.append(NOTHING)
                    continue
                if not isinstance(one, torch.Tensor):
                    raise UntraceableError(f"a kernel that gives {result!r}")
                outs.append(self._enter(one, dynamic))
            return tuple(outs), False
        raise UntraceableError(f"a kernel that gives {result!r}")

    def _written(self, func: Any, args: Any, kwargs: Any) -> tuple[int, ...]:
        written = []
        for i, argument in enumerate(_schema(func).arguments):
            if argument.alias_info is not None and argument.alias_info.is_write:
                given = args[i] if i < len(args) else kwargs.get(argument.name)
                if not isinstance(given, FakeTensor):
                    raise UntraceableError(f"{func} writes into a constant")
                written.append(self.number(given))
        return tuple(written)

    def _spread(self, number: int, dynamic: bool) -> None:
        """What shares memory with a value that is written depends on what is written."""
        if dynamic:
            place = storage(self.values[number])
            for other, fake in enumerate(self.values):
                if not self.dynamic[other] and storage(fake) == place:
                    self.dynamic[other] = True


def _tensor_of(sizes: Any, dtype: torch.dtype) -> Raw:
    return torch.tensor(sizes, dtype=dtype)


_tensor_of.of_sizes = True  # type: ignore[attr-defined]


def _of_texts(args: Any, kwargs: dict[str, Any]) -> bool:
    """Whether there are strings among the arguments of a kernel."""
    return any(
        type(x) is Texts or (type(x) in (tuple, list) and any(type(one) is Texts for one in x))
        for x in [*args, *kwargs.values()]
    )


def _any_open(args: Any, kwargs: dict[str, Any]) -> bool:
    """Whether there are open sizes in the arguments of a kernel."""
    for x in (*args, *kwargs.values()):
        if isinstance(x, torch.Tensor):
            if x._has_symbolic_sizes_strides:
                return True
        elif isinstance(x, (tuple, list)):
            if _any_open(x, {}):
                return True
        elif type(x) in SYMBOLIC:
            return True
    return False


def _no_frame() -> Any:
    return None


def _schema(func: Any) -> Any:
    return func._schema


# Kernels whose results are filled with one value; `None`: with their second argument after the shape.
_FILLED = {
    torch.ops.aten.ones_like.default: 1,
    torch.ops.aten.zeros_like.default: 0,
    torch.ops.aten.new_zeros.default: 0,
    torch.ops.aten.new_ones.default: 1,
    torch.ops.aten.new_full.default: None,
}
_PLAIN = (torch.device, torch.dtype, torch.layout, bool, int)
_LAYOUT = (torch.ops.aten.stride.default, torch.ops.aten.size.default)
_ASSERTED = torch.ops.aten._assert_async
_CHECKED = torch.ops.aten._linalg_check_errors.default
_ITEM = torch.ops.aten._local_scalar_dense.default
_RANDOM = torch.Tag.nondeterministic_seeded
