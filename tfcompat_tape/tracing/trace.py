"""One trace: what a Python function computed for arguments of one kind, as nodes and as a Wengert list.

The list is that of a recording which watches every argument, every Variable that is read and every traced Tensor from
outside. It is what the function's derivatives are made of: a gradient is a walk along it, traced in turn.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor

from tfcompat_tape.core.at_call import ValueNeededError
from tfcompat_tape.core.outer import original, standing_for
from tfcompat_tape.core.overwriting import value_of
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, Recording, alive, leaf, only
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tape.graph_mode import body_of, is_outside
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.listing import user_line
from tfcompat_tape.tracing.recorder import Recorder
from tfcompat_tape.tracing.sizes import Sizes
from tfcompat_tape.tracing.texts import is_array


@dataclasses.dataclass(frozen=True)
class AutoGraph:
    """How Python code becomes operations.

    Attributes:
      asserts: `assert` on a Tensor looks at the values of each call.
    """

    asserts: bool = False


ON = AutoGraph()


class Held:
    """What a trace knows of a Variable.

    Attributes:
      number: the input that is its value at the start; `None` while the function has not read that.
      raw: its value at this point of the function.
      node: its entry on the list of the trace.
      written: the function assigns to it; `assigned`: the values, in order.
    """

    __slots__ = ("assigned", "node", "number", "raw", "variable", "written")

    def __init__(self, variable: Variable, number: int, raw: Any) -> None:
        self.variable = variable
        self.number = number
        self.raw = raw
        self.node: Entry | None = None
        self.written = False
        self.assigned: list[Any] = []


class Trace:
    """A function while, and after, it is traced.

    Args:
      known: values of the arguments, in order, where there are any (see `Recorder`).
      creating: the function may make Variables.
      sizes: where dimensions of arguments differ from call to call.
      autograph: Python may ask for values where TensorFlow's AutoGraph would have helped; `None`: it may not.
      jit_compile: its lines are compiled.
      around: the trace that this one is a part of: a branch.

    Attributes:
      arguments: the arguments as the function sees them.
      variables: the Variables that it uses, in the order in which it first does.
      captures: Tensors from outside that a tape traces.
      beside: Variables that functions of datasets read at a call, and `reached`: that any Python code does, by id: see
        `tracing/beside.py`.
      given: ids of Variables that are arguments, in whose places the function sees others.
    """

    def __init__(
        self,
        *,
        concrete: bool,
        creating: bool,
        autograph: AutoGraph | None = ON,
        around: Trace | None = None,
        sizes: Sizes | None = None,
        jit_compile: bool = False,
    ) -> None:
        self.autograph = autograph
        self.jit_compile = jit_compile
        self._around = None if around is None else weakref.ref(around)
        self._enclosing = None if scope.active.trace is None else weakref.ref(scope.active.trace)
        self.recorder = Recorder({} if concrete else None, sizes)
        if scope.active.trace is not None:
            self.recorder.mode.around = weakref.ref(scope.active.trace.recorder.mode)
        self.recorder.outside = scope.left
        self.recorder.frame = user_line
        if around is not None and around.recorder.notes is not None:
            self.recorder.notes = type(around.recorder.notes)(self.recorder)
        self.names: list[str] = []  # of the arguments
        self.record = Recording(persistent=True, watches_variables=True)
        self.tapes: set[int] = set()  # ids of what the tapes of the function recorded
        # Options of the loop that this trace is the body of.
        self.loose_loops = False  # shapes may change
        self.most_rounds: Any = None  # itself where none are said yet
        self.shapes_known = True  # where they do not fit, TensorFlow finds out while tracing
        self.unranked: set[int] = set()  # ids of fake tensors whose rank the function shall not see
        self.ranked: set[int] = set()  # of those, whose rank it has said itself
        self.arguments: list[Tensor] = []
        self.argument_numbers: list[int] = []
        self.held: dict[int, Held] = {}
        self.captures: dict[int, tuple[Tensor, Any, Entry | None, int]] = {}
        self.outer_nodes: dict[int, tuple[Tensor, Entry]] = {}
        # Tensors from outside that are the same at each call, as weak references, and those that were made inside.
        self.constants: dict[int, Any] = {} if around is None else around.constants
        self.inside: dict[int, Tensor] = {} if around is None else around.inside
        self.aliases: dict[int, Tensor] = {}  # of Tensors from outside, by their ids: see `own`
        # Numbers of Variables and Tensors from outside, in the order in which they are first seen.
        self.seen: dict[int, int] = {} if around is None else around.seen
        self.created: list[Variable] = []
        self.beside: dict[int, Variable] = {}  # by id
        self.reached: dict[int, Variable] = {}
        self.given: frozenset[int] = frozenset()
        self.implementations: dict[
            str, Any
        ] = {}  # of functions that another may take the place of: see `selection`
        self.creating = creating
        self._named: dict[int, str] = {}  # by id of the fake tensor
        self.result: Any = None

    # -- what is outside, seen from inside -----------------------------------------------------------------------------

    def own(self, tensor: Tensor) -> Tensor:
        """A Tensor of this trace that stands for `tensor`: another object than one from outside, and the same to tapes.

        A cache in someone's library goes by the object, and one that is filled outside is not for the function.
        """
        raw = scope._slot_t.__get__(tensor)
        if self.recorder.mine(raw) or id(tensor) in self.inside:
            return tensor
        outer = original(tensor)
        alias = self.aliases.get(id(outer))
        if alias is None:
            alias = self.aliases[id(outer)] = standing_for(outer, Tensor(raw))
            scope._slot_node.__set__(alias, scope._slot_node.__get__(outer))
        return alias

    def outer_value(self, tensor: Tensor, raw: Any) -> Any:
        """The value of a Tensor that is no result of this trace."""
        tensor = original(tensor)
        held = self.captures.get(id(tensor))
        if held is not None:
            return held[1]
        if not isinstance(raw, torch.Tensor):
            self.uses(tensor)
            return raw
        mode: Any = getattr(raw, "fake_mode", None)
        foreign = mode is not None
        if foreign and getattr(mode, "closed", False):
            raise mode.left(raw)
        if torch._C._functorch.is_functorch_wrapped_tensor(raw):
            return raw
        if foreign or (raw.dtype in INEXACT and self._traced_outside(tensor)):
            return self._capture(tensor, raw)[1]
        self.uses(tensor)
        return raw

    def _traced_outside(self, tensor: Tensor) -> bool:
        """Whether a tape traces a Tensor from outside, be it around the function or of a trace that this one is in."""
        node = scope._slot_node.__get__(tensor)
        if node is not None and node.tapes & alive:
            return True
        around = list(self.enclosings())
        given = [one.outer_nodes[id(tensor)][1] for one in around if id(tensor) in one.outer_nodes]
        return any(node.tapes & alive for node in given) or (bool(around) and is_outside(tensor))

    def uses(self, tensor: Tensor) -> None:
        """A Tensor is read that is the same at each call: note it, if it comes from outside."""
        tensor = original(tensor)
        if id(tensor) not in self.constants and id(tensor) not in self.inside:
            self.constants[id(tensor)] = weakref.ref(tensor)
            self.seen.setdefault(id(tensor), len(self.seen))

    def uses_of(self, other: Trace) -> None:
        """A function that has the trace `other` is called in this one."""
        for ref in other.constants.values():
            tensor = ref()
            if tensor is not None:
                self.uses(tensor)

    def _capture(self, tensor: Tensor, raw: Any) -> tuple[Tensor, Any, Entry | None, int]:
        if isinstance(raw, FakeTensor) and not self._within(raw):
            raise UntraceableError("a value of a function or branch that has ended")
        self.seen.setdefault(id(tensor), len(self.seen))
        fake = self.recorder.fresh(raw)
        number = self.recorder.number(fake)
        if self.recorder.concrete and not isinstance(raw, FakeTensor):
            self.recorder.env[number] = raw
        elif isinstance(raw, FakeTensor):
            self.recorder.concrete = False
        node = leaf(self.record.ids) if raw.dtype in INEXACT else None
        found = self.captures[id(tensor)] = tensor, fake, node, number
        return found

    def enclosing(self) -> Trace | None:
        """The trace that this one is made in."""
        return None if self._enclosing is None else self._enclosing()

    def enclosings(self) -> Iterator[Trace]:
        """The traces that this one is made in, from the innermost outwards."""
        outer = self.enclosing()
        while outer is not None:
            yield outer
            outer = outer.enclosing()

    def _within(self, raw: FakeTensor) -> bool:
        """Whether `raw` is a value of a trace that this one is made in."""
        return any(outer.recorder.mode is raw.fake_mode for outer in self.enclosings())

    def _like(self, variable: Variable) -> Any:
        """A raw tensor with the shape that `variable` has at the start."""
        around = None if self._around is None else self._around()
        return value_of(variable) if around is None else around.variable(variable).raw

    def outer_node(self, tensor: Tensor, raw: Any) -> Entry | None:
        """The entry, on lists of this trace, of a Tensor that is no result of it."""
        tensor = original(tensor)
        given = self.outer_nodes.get(id(tensor))
        if given is not None:
            return given[1]
        self.outer_value(tensor, raw)
        held = self.captures.get(id(tensor))
        if held is not None:
            return held[2]
        if not is_outside(tensor):
            return None
        node = leaf(self.record.ids)
        self.set_outer_node(tensor, node)
        return node

    def entry_of(self, tensor: Tensor, raw: Any) -> Entry | None:
        """The entry of a result; what is the same at each call (the maximum of nothing) may have one, too."""
        if self.recorder.mine(raw):
            node: Entry | None = scope._slot_node.__get__(tensor)
            return node
        given = self.outer_nodes.get(id(original(tensor)))
        return None if given is None else given[1]

    def set_outer_node(self, tensor: Tensor, node: Entry) -> None:
        """Something inside watches a Tensor from outside."""
        tensor = original(tensor)
        self.outer_nodes[id(tensor)] = tensor, node

    def variable(self, variable: Variable) -> Held:
        """What is known of `variable` at this point."""
        held = self.held.get(id(variable))
        if held is None:
            raw = value_of(variable)
            if raw is None:
                raise UntraceableError("a Variable without a value")
            if isinstance(raw, FakeTensor):
                raise UntraceableError("a Variable of another trace")
            self.seen.setdefault(id(variable), len(self.seen))
            fake = self.recorder.fresh(self._like(variable))
            number = self.recorder.number(fake)
            if self.recorder.concrete:
                self.recorder.env[number] = raw
            held = self.held[id(variable)] = Held(variable, number, fake)
        return held

    def assign(self, variable: Variable, raw: Any) -> None:
        """`variable` has another value from here on; a new Variable has its first, which is computed at once."""
        if value_of(variable) is not None:
            held = self.variable(variable)
            if self.recorder.notes is not None:
                raw = self.recorder.notes.assigned(variable, raw)
            held.raw = raw
            held.written = True
            held.assigned.append(raw)
            return
        if not self.creating:
            raise ValueError(
                "Creating variables on a non-first call to a function decorated with tf.function is not possible: "
                "tf.function only supports singleton tf.Variables created on the first call. Make sure the tf.Variable "
                "is only created once or created outside tf.function. See "
                "https://www.tensorflow.org/guide/function#creating_tfvariables for more information."
            )
        if isinstance(raw, FakeTensor):
            number = self.recorder.number(raw)
            if not self.recorder.concrete and self.recorder.dynamic[number]:
                self.recorder.require(number, [held for held in self.held.values() if not held.written])
            with scope.left():
                raw = self.recorder._compute(number)
                raw = raw.copy() if is_array(raw) else raw.clone()
            self.recorder.demanded = True
        variable.__dict__["_t"] = raw
        variable.__dict__["_node"] = None
        self.created.append(variable)

    # -- running the function ------------------------------------------------------------------------------------------

    def argument(self, like: Any, value: Any = None, dims: Any = None, unranked: bool = False) -> Tensor:
        """One more argument: a Tensor with the shape and dtype of the raw tensor `like`.

        Where `dims` has `None`, the size is another one at each call. If it is `unranked`, the function sees no rank.
        """
        fake = self.recorder.fresh(like, dims=dims)
        number = self.recorder.number(fake)
        if value is not None:
            self.recorder.env[number] = value
        node = leaf(self.record.ids) if like.dtype in INEXACT else None
        tensor = object.__new__(Tensor)
        scope._slot_t.__set__(tensor, fake)
        scope._slot_node.__set__(tensor, node)
        self.arguments.append(tensor)
        if unranked:
            self.unranked.add(id(fake))
        self.argument_numbers.append(number)
        return tensor

    def run(self, body: Callable[[], Any], function: Callable[..., Any]) -> Any:
        """What `body` returns, which calls `function` with arguments of this trace."""
        running.depth += 1
        for name in self.names:
            self.recorder.ops.argument(name)
        try:
            with scope.entered(self), only([self.record]), body_of(self.record):
                return body()
        except ValueNeededError as error:
            if any(outer.recorder.blind for outer in self.enclosings()):
                raise
            raise UntraceableError(str(error)) from error
        finally:
            running.depth -= 1
            self.recorder.mode.closed = True
            if self._around is None:
                self.inside.clear()
            self.recorder.ops.left()

    def name_of(self, tensor: Tensor) -> str:
        """What the function's graph calls a Tensor."""
        for name, x in zip(self.names, self.arguments, strict=False):
            if x is tensor:
                return f"{name}:0"
        made = self.made(tensor)
        if made is not None:
            return f"{made.name}:{made.place}"
        key = id(scope._slot_t.__get__(tensor))
        found = self._named.get(key)
        if found is None:
            found = self._named[key] = self.recorder.ops.namer.unique("", self.op_type(tensor))
        return f"{found}:0"

    def made(self, tensor: Tensor) -> Any:
        """The op that made a Tensor in this trace, as `ops` tells it; `None` if it does not."""
        node = scope._slot_node.__get__(tensor)
        kind = None if node is None or node.op is None else str(node.op.name)
        return self.recorder.ops.of(scope._slot_t.__get__(tensor), kind)

    def op_type(self, tensor: Tensor) -> str:
        """The op that made a Tensor, as far as it is known; an argument is a placeholder."""
        if any(x is tensor for x in self.arguments):
            return "Placeholder"
        made = self.made(tensor)
        if made is not None:
            return str(made.type)
        number = self.recorder.numbers.get(id(scope._slot_t.__get__(tensor)))
        index = None if number is None else self.recorder.producers.get(number)
        if index is None:
            return "Const"
        function = self.recorder.nodes[index].function
        return str(getattr(function, "__name__", "Op").split(".")[0])

    @property
    def variables(self) -> list[Variable]:
        """The Variables that the function uses."""
        return [held.variable for held in self.held.values()]

    def sources(self) -> list[tuple[int, Entry | None]]:
        """Number and entry of every input: arguments, Variables, captured Tensors."""
        return [
            *[
                (number, scope._slot_node.__get__(x))
                for number, x in zip(self.argument_numbers, self.arguments, strict=True)
            ],
            *[(held.number, held.node) for held in self.held.values()],
            *[(number, node) for _, _, node, number in self.captures.values()],
        ]
