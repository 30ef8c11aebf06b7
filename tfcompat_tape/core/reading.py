"""Values as Python and NumPy see them, also while `torch.fx.experimental.proxy_tensor.make_fx` traces a function.

A trace holds for other inputs, too, so what depends on its inputs has no value. But sizes and indices that were
computed from constants have one: it is found by computing the nodes of the trace that lead to it.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import torch

from tfcompat_tape.core.errors import OperatorNotAllowedInGraphError

_KEY = "tfcompat_value"  # where a node of a trace remembers its value


class Tracer(Protocol):
    """What traces a `tf.function`: it knows some values, and can find others for the call that it traces.

    Attributes:
      notes: told of what happens besides ops that are called, where somebody wants to know.
      ops: told of each op that is called, and of constants.
      seed: what `tf.random.set_seed` has said to the graph; at its start, what it said outside.
      blind: above zero while a kernel runs for the shapes of its results alone.
    """

    notes: Any
    ops: Any
    seed: Any
    blind: int

    def known(self, raw: Any) -> torch.Tensor | None:
        """The value of a tensor that is the same at each call, else `None`."""

    def asked(self, raw: Any) -> bool:
        """False, as a fake tensor has no values; in a kernel an exception by which that is run as a whole."""

    def demand(self, raw: Any) -> torch.Tensor:
        """The value of a tensor at this call, on which the trace depends from now on."""

    def rescue(self, op: Any, error: Exception, raws: Any, attrs: dict[str, Any]) -> Any:
        """The result of an op whose kernel failed while tracing; NotImplemented if that has nothing to do with it."""

    def each_call(
        self,
        function: Callable[..., Any],
        values: Sequence[Any],
        known: Sequence[Any] | None,
        effect: bool = True,
    ) -> Any:
        """Let `function(*values)` run at each call; `known` are `(shape, dtype, device)` of its results.

        Without them it runs now, and other calls must give results of the same shapes. Without an `effect` it runs
        where its results are needed.
        """

    def choose(self, index: Any, pick: Any, functions: Sequence[Any], check: Any, name: str) -> Any:
        """The result of the function that `pick(raw index)` numbers at each call.

        Raises:
          UntraceableError: the functions cannot be traced for all calls; the value may still decide.
        """

    def at_call(self, function: Any, args: Any, kwargs: Any, like: Any, effect: bool, always: bool) -> Any:
        """What a Python function gives, at each call if it looks at values; see `core.at_call`."""

    def beside(self, function: Any) -> None:
        """Raise if `function`, which is going to run at each call, uses Variables as no trace can hold it."""

    def sizes_in(self, raw: Any) -> Any:
        """What an integer tensor consists of, in nested lists, if that is sizes of other tensors; else `None`."""

    def sized(self, sizes: Any, dtype: torch.dtype) -> Any:
        """A size, or a tuple of sizes, as a tensor."""

    @property
    def loops(self) -> Any:
        """`while_loop`, `map_fn`, `scan` and folds as nodes of the trace."""

    @property
    def arrays(self) -> Any:
        """TensorArrays of sizes and places that differ from call to call."""

    def place(self) -> int:
        """How many random ops without a seed the function has so far: the second seed of the next one."""

    def within(self, which: int) -> contextlib.AbstractContextManager[Callable[[], None]]:
        """As the function `within` here."""

    def repeated(self) -> contextlib.AbstractContextManager[Callable[[], None]]:
        """A context for code that runs several times, and draws on: what it gives is called before each time."""

    def leave(self) -> contextlib.AbstractContextManager[None]:
        """A context within which nothing is traced."""


def in_scope(raw: Any) -> Any:
    """`raw`, as it is.

    Raises:
      TypeError: it belongs to a function that was traced, and is over.
    """
    mode: Any = getattr(raw, "fake_mode", None)
    if mode is not None and getattr(mode, "closed", False):
        raise mode.left(raw)
    return raw


class UntraceableError(Exception):
    """A function does something that no trace can hold: it has to run as it is."""


class ManyValuesError(RuntimeError):
    """The values of one tensor are needed, and there are those of many: within `vmap`."""


def at_each_call(name: str) -> None:
    """What depends on more than Tensors and Variables says so here: it cannot be part of a trace.

    Raises:
      UntraceableError: a `tf.function` is being traced, which runs as it is then.
    """
    if current.tracer is not None:
        raise UntraceableError(f"{name} is asked anew at each call")


class AtEachCallError(Exception):
    """A kernel draws on from call to call: a trace calls it anew each time."""


class Surroundings(Protocol):
    """What Python code sees around it and a trace depends on: traces of one are for calls in its like (`==`)."""

    def instead(self, other: Surroundings | None) -> contextlib.AbstractContextManager[None]:
        """A context that has the surroundings `other`, in place of these or the other way round."""


class _Current(threading.local):
    """The tracer of this thread, while it traces a `tf.function`, and what is around its calls, if not the usual."""

    tracer: Tracer | None = None
    around: Surroundings | None = None
    # What a trace did, and was then refused: its effects by name, with the functions and what they gave. Python code
    # that runs in its place does them no second time.
    done: deque[tuple[str, Any, Any]] | None = None


current = _Current()

# While some thread traces: gives for a Tensor from outside the one that stands for it in the trace of this thread.
own: Callable[[Any], Any] | None = None


@contextlib.contextmanager
def after(done: Sequence[tuple[str, Any, Any]]) -> Iterator[None]:
    """Within this context Python code runs whose first effects, these, have happened."""
    before, current.done = current.done, deque(done)
    try:
        yield
    finally:
        current.done = before


def happened(name: str) -> tuple[Any, Any] | None:
    """The function of an effect of this name, and what it gave, if it is the next one that has happened already."""
    done = current.done
    if not done:
        return None
    if done[0][0] != name:
        if any(one[0] == name for one in done):
            done.clear()  # the code does something else from here on
        return None
    return done.popleft()[1:]


def run_each_call(
    function: Callable[..., Any], values: Sequence[Any], described: Sequence[Any] | None
) -> Any:
    """What `function(*values)` gives: at each call of the function that is traced, or now, unless it has happened.

    Args:
      described: `(shape, dtype, device)` of each result, as of `Tracer.each_call`.
    """
    if current.tracer is not None:
        return current.tracer.each_call(function, values, described)
    known = happened(function.__qualname__)
    return function(*values) if known is None else known[1]


def shapes_alone() -> bool:
    """Whether what is computed here is not used, but for its shape: a kernel need not go through all of its steps."""
    return current.tracer is not None and bool(current.tracer.blind)


def noting() -> bool:
    """Whether a function is traced for a graph of it, which holds for all values and sizes."""
    return current.tracer is not None and current.tracer.notes is not None


def within(which: int = 0) -> contextlib.AbstractContextManager[Callable[[], None]]:
    """Around what Python runs and TensorFlow has a graph for: the body of a loop, or the branch number `which`.

    What it gives is called as a branch, or each round, begins: the random ops of the body are the same in all rounds.
    """
    tracer = current.tracer
    return contextlib.nullcontext(_nothing) if tracer is None else tracer.within(which)


def _nothing() -> None:
    pass


def left_its_function(raw: Any) -> bool:
    """Whether a value is one of a `tf.function` that was or is being traced."""
    return type(getattr(raw, "fake_mode", None)).__module__.startswith("tfcompat_tape.")


def tracing() -> bool:
    """Whether a trace (or another dispatch mode) is under way on this thread."""
    return torch._C._len_torch_dispatch_stack() > 0


def known(raw: Any) -> Any:
    """A raw tensor as a plain one that can be read; `None` where a trace or `vmap` leaves its values open."""
    if not isinstance(raw, torch.Tensor):
        return raw
    if torch._C._functorch.is_functorch_wrapped_tensor(raw):
        return None
    return _in_trace(raw) if tracing() else raw


def item(raw: torch.Tensor) -> Any:
    """The value of a tensor with one element as a Python number.

    Raises:
      OperatorNotAllowedInGraphError: it depends on the inputs of the function that is being traced.
      RuntimeError: a vectorized function stands for many values.
    """
    if not tracing():
        return raw.item()
    found = _readable(raw)
    with outside():
        return found.item()


def listed(raw: torch.Tensor) -> Any:
    """The values of a tensor as nested lists of Python numbers; raises what `item` raises."""
    return plain(raw).tolist()


def sizes(raw: torch.Tensor) -> Any:
    """The values of an integer tensor that are sizes and places, as nested lists; raises what `item` raises.

    While a function is traced, sizes that differ from call to call are `torch.SymInt`s.
    """
    tracer = current.tracer
    if tracer is not None:
        found = tracer.sizes_in(raw)
        if found is not None:
            return found
    return listed(raw)


def graph() -> Any:
    """Who notes what a graph is made of, where a function is traced to be written as one, without values."""
    tracer = current.tracer
    return None if tracer is None else tracer.notes


def sized(sizes: Any, dtype: torch.dtype) -> torch.Tensor:
    """A size, or a tuple of sizes, as a tensor on the CPU."""
    tracer = current.tracer
    if tracer is not None:
        found: torch.Tensor = tracer.sized(sizes, dtype)
        return found
    return torch.tensor(sizes, dtype=dtype, device="cpu")


def plain(raw: torch.Tensor) -> torch.Tensor:
    """A raw tensor as a plain one that can be read; raises what `item` raises."""
    if torch._C._functorch.is_functorch_wrapped_tensor(raw):
        raise ManyValuesError(
            f"vmap: the values of a tensor of shape {list(raw.shape)} are needed here, but a vectorized function "
            "stands for many."
        )
    return _readable(raw) if tracing() else raw


def outside() -> contextlib.AbstractContextManager[Any]:
    """Within this context, torch computes with plain tensors what no trace shall see."""
    if not tracing():
        return contextlib.nullcontext()
    from torch.utils._python_dispatch import _disable_current_modes

    return _disable_current_modes()


def _readable(raw: torch.Tensor) -> torch.Tensor:
    if torch._C._functorch.is_functorch_wrapped_tensor(raw):
        return raw  # torch says what is wrong
    tracer = current.tracer
    if tracer is not None:
        return tracer.demand(raw)
    found = _in_trace(raw)
    if found is None:
        raise OperatorNotAllowedInGraphError(
            f"The values of a tensor of shape {list(raw.shape)} are needed here, but they depend on the inputs of the "
            "function that is being traced. Use tf.where in place of a Python `if`, and shapes that do not depend on "
            "values."
        )
    return found


def _in_trace(raw: torch.Tensor) -> torch.Tensor | None:
    tracer = current.tracer
    if tracer is not None:
        return tracer.known(raw)
    from torch.fx.experimental.proxy_tensor import get_proxy_mode, get_proxy_slot

    mode: Any = get_proxy_mode()
    slot: Any = None if mode is None else get_proxy_slot(raw, mode.tracer, None)
    constant = getattr(slot, "constant", None)
    if constant is None and slot is None:
        constant = raw if type(raw) is torch.Tensor else getattr(raw, "constant", None)
    if constant is not None or slot is None:
        return constant if type(constant) is torch.Tensor else None
    with outside():
        return _computed(slot.proxy.node, mode.tracer.root)


def _computed(node: Any, root: Any) -> torch.Tensor | None:
    """The value of a node of a trace; `None` if it is not made of constants alone."""
    stack = [node]
    while stack:
        one = stack[-1]
        if one.op not in ("get_attr", "call_function") or _written(one) or not _pure(one):
            return None
        missing = [source for source in one.all_input_nodes if _KEY not in source.meta]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        if one.op == "get_attr":
            value = root
            for name in one.target.split("."):
                value = getattr(value, name)
            if type(value) is not torch.Tensor:
                return None
        else:
            args, kwargs = torch.fx.map_arg((one.args, one.kwargs), _value_of)
            value = one.target(*args, **kwargs)
        one.meta[_KEY] = value
    found: torch.Tensor = node.meta[_KEY]
    return found


def _value_of(node: Any) -> Any:
    return node.meta[_KEY]


def _pure(node: Any) -> bool:
    """Whether a node computes the same each time, and writes into nothing."""
    tags = getattr(node.target, "tags", ())
    return torch.Tag.nondeterministic_seeded not in tags and not _schema_says("is_write", node.target)


def _written(node: Any) -> bool:
    """Whether something writes into what a node gives, perhaps through a view of it."""
    return any(
        _schema_says("is_write", user.target) or (_schema_says("alias", user.target) and _written(user))
        for user in node.users
    )


def _schema_says(what: str, target: Any) -> bool:
    """Whether an op writes into an argument, or gives a view of one."""
    schema = getattr(target, "_schema", None)
    infos = [] if schema is None else [argument.alias_info for argument in schema.arguments]
    return any(info is not None and (what == "alias" or info.is_write) for info in infos)
