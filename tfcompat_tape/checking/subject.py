"""What is checked: a function of Tensors at one point, its values, gradients, and gradients of gradients.

Everything here takes raw torch tensors for the arguments, so that it runs at other points, under `torch.func.vmap`
and under `make_fx` just as well.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.checking.rules import Audit
from tfcompat_tape.core import devices
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor, from_numpy, to_numpy
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.gradient_tape import GradientTape

Raws = Sequence[Any]
_WIDE = {"float64": (np.float64, np.complex128), "float32": (np.float32, np.complex64)}


@dataclass(frozen=True)
class Argument:
    """One tensor among the arguments.

    Attributes:
      label: its position, followed by the path in a nested argument: "0", "1['w']".
      raw: its value.
      differentiable: whether it is differentiated: floating or complex, and not constant.
      variable: whether the function gets it as a Variable.
    """

    label: str
    raw: Any
    differentiable: bool
    variable: bool


class Subject:
    """A function at one point, on one device and in one floating dtype.

    Args:
      function: any function of Tensors.
      args: its arguments; nested structures of arrays, Tensors, Variables and numbers.
      constant: positions of arguments that are not differentiated.
      dtype: "float64" or "float32", which floating (and complex) arguments are cast to.
      device: TensorFlow's name of the device.
      seed: of the random cotangents.

    Attributes:
      eps: rounding error of the arguments and, once these are known, of the results.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        *,
        constant: Sequence[int],
        dtype: str,
        device: str,
        seed: int,
    ) -> None:
        self.function = function
        self.dtype = dtype
        self.device = device
        self.seed = seed
        self.eps = torch.finfo(getattr(torch, dtype)).eps
        self._structure = [_arrays_of_numbers(arg) for arg in args]
        leaves = nest.flatten(self._structure, expand_composites=True)
        labels = [(label, i) for i, arg in enumerate(self._structure) for label in _labels(arg, str(i))]
        with devices.device(device):
            self.arguments = [
                _argument(label, leaf, dtype, i in constant)
                for (label, i), leaf in zip(labels, leaves, strict=True)
            ]
        self._cotangents: dict[Any, torch.Tensor] = {}

    @property
    def raws(self) -> list[Any]:
        """The values of all arguments."""
        return [argument.raw for argument in self.arguments]

    @property
    def differentiable(self) -> list[int]:
        """Which arguments are differentiated."""
        return [i for i, argument in enumerate(self.arguments) if argument.differentiable]

    def build(self, raws: Raws) -> tuple[list[Any], list[Any]]:
        """Arguments for the function with the values `raws`, and those among them that are differentiated."""
        leaves = [
            Variable(Tensor(raw, None)) if argument.variable else Tensor(raw, None)
            for argument, raw in zip(self.arguments, raws, strict=True)
        ]
        args: list[Any] = nest.pack_sequence_as(self._structure, leaves, expand_composites=True)
        return args, [leaves[i] for i in self.differentiable]

    def results(self, args: Sequence[Any]) -> list[Tensor]:
        """The floating and complex results of the function."""
        flat = [convert(y) for y in nest.flatten(self.function(*args), expand_composites=True)]
        return [y for y in flat if isinstance(y._t, torch.Tensor) and y._t.dtype in INEXACT]

    def cotangent(self, kind: str, number: int, like: Any) -> torch.Tensor:
        """A fixed random cotangent or tangent: its parts are between 1/2 and 3/2, with random signs."""
        key = (kind, number, tuple(like.shape), like.dtype)
        if key not in self._cotangents:
            generator = np.random.RandomState([self.seed, *kind.encode(), number])
            array = _random(generator, tuple(like.shape))
            if like.dtype.is_complex:
                array = array + 1j * _random(generator, tuple(like.shape))
            where = self.arguments[self.differentiable[0]].raw.device
            self._cotangents[key] = torch.from_numpy(np.asarray(array)).to(where, like.dtype)
        return self._cotangents[key]

    @contextlib.contextmanager
    def lending(self, cotangents: dict[Any, Any]) -> Iterator[None]:
        """Within this context `cotangents`, by their keys, in place of the fixed ones: batches, or traced."""
        before = self._cotangents
        self._cotangents = {**before, **cotangents}
        try:
            yield
        finally:
            self._cotangents = before

    def used(self, order: int) -> dict[Any, torch.Tensor]:
        """The fixed cotangents that gradients of up to this order have used so far, by their keys."""
        kinds = ("first", "second")[:order]
        return {key: raw for key, raw in self._cotangents.items() if key[0] in kinds}

    def fresh(self, keys: Iterable[Any], number: int) -> list[torch.Tensor]:
        """Other random cotangents for these keys; each `number` gives other ones."""
        like = [self._cotangents[key] for key in keys]
        return [
            self.cotangent(f"fresh {number} {key[0]}", key[1], raw)
            for key, raw in zip(keys, like, strict=True)
        ]

    def seeds(self, values: Sequence[Tensor]) -> list[Tensor]:
        """The random cotangents of the results."""
        return [Tensor(self.cotangent("first", i, y._t), None) for i, y in enumerate(values)]

    def first(
        self, sources: Sequence[Any], args: Sequence[Any], audit: Audit | None = None
    ) -> tuple[list[Tensor], list[Tensor | None]]:
        """The results, and the gradients of their inner product with the random cotangents; dense."""
        with GradientTape() as tape:
            tape.watch(list(sources))
            with audit.watching(sources) if audit is not None else contextlib.nullcontext():
                results = self.results(args)
        grads = tape.gradient(results, list(sources), output_gradients=self.seeds(results))
        return results, _all_dense(grads, sources)

    def second(
        self, sources: Sequence[Any], args: Sequence[Any], audit: Audit | None = None
    ) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """The gradients, and the gradients of their inner product with other random cotangents."""
        with GradientTape() as outer:
            outer.watch(list(sources))
            with audit.watching(sources) if audit is not None else contextlib.nullcontext():
                _, grads = self.first(sources, args)
                there = [grad for grad in grads if grad is not None]
        weights = [w for w, grad in zip(self.weights(grads), grads, strict=True) if grad is not None]
        seconds = outer.gradient(there, list(sources), output_gradients=weights)
        return grads, _all_dense(seconds, sources)

    def weights(self, grads: Sequence[Tensor | None]) -> list[Tensor | None]:
        """The random cotangents of the gradients."""
        return [
            None if grad is None else Tensor(self.cotangent("second", i, grad._t), None)
            for i, grad in enumerate(grads)
        ]

    def value(self, raws: Raws) -> float:
        """The number whose gradient `first` gives."""
        results = self.results(self.build(raws)[0])
        return sum(_inner(seed, y) for seed, y in zip(self.seeds(results), results, strict=True))

    def slope(self, raws: Raws) -> float:
        """The number whose gradient `second` gives."""
        args, sources = self.build(raws)
        _, grads = self.first(sources, args)
        pairs = zip(self.weights(grads), grads, strict=True)
        return sum(_inner(weight, grad) for weight, grad in pairs if weight is not None and grad is not None)

    def gradients(self, raws: Raws, order: int, audit: Audit | None = None) -> list[torch.Tensor]:
        """The raw gradients (and for order 2 the second ones after them), zeros where not connected."""
        args, sources = self.build(raws)
        if order == 1:
            return filled(self.first(sources, args, audit)[1], sources)
        firsts, seconds = self.second(sources, args, audit)
        return filled(firsts, sources) + filled(seconds, sources)

    def moved(self, kind: str) -> list[Any]:
        """Values of the arguments a little off, all of them at once; integers stay."""
        moved = []
        for i, argument in enumerate(self.arguments):
            raw = argument.raw
            if argument.differentiable:
                by = self.cotangent(kind, i, raw)
                raw = raw + self.eps**0.2 * by * raw.abs().clamp(min=1e-2, max=1.0)
            moved.append(raw)
        return moved


def filled(grads: Sequence[Any], sources: Sequence[Any]) -> list[torch.Tensor]:
    """Raw dense gradients, zeros in place of `None`."""
    return [
        torch.zeros_like(source._t) if grad is None else _dense(grad, source)._t
        for grad, source in zip(grads, sources, strict=True)
    ]


def _arrays_of_numbers(arg: Any) -> Any:
    """An argument in which a list that holds nothing but numbers is one array."""
    if isinstance(arg, (list, tuple)):
        leaves = nest.flatten(arg)
        if leaves and all(isinstance(x, (bool, int, float, complex, np.generic)) for x in leaves):
            array = np.asarray(arg)
            return array.astype(np.int32) if array.dtype.kind == "i" else array
    if type(arg) is dict:
        return {key: _arrays_of_numbers(value) for key, value in arg.items()}
    return type(arg)([_arrays_of_numbers(value) for value in arg]) if type(arg) in (list, tuple) else arg


def _labels(arg: Any, prefix: str) -> list[str]:
    """A label for each leaf of an argument, in the order of `nest.flatten`."""
    if isinstance(arg, dict):
        return [label for key in sorted(arg) for label in _labels(arg[key], f"{prefix}[{key!r}]")]
    if isinstance(arg, (list, tuple)):
        return [label for i, value in enumerate(arg) for label in _labels(value, f"{prefix}[{i}]")]
    count = len(nest.flatten(arg, expand_composites=True))
    return [prefix] if count == 1 else [f"{prefix}, part {i}" for i in range(count)]


def _argument(label: str, value: Any, dtype: str, constant: bool) -> Argument:
    """A leaf of the arguments: floating numbers in the dtype of the check, everything else as it is."""
    variable = isinstance(value, Variable)
    if isinstance(value, (float, complex)):
        value = np.asarray(value)
    raw = convert(value)._t
    if not isinstance(raw, torch.Tensor):  # strings
        return Argument(label, raw, False, variable)
    if raw.dtype not in INEXACT:
        return Argument(label, raw.to(devices.current()), False, variable)
    array = to_numpy(raw).astype(_WIDE[dtype][raw.dtype.is_complex])
    return Argument(label, from_numpy(array).to(devices.current()), not constant, variable)


def _random(generator: np.random.RandomState, shape: tuple[int, ...]) -> Any:
    return generator.uniform(0.5, 1.5, shape) * generator.choice([-1.0, 1.0], shape)


def _inner(a: Tensor, b: Tensor) -> float:
    return float(np.sum(np.real(np.conj(wide(a._t)) * wide(b._t))))


def wide(raw: Any) -> np.ndarray[Any, Any]:
    """A raw tensor as an array of the widest dtype of its kind."""
    array = to_numpy(raw)
    widened: np.ndarray[Any, Any] = array.astype(np.complex128 if np.iscomplexobj(array) else np.float64)
    return widened


def _dense(grad: Any, source: Any) -> Tensor:
    if isinstance(grad, IndexedSlices):
        grad = IndexedSlices(grad.values, grad.indices, tuple(source._t.shape)).dense()
    return convert(grad)


def _all_dense(grads: Sequence[Any], sources: Sequence[Any]) -> list[Tensor | None]:
    pairs = zip(grads, sources, strict=True)
    return [None if grad is None else _dense(grad, source) for grad, source in pairs]
