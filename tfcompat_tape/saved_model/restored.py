"""Functions of a SavedModel as they are called: which arguments they take, and for which of their kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import UnimplementedError
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable


class RestoredFunction(Trackable):
    """A function of a SavedModel. Called with arguments for which it was not written, it raises ValueError."""

    __name__: str
    spec: Any  # what the file says of its parameters
    _kinds: list[Any]
    _refused: list[str]

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
        if not self._kinds and not self._refused:
            raise ValueError(
                "Found zero restored functions for caller function: it was never called before the model was written, "
                "and has no input signature."
            )
        if self._refused:
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
        return f"{self.__name__} of this SavedModel cannot be called: {'; '.join(self._refused)}"


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
                    return self._given(found)
        return super().__call__(*args, **kwargs)

    def _given(self, found: Any) -> Any:
        """What a call gives."""
        if isinstance(found, Mapping):
            return dict(found)
        return {f"output_{i}": value for i, value in enumerate(nest.flatten(found))}
