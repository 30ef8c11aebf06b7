"""Functions over functions: map, scan and fold along the first axis. All are loops that tapes see through."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.control.array_store import out_of_range
from tfcompat_tape.control.flow import as_value
from tfcompat_tape.control.tensor_array import TensorArray
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.joining import unpack

__all__ = ["foldl", "foldr", "map_fn", "scan"]


class _Elements:
    """A nested structure of Tensors, taken apart along their first axis."""

    def __init__(self, what: str, structure: Any) -> None:
        self.structure = structure
        self.tensors = [convert(x) for x in nest.flatten(structure)]
        for tensor in self.tensors:
            if not tensor.ndim:
                raise IndexError(f"{what}: elems must be Tensors of at least one axis, got a scalar.")

    @functools.cached_property
    def count(self) -> int:
        """How many there are."""
        return len(self.tensors[0]) if self.tensors else 0

    @functools.cached_property
    def parts(self) -> list[Any]:
        """The elements of each Tensor."""
        return [unpack(x, num=len(x), axis=0) if len(x) else () for x in self.tensors]

    def put(self, tensors: Any) -> Any:
        """`tensors` in the structure."""
        return nest.pack_sequence_as(self.structure, list(tensors))

    def get(self, index: int) -> Any:
        """Element `index` of every Tensor, in the structure."""
        for column in self.parts:
            if not 0 <= index < len(column):
                raise out_of_range(f"Tried to read element {index} of elems, but there are {len(column)}.")
        return nest.pack_sequence_as(self.structure, [column[index] for column in self.parts])


def _check_callable(what: str, fn: Any) -> None:
    if not callable(fn):
        raise TypeError(f"{what}: fn must be callable, got {fn!r}.")


def map_fn(
    fn: Any,
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """`fn` of each slice of `elems` along the first axis, the results stacked: a loop.

    Args:
      fn: function of one argument, of the structure of `elems`.
      elems: nested structure of Tensors with the same first dimension.
      fn_output_signature: structure of dtypes or TensorSpecs that `fn` returns; that of `elems` by default.
      dtype: the older name of `fn_output_signature`.
      infer_shape: all results must have one shape.
      parallel_iterations, back_prop, swap_memory: no effect; gradients always flow, as in TensorFlow's eager mode.

    Raises:
      ValueError: `elems` holds no Tensors, scalars, or unequal first dimensions; or `fn` returns another structure.
      InvalidArgumentError: `fn` returns another dtype.

    Source: `tf.map_fn`. `tf.vectorized_map` does the same at once instead of in a loop.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant([1.0, 2.0, 3.0])
    >>> print(tf.map_fn(lambda v: v * v, x).numpy())
    [1. 4. 9.]
    """
    _check_callable("map_fn", fn)
    wanted = fn_output_signature if fn_output_signature is not None else dtype
    if _holds_composites(elems) or _holds_composites(wanted):
        return _map_composites(fn, elems, wanted, infer_shape)
    tensors = [convert(x) for x in nest.flatten(elems)]
    if not tensors:
        raise ValueError(f"map_fn: elems must be a Tensor or a nested structure of Tensors, got {elems!r}.")
    if any(not tensor.ndim for tensor in tensors):
        raise ValueError("map_fn: Elements in elems must be 1+ dimensional Tensors, not scalars.")
    structure = elems if wanted is None else wanted
    signature = [x.dtype for x in tensors] if wanted is None else nest.flatten(wanted)
    if reading.current.tracer is not None:
        with contextlib.suppress(reading.UntraceableError):
            return _traced_map(fn, elems, tensors, structure, signature, infer_shape)
    counts = [len(tensor) for tensor in tensors]
    if len(set(counts)) > 1:
        raise ValueError(f"map_fn: the first dimensions of elems must be equal, got {counts}.")
    results = [_array(one, counts[0], infer_shape) for one in signature]
    elements = _Elements("map_fn", nest.pack_sequence_as(elems, tensors))
    with reading.within() as begin:
        for i in range(counts[0]):
            begin()
            value = fn(elements.get(i))
            nest.assert_same_structure(structure, value)
            results = _write_all(results, i, value)
    stacks = [array.stack() for array in results]
    if not counts[0]:
        for one, stack in zip(signature, stacks, strict=True):
            if isinstance(one, TensorSpec) and not one.shape.is_compatible_with(stack.shape[1:]):
                raise ValueError(
                    f"map_fn: elems has no elements, so the result has shape {stack.shape}, which does not fit "
                    f"the shape {one.shape} of each element in fn_output_signature."
                )
    return nest.pack_sequence_as(structure, stacks)


def _traced_map(
    fn: Any, elems: Any, tensors: list[Tensor], structure: Any, signature: list[Any], infer_shape: bool
) -> Any:
    """`map_fn` while a function is traced: `fn` is traced once."""
    loops = reading.current.tracer.loops  # type: ignore[union-attr]
    sizes = [x._t.shape[0] for x in tensors]
    if any(bool(n != sizes[0]) for n in sizes[1:]):
        raise ValueError(f"map_fn: the first dimensions of elems must be equal, got {sizes}.")

    def flat(value: Any) -> list[Tensor]:
        nest.assert_same_structure(structure, value)
        parts = zip(signature, nest.flatten(value), strict=True)
        return [_array(one, 1, infer_shape).write(0, part).read(0) for one, part in parts]

    elements = loops.Elements(tensors, lambda parts: nest.pack_sequence_as(elems, parts))
    return nest.pack_sequence_as(structure, loops.mapped(fn, elements, flat))


def _holds_composites(structure: Any) -> bool:
    """Whether composite values, or their specs, are among the leaves."""
    return any(
        isinstance(x, CompositeTensor) or (isinstance(x, TypeSpec) and not isinstance(x, TensorSpec))
        for x in nest.flatten(structure)
    )


def _map_composites(fn: Any, elems: Any, wanted: Any, infer_shape: bool) -> Any:
    """`map_fn` over slices of composite values, or with composite values as results."""
    columns = []
    for x in nest.flatten(elems):
        if isinstance(x, CompositeTensor):
            columns.append(x._unstacked())
        else:
            tensor = convert(x)
            if not tensor.ndim:
                raise ValueError("map_fn: Elements in elems must be 1+ dimensional Tensors, not scalars.")
            columns.append(list(unpack(tensor, num=len(tensor), axis=0)) if len(tensor) else [])
    counts = [len(column) for column in columns]
    if len(set(counts)) > 1:
        raise ValueError(f"map_fn: the first dimensions of elems must be equal, got {counts}.")
    if wanted is None:
        wanted = nest.map_structure(
            lambda x: x._element_spec if isinstance(x, CompositeTensor) else convert(x).dtype, elems
        )
    specs = nest.flatten(wanted)
    rows: list[list[Any]] = [[] for _ in specs]
    for i in range(counts[0]):
        value = fn(nest.pack_sequence_as(elems, [column[i] for column in columns]))
        nest.assert_same_structure(wanted, value)
        for row, part in zip(rows, nest.flatten(value), strict=True):
            row.append(part)
    stacks = [_stacked(spec, row, infer_shape) for spec, row in zip(specs, rows, strict=True)]
    return nest.pack_sequence_as(wanted, stacks)


def _stacked(signature: Any, values: list[Any], infer_shape: bool) -> Any:
    """The results for all elements as one value."""
    if isinstance(signature, TypeSpec) and not isinstance(signature, TensorSpec):
        return signature._stack(values)
    array = _array(signature, len(values), infer_shape)
    for i, value in enumerate(values):
        array = array.write(i, value)
    return array.stack()


def _array(signature: Any, size: int, infer_shape: bool) -> TensorArray:
    if isinstance(signature, TensorSpec):
        return TensorArray(signature.dtype, size, element_shape=signature.shape, infer_shape=infer_shape)
    return TensorArray(dtypes.as_dtype(signature), size, infer_shape=infer_shape)


def scan(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All intermediate results of a fold: `a = fn(a, elem)` for each slice of `elems` along the first axis.

    Args:
      fn: function of the accumulated value and of one slice; returns a value of the former's structure and dtypes.
      elems: nested structure of Tensors with the same first dimension.
      initializer: the first accumulated value; by default the first slice, which is then the first result.
      reverse: go from the last slice to the first.
      infer_shape: all results must have one shape.
      parallel_iterations, back_prop, swap_memory: no effect; gradients always flow, as in TensorFlow's eager mode.

    Raises:
      ValueError: `fn` returns another structure or shape.
      InvalidArgumentError: it returns another dtype.
      IndexError: `elems` holds scalars.
      OutOfRangeError: no slices and no initializer.

    Source: `tf.scan`.

    >>> import tfcompat_tape as tf
    >>> print(tf.scan(lambda a, x: a + x, tf.constant([1, 2, 3])).numpy())
    [1 3 6]
    """
    _check_callable("scan", fn)
    elements = _Elements("scan", elems)
    if reading.current.tracer is not None:
        with contextlib.suppress(reading.UntraceableError):
            return _traced_fold("scan", fn, elements, initializer, reverse, collects=True)
    order = list(range(elements.count))
    if reverse:
        order.reverse()
    if initializer is None:
        value = elements.get(order[0] if order else 0)
    else:
        value = nest.map_structure(as_value, initializer)
    results = [TensorArray(x.dtype, elements.count, infer_shape=infer_shape) for x in nest.flatten(value)]
    structure = value
    if initializer is None:
        results = _write_all(results, order[0], value)
        order = order[1:]
    with reading.within() as begin:
        for i in order:
            begin()
            value = fn(value, elements.get(i))
            nest.assert_same_structure(structure, value)
            value = nest.map_structure(as_value, value)
            results = _write_all(results, i, value)
    if not elements.count:
        return nest.map_structure(_no_rows, structure)
    return nest.pack_sequence_as(structure, [array.stack() for array in results])


def _write_all(arrays: list[TensorArray], index: int, value: Any) -> list[TensorArray]:
    return [array.write(index, part) for array, part in zip(arrays, nest.flatten(value), strict=True)]


def _no_rows(like: Tensor) -> Tensor:
    return zeros([0, *like.shape], like.dtype)


def _traced_fold(
    what: str, fn: Any, elements: _Elements, initializer: Any, backwards: bool, *, collects: bool
) -> Any:
    """A scan or fold while a function is traced: `fn` is traced once."""
    from tfcompat_tape.arrays import concat, expand_dims, reverse

    tensors = elements.tensors
    if not tensors or (initializer is None and bool(tensors[0]._t.shape[0] == 0)):
        raise reading.UntraceableError("nothing to begin with")
    if backwards:
        tensors = [reverse(x, [0]) for x in tensors]
    if initializer is None:
        first = elements.put([x[0] for x in tensors])
        tensors = [x[1:] for x in tensors]
    else:
        first = nest.map_structure(as_value, initializer)
    loops = reading.current.tracer.loops  # type: ignore[union-attr]
    value, stacks = loops.folded(what, fn, loops.Elements(tensors, elements.put), first, collects)
    if stacks is None:
        return value
    if initializer is None:
        firsts = nest.flatten(first)
        stacks = [concat([expand_dims(a, 0), b], 0) for a, b in zip(firsts, stacks, strict=True)]
    if backwards:
        stacks = [reverse(x, [0]) for x in stacks]
    return nest.pack_sequence_as(value, stacks)


def _fold(what: str, fn: Callable[..., Any], elems: Any, initializer: Any, backwards: bool) -> Any:
    _check_callable(what, fn)
    elements = _Elements(what, elems)
    if reading.current.tracer is not None:
        with contextlib.suppress(reading.UntraceableError):
            return _traced_fold(what, fn, elements, initializer, backwards, collects=False)
    order = list(range(elements.count))
    if backwards:
        order.reverse()
    if initializer is None:
        if not order:
            raise out_of_range(f"{what}: elems is empty and there is no initializer.")
        value = elements.get(order.pop(0))
    else:
        value = initializer
    structure = value
    with reading.within() as begin:
        for i in order:
            begin()
            value = fn(value, elements.get(i))
            nest.assert_same_structure(structure, value)
    return nest.map_structure(as_value, value)


def foldl(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last of `a = fn(a, elem)` for each slice of `elems` along the first axis, from the first slice on.

    Arguments and errors as for `tf.scan`.
    Source: `tf.foldl`.

    >>> import tfcompat_tape as tf
    >>> print(tf.foldl(lambda a, x: 10 * a + x, tf.constant([1, 2, 3])).numpy())
    123
    """
    return _fold("foldl", fn, elems, initializer, backwards=False)


def foldr(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last of `a = fn(a, elem)` for each slice of `elems` along the first axis, from the last slice on.

    Arguments and errors as for `tf.scan`.
    Source: `tf.foldr`.

    >>> import tfcompat_tape as tf
    >>> print(tf.foldr(lambda a, x: 10 * a + x, tf.constant([1, 2, 3])).numpy())
    321
    """
    return _fold("foldr", fn, elems, initializer, backwards=True)
