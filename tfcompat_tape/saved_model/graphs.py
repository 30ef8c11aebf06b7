"""Functions of TensorFlow's graphs, run node by node.

Each node is an op that runs as it would in the program, so tapes, accumulators and traces see it. Nothing in a graph is
code: a node names an op, and an op that is not known here raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape.control import flow
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.handles import Handle
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.saved_model.graph_ops import (
    FunctionName,
    Outputs,
    attribute,
    known,
    operation,
    with_gradient,
)

_CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
_BRANCHES = {"Case", "If", "StatelessCase", "StatelessIf"}
_LOOPS = {"StatelessWhile", "While"}
_FLOW = _CALLS | _BRANCHES | _LOOPS
_ONLY_IN_GRAPHS = {20, 21}  # resources and lists: no tensors

Ref = tuple[str, str | None, int]
_FLAT = ""  # a result by its number among all of a node


def _no_gradient(grads: list[Any], captured: list[Any]) -> Any:
    raise LookupError(
        "No gradient defined for operation 'IdentityN' (op type: IdentityN). The function has a tf.custom_gradient, "
        "which was not written into the SavedModel."
    )


class Library:
    """The functions of a graph, by name.

    Args:
      gradient: gives, for the name of a function that is somebody's gradient, the names of the values that it has from
        the function whose gradient it is, and what is called with cotangents and these values.
    """

    def __init__(self, library: Any, gradient: Callable[[str], tuple[list[str], Any]]) -> None:
        self._definitions = {one.signature.name: one for one in library.function}
        self._bodies: dict[str, Body] = {}
        self._gradients = {one.registered_op_type: one.gradient_func for one in library.registered_gradients}
        self._gradient = gradient

    def gradient(self, node: Any) -> tuple[list[str], Any] | None:
        """The gradient that the user gave the values of a node, if so."""
        if node.op != "IdentityN" or "_gradient_op_type" not in node.attr:
            return None
        name = self._gradients.get(attribute(node.attr["_gradient_op_type"]))
        if name is None:
            return [], _no_gradient
        return self._gradient(name)

    def registered(self, node: Any) -> str | None:
        """The name of the function that is the gradient of a node by the user's wish."""
        if node.op != "IdentityN" or "_gradient_op_type" not in node.attr:
            return None
        return self._gradients.get(attribute(node.attr["_gradient_op_type"]))

    def inputs(self, node: Any) -> list[Ref]:
        """Where the inputs of a node come from."""
        found = [_ref(text) for text in node.input if not text.startswith("^")]
        gradient = self.gradient(node)
        if gradient is not None:
            for name in gradient[0]:
                bare, _, number = name.partition(":")
                found.append((bare, _FLAT, int(number or 0)))
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._definitions

    def body(self, name: str) -> Body:
        """A function that can be called.

        Raises:
          UnimplementedError: it has an op that is not run here.
          DecodeError: there is no such function, or it is damaged.
        """
        found = self._bodies.get(name)
        if found is None:
            missing = self.missing(name)
            if missing:
                raise unimplemented(
                    f"{name} is a graph that TensorFlow wrote, and its ops {', '.join(missing)} are not run here."
                )
            found = self._bodies[name] = Body(self, self.definition(name))
        return found

    def definition(self, name: str) -> Any:
        """A function as it is written."""
        if name not in self._definitions:
            raise DecodeError(f"there is no function {name!r}")
        return self._definitions[name]

    def flows(self, name: str) -> bool:
        """Whether a function has branches or loops, or calls one that has."""
        return any(
            node.op in _BRANCHES | _LOOPS or (node.op in _CALLS and any(map(self.flows, called_by(node))))
            for node in needed(self, self.definition(name))
        )

    def missing(self, name: str) -> list[str]:
        """The ops of a function, and of those that it calls, that are not run here."""
        seen, found, waiting = {name}, set(), [name]
        while waiting:
            for node in needed(self, self.definition(waiting.pop())):
                if node.op in _FLOW:
                    for called in called_by(node):
                        if called not in seen:
                            seen.add(called)
                            waiting.append(called)
                elif not known(node.op):
                    found.add(node.op)
        return sorted(found)


def called_by(node: Any) -> list[str]:
    """The functions that a node calls."""
    found: list[str] = []
    for value in node.attr.values():
        one = attribute(value)
        found += [
            part for part in (one if isinstance(one, list) else [one]) if isinstance(part, FunctionName)
        ]
    return found


def _ref(text: str) -> Ref:
    """Where an input comes from: an argument, or a result of a node by name and number."""
    name, _, rest = text.partition(":")
    if not rest:
        return name, None, 0
    output, _, number = rest.rpartition(":")
    if not output or not number.isdigit():
        raise DecodeError(f"{text!r} is no value of a function")
    return name, output, int(number)


def needed(library: Library, definition: Any) -> list[Any]:
    """The nodes that the results and effects of a function need, in an order in which they can be run."""
    nodes = {node.name: node for node in definition.node_def}
    arguments = {one.name for one in definition.signature.input_arg}
    ends = [_ref(pair.value)[0] for pair in definition.ret] + [pair.value for pair in definition.control_ret]
    state: dict[str, bool] = {}  # whether a node is done
    found: list[Any] = []
    for end in ends:
        waiting = [end]
        while waiting:
            name = waiting[-1]
            if name in arguments or state.get(name):
                waiting.pop()
                continue
            if name not in nodes:
                raise DecodeError(f"{definition.signature.name} has no node {name!r}")
            node = nodes[name]
            if name in state:
                waiting.pop()
                state[name] = True
                found.append(node)
                continue
            state[name] = False
            controls = [text[1:] for text in node.input if text.startswith("^")]
            for before in reversed([*[ref[0] for ref in library.inputs(node)], *controls]):
                if before not in arguments and not state.get(before):
                    if before in state:
                        raise DecodeError(f"{definition.signature.name} has a circle at {before!r}")
                    waiting.append(before)
    return found


class Body:
    """A function of a graph: called with a list of values, it gives a list of values."""

    def __init__(self, library: Library, definition: Any) -> None:
        self.name: str = definition.signature.name
        self._arguments = [one.name for one in definition.signature.input_arg]
        self.plain = not any(
            one.type in _ONLY_IN_GRAPHS
            for one in (*definition.signature.input_arg, *definition.signature.output_arg)
        )
        self.takes = [one.type for one in definition.signature.input_arg]
        self.gives = [one.type for one in definition.signature.output_arg]
        results = {pair.key: _ref(pair.value) for pair in definition.ret}
        try:
            self._results = [results[one.name] for one in definition.signature.output_arg]
        except KeyError as error:
            raise DecodeError(f"{self.name} does not say what its result {error} is") from None
        self._steps: list[tuple[str, Callable[[list[Any]], Outputs], list[Ref], list[str]]] = []
        nodes = needed(library, definition)
        last: dict[str, int] = {}
        given = [library.inputs(node) for node in nodes]
        for place, refs in enumerate(given):
            last.update({name: place for name, _, _ in refs})
        for name, _, _ in self._results:
            last[name] = len(nodes)
        dying: list[list[str]] = [[] for _ in nodes]
        for name, place in last.items():
            if place < len(nodes):
                dying[place].append(name)
        for node, refs, dead in zip(nodes, given, dying, strict=True):
            gradient = library.gradient(node)
            if gradient is not None:
                run = with_gradient(len(refs) - len(gradient[0]), gradient[1])
            else:
                run = _flow(library, node) if node.op in _FLOW else operation(node)
            self._steps.append((node.name, run, refs, dead))

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        if len(values) != len(self._arguments):
            raise DecodeError(f"{self.name} takes {len(self._arguments)} values, and got {len(values)}")
        known: dict[str, Any] = dict(zip(self._arguments, values, strict=True))
        for name, run, refs, dead in self._steps:
            known[name] = run([_value(known, ref) for ref in refs])
            for one in dead:
                known.pop(one, None)
        return [_value(known, ref) for ref in self._results]


def _value(known: dict[str, Any], ref: Ref) -> Any:
    name, output, number = ref
    found = known[name]
    if output is None or not isinstance(found, dict):
        return found
    values = found.get(output) if output != _FLAT else [one for several in found.values() for one in several]
    if values is None or number >= len(values):
        raise DecodeError(f"{name} has no result {output}:{number}")
    return values[number]


# -- what calls other functions ----------------------------------------------------------------------------------------


def _flow(library: Library, node: Any) -> Callable[[list[Any]], Outputs]:
    attrs = {key: attribute(value) for key, value in node.attr.items()}
    if node.op in _CALLS:
        body = library.body(attrs["f"])
        return lambda inputs: {"output": body(inputs)}
    if node.op in _LOOPS:
        return _loop(library.body(attrs["cond"]), library.body(attrs["body"]))
    if node.op in ("If", "StatelessIf"):
        return _choice(library.body(attrs["then_branch"]), library.body(attrs["else_branch"]))
    branches = [library.body(name) for name in attrs["branches"]]

    def case(inputs: list[Any]) -> Outputs:
        index, rest = inputs[0], inputs[1:]
        if _traced(branches):
            calls = [lambda branch=branch: branch(rest) for branch in branches]
            return {"output": list(flow.switch_case(index, calls))}
        number = int(index)
        return {"output": branches[number if 0 <= number < len(branches) else -1](rest)}

    return case


def _traced(bodies: Sequence[Body]) -> bool:
    """Whether a `tf.function` is being traced, and functions give tensors alone: both ways are traced then."""
    return reading.current.tracer is not None and all(
        not _ONLY_IN_GRAPHS & set(body.gives) for body in bodies
    )


def truth(value: Any) -> Any:
    """Whether a value counts as true: a number that is not zero, a text or a tensor that is not empty."""
    value = convert(value)
    if value.dtype.is_bool and not value.ndim:
        return value
    if value.ndim:
        return convert(value.shape.num_elements() != 0)
    if value.dtype.name == "string":
        return convert(bool(value.numpy()))
    return value != convert(0, value.dtype)


def _choice(yes: Body, no: Body) -> Callable[[list[Any]], Outputs]:
    def run(inputs: list[Any]) -> Outputs:
        test, rest = truth(inputs[0]), inputs[1:]
        if _traced([yes, no]):
            return {"output": list(flow.cond(test, lambda: yes(rest), lambda: no(rest)))}
        return {"output": yes(rest) if test else no(rest)}

    return run


def _loop(test: Body, body: Body) -> Callable[[list[Any]], Outputs]:
    # A resource is the same in each round.
    fixed = [kind == 20 for kind in body.takes]

    def run(inputs: list[Any]) -> Outputs:
        if reading.current.tracer is None or 21 in body.takes or not _all_tensors(inputs, fixed):
            values = inputs
            while truth(test(values)[0]):
                values = body(values)
            return {"output": values}

        def whole(moving: Sequence[Any]) -> list[Any]:
            parts = iter(moving)
            return [value if still else next(parts) for value, still in zip(inputs, fixed, strict=True)]

        def moving(values: Sequence[Any]) -> list[Any]:
            return [value for value, still in zip(values, fixed, strict=True) if not still]

        found = flow.while_loop(
            lambda *values: truth(test(whole(values))[0]),
            lambda *values: moving(body(whole(values))),
            moving(inputs),
            shape_invariants=(),  # who wrote the graph has compared shapes
        )
        return {"output": whole(found)}

    return run


def _all_tensors(values: Sequence[Any], fixed: Sequence[bool]) -> bool:
    return all(
        isinstance(value, Handle) if still else isinstance(value, Tensor)
        for value, still in zip(values, fixed, strict=True)
    )
