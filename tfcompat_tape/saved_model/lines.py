"""Functions of a SavedModel that was written here: lines of torch's kernels, read from JSON and run one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import UnimplementedError
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.interop.functions import torch_op
from tfcompat_tape.saved_model import sizes, values
from tfcompat_tape.tracing.recorder import _tensor_of

Values = dict[int, Any]
Get = Callable[[Values, Mapping[str, int]], Any]


class Line:
    """One trace: it is called with raw tensors, and gives raw tensors.

    Raises:
      ValueError: JSON that says no such line.
    """

    def __init__(self, entry: Mapping[str, Any], variables: Sequence[Any]) -> None:
        self._constants = [values.constant(one) for one in entry["constants"]]
        self._inputs = [int(number) for number in entry["inputs"]]
        self.variables = [variables[number] for number in entry["variables"]]
        self._captured = [self._constants[number] for number in entry["captured"]]
        self._shapes: list[list[int | None]] = entry["shapes"]
        self._symbols: dict[str, list[int]] = entry["symbols"]
        self._guards = [sizes.parsed(text) for text in entry["guards"]]
        self._nodes = [
            (
                _kernel(node["op"]),
                [self._get(x) for x in node["args"]],
                {key: self._get(x) for key, x in node["kwargs"].items()},
                node["outs"],
                node["single"],
            )
            for node in entry["nodes"]
        ]
        self._outputs = [self._get(x) for x in entry["outputs"]]
        self.written: list[int] = entry["written"]
        self.result: Any = entry["result"]
        self.op = torch_op(self._run, gradient=_no_gradient, outputs=len(self._outputs))

    def holds(self, raws: Sequence[torch.Tensor]) -> bool:
        """Whether the line is for tensors of these shapes."""
        for raw, shape in zip(raws, self._shapes, strict=True):
            if raw.dim() != len(shape) or any(
                n is not None and n != m for n, m in zip(shape, raw.shape, strict=True)
            ):
                return False
        known = self._sizes(dict(zip(self._inputs, raws, strict=False)))
        return all(guard(known) for guard in self._guards)

    def _sizes(self, found: Values) -> dict[str, int]:
        return {
            name: found[number].shape[axis]
            for name, (number, axis) in self._symbols.items()
            if number in found
        }

    def _run(self, *raws: torch.Tensor) -> list[torch.Tensor]:
        found: Values = dict(zip(self._inputs, [*raws, *self._captured], strict=True))
        known = self._sizes(found)
        for kernel, args, kwargs, outs, single in self._nodes:
            named = {key: get(found, known) for key, get in kwargs.items()}
            made = kernel(*[get(found, known) for get in args], **named)
            for number, value in zip(outs, [made] if single else made, strict=True):
                found[number] = value
        return [get(found, known) for get in self._outputs]

    def _get(self, x: Any) -> Get:
        """What finds an argument among the values and sizes."""
        if not isinstance(x, dict):
            return lambda found, known: x
        ((word, value),) = x.items()
        if word == "value":
            return lambda found, known: found[value]
        if word == "const":
            constant = self._constants[value]
            return lambda found, known: constant
        if word in ("tuple", "list"):
            parts = [self._get(one) for one in value]
            make: Any = tuple if word == "tuple" else list
            return lambda found, known: make([part(found, known) for part in parts])
        if word == "size":
            evaluate = sizes.parsed(value)
            return lambda found, known: evaluate(known)
        fixed = values.number(x) if word in ("float", "complex") else values.torch_value(word, value)
        return lambda found, known: fixed


def _kernel(name: str) -> Callable[..., Any]:
    """A kernel of torch by its name: of `aten` or `prims`, and nothing else.

    Raises:
      ValueError: there is none of this name.
    """
    if name == "sizes":
        return _tensor_of
    space, _, rest = name.partition(".")
    packet, _, overload = rest.partition(".")
    found = None
    if space in ("aten", "prims") and packet.isidentifier() and overload.isidentifier():
        found = getattr(getattr(getattr(torch.ops, space), packet, None), overload, None)
    if not isinstance(found, torch._ops.OpOverload):
        raise ValueError(f"torch has no kernel {name!r}")
    return found


def _no_gradient(op: Any, *grads: Any) -> Any:
    raise UnimplementedError(
        None,
        None,
        "A function loaded from a SavedModel has no gradient here: what is written is its kernels, not the rules by "
        "which TensorFlow differentiates them. To train on, load the Variables into the model's own code: "
        "tf.train.Checkpoint(model).restore(directory).",
    )


class RestoredFunction(Trackable):
    """A function of a SavedModel. Called with arguments for which it was not written, it raises ValueError."""

    _kinds: list[Any]
    _refused: list[str]

    def __init__(self, name: str, entries: Sequence[Mapping[str, Any]], variables: Sequence[Any]) -> None:
        self.__name__ = name
        self._kinds = [Kind(entry, variables) for entry in entries if "refused" not in entry]
        self._refused = [entry["refused"] for entry in entries if "refused" in entry]

    @property
    def variables(self) -> tuple[Any, ...]:
        """The Variables that it uses."""
        found = {id(v): v for kind in self.kinds() for v in kind.variables}
        return tuple(found.values())

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of them that are trainable."""
        return tuple([v for v in self.variables if v.trainable])

    @property
    def concrete_functions(self) -> list[RestoredFunction]:
        """The functions for each kind of arguments: what is asked of them, this one answers for all."""
        return [self]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for kind in self._kinds:
            given = kind.takes.bound(args, kwargs)
            if given is not None:
                return kind.called(given)
        if self._refused or not self._kinds:
            raise UnimplementedError(None, None, f"{self._why_not()}.")
        raise self._unfitting(args, kwargs)

    def _unfitting(self, args: Any, kwargs: Any) -> Exception:
        """What says that the function takes other arguments."""
        takes = self._kinds[0].takes
        names = [name for name in takes.parameters[len(args) :] if name not in {*kwargs, *takes.defaults}]
        if names:
            return TypeError(
                f"Binding inputs to tf.function failed due to `missing a required argument: '{names[0]}'`. "
                f"Received args: {args} and kwargs: {dict(kwargs)}."
            )
        options = "\n".join(f"  {kind.takes.args}" for kind in self._kinds)
        return ValueError(
            "Could not find matching concrete function to call loaded from the SavedModel. Got:\n"
            f"  Positional arguments ({len(args)} total): {args}\n  Keyword arguments: {kwargs}\n\n"
            f"Expected these arguments to match one of the following {len(self._kinds)} option(s):\n{options}"
        )

    def kinds(self) -> list[Any]:
        """The function for each kind of arguments."""
        return self._kinds

    def _why_not(self) -> str:
        why = "; ".join(self._refused) or "it was never called, and has no input signature"
        return f"{self.__name__} could not be written into the SavedModel: {why}"


class Arguments:
    """The arguments of one kind: specs where tensors are, and Python values.

    Args:
      parameters: the names of the positional ones.
      args, named: what they are.
      defaults: values of arguments that are left out.
    """

    def __init__(
        self, parameters: list[str], args: list[Any], named: dict[str, Any], defaults: Mapping[str, Any]
    ) -> None:
        self.parameters = parameters
        self.args = args
        self.named = named
        self.defaults = defaults

    def specs(self) -> list[TypeSpec]:
        """The specs among them, in the order of the tensors."""
        return [x for x in nest.flatten([self.args, self.named]) if isinstance(x, TypeSpec)]

    def bound(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any] | None:
        """The Tensors among the arguments; None if these are of another kind."""
        rest = dict(kwargs)
        given = list(args)
        for name in self.parameters[len(given) :]:
            if name in rest:
                given.append(rest.pop(name))
            elif name in self.defaults:
                given.append(self.defaults[name])
            else:
                return None
        for name in self.named.keys() - rest.keys():
            if name not in self.defaults:
                return None
            rest[name] = self.defaults[name]
        if len(given) != len(self.args) or rest.keys() != self.named.keys():
            return None
        found: list[Any] = []
        wanted_all = [*self.args, *[self.named[key] for key in sorted(self.named)]]
        for wanted, value in zip(wanted_all, [*given, *[rest[key] for key in sorted(rest)]], strict=True):
            leaves = _leaves(wanted, value)
            if leaves is None:
                return None
            for spec, leaf in leaves:
                if not isinstance(spec, TypeSpec):
                    if type(spec) is not type(leaf) or spec != leaf:
                        return None
                    continue
                fitting = _fitting(spec, leaf)
                if fitting is None:
                    return None
                found += fitting
        return found


class Kind:
    """A function for arguments of one kind."""

    def __init__(self, entry: Mapping[str, Any], variables: Sequence[Any]) -> None:
        self.name: str = entry["name"]
        self.entry, self.objects = entry, variables
        self.takes = Arguments(
            entry["parameters"],
            [values.from_structure(x, _no_result) for x in entry["arguments"]],
            {key: values.from_structure(x, _no_result) for key, x in entry["named"].items()},
            {key: values.from_structure(x, _no_result) for key, x in entry["defaults"].items()},
        )
        self.inputs: list[str] = entry["inputs"]
        self._lines = [Line(trace, variables) for trace in entry["traces"]]

    @property
    def variables(self) -> list[Any]:
        """The Variables that it uses."""
        return [variable for line in self._lines for variable in line.variables]

    def called(self, tensors: Sequence[Tensor]) -> Any:
        """The results for these Tensors, in their structure; Variables that are assigned are so."""
        raws = [tensor._t for tensor in tensors]
        line = next((line for line in self._lines if line.holds(raws)), None)
        if line is None:
            raise UnimplementedError(
                None,
                None,
                f"{self.name} was written into the SavedModel for other sizes than "
                f"{[list(raw.shape) for raw in raws]}: call it with arguments of such shapes before it is saved.",
            )
        found = line.op(*tensors, *[variable._read() for variable in line.variables])
        count = len(found) - len(line.written)
        for place, value in zip(line.written, found[count:], strict=True):
            line.variables[place].assign(value)
        return values.from_structure(line.result, lambda i: found[i])


def _leaves(wanted: Any, value: Any) -> list[tuple[Any, Any]] | None:
    """Each leaf of a structure with what stands there in another; None if it has no such place."""
    if isinstance(wanted, Mapping):
        if not isinstance(value, Mapping) or wanted.keys() != value.keys():
            return None
        parts = [(wanted[key], value[key]) for key in sorted(wanted)]
    elif isinstance(wanted, (list, tuple)):
        if not isinstance(value, (list, tuple)) or len(wanted) != len(value):
            return None
        parts = list(zip(wanted, value, strict=True))
    else:
        return [(wanted, value)]
    found: list[tuple[Any, Any]] = []
    for one, other in parts:
        leaves = _leaves(one, other)
        if leaves is None:
            return None
        found += leaves
    return found


def _no_result(number: int) -> Any:
    raise ValueError("a result stands among arguments")


def _fitting(spec: TypeSpec, value: Any) -> list[Any] | None:
    """A value as the Tensors that are wanted; None if it is none such."""
    if not isinstance(spec, TensorSpec):
        own = getattr(value, "_type_spec", None)
        if own is None or not spec.is_compatible_with(own):
            return None
        return list(nest.flatten(value, expand_composites=True))
    if not isinstance(value, Tensor) and not hasattr(value, "_read"):
        if isinstance(value, (CompositeTensor, str, bytes)) and spec.dtype.name != "string":
            return None
        try:
            value = convert(value, spec.dtype)
        except (TypeError, ValueError):
            return None
    tensor = convert(value)
    fits = tensor.dtype == spec.dtype and spec.shape.is_compatible_with(tensor.shape)
    return [tensor] if fits else None


class Signature(RestoredFunction):
    """A function under `signatures`: called by names, it gives a dict of Tensors."""

    @property
    def structured_input_signature(self) -> tuple[tuple[()], dict[str, TensorSpec]]:
        """No arguments in order, and the specs of those by name."""
        return (), {
            name: TensorSpec(spec.shape, spec.dtype, name) if isinstance(spec, TensorSpec) else spec
            for kind in self.kinds()
            for name, spec in zip(kind.inputs, kind.takes.specs(), strict=True)
        }

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for kind in self._kinds:
            if len(args) <= len(kind.inputs):
                kwargs = {**dict(zip(kind.inputs, args, strict=False)), **kwargs}
                args = ()
            specs = kind.takes.specs()
            if kwargs.keys() == set(kind.inputs) and len(specs) == len(kind.inputs):
                given = [_fitting(spec, kwargs[name]) for spec, name in zip(specs, kind.inputs, strict=True)]
                if all(parts is not None for parts in given):
                    found = kind.called([tensor for parts in given if parts is not None for tensor in parts])
                    if isinstance(found, Mapping):
                        return dict(found)
                    return {f"output_{i}": value for i, value in enumerate(nest.flatten(found))}
        return super().__call__(*args, **kwargs)
