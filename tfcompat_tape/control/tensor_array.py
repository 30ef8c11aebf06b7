"""`TensorArray`: a list of Tensors that is filled index by index. It holds Tensors, so gradients pass through it."""

from __future__ import annotations

from typing import Any, NoReturn

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import OutOfRangeError, invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_ints
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.joining import concat, pack, split_v, unpack

__all__ = ["TensorArray", "TensorArraySpec"]


def out_of_range(message: str) -> OutOfRangeError:
    """The exception for an index that is out of range."""
    return OutOfRangeError(None, None, message)


class _Store:
    """What all handles on one array share."""

    def __init__(
        self, dtype: DType, size: int, dynamic: bool, clears: bool, infers: bool, shape: TensorShape
    ) -> None:
        self.dtype = dtype
        self.items: list[Tensor | None] = [None] * size
        self.cleared: set[int] = set()
        self.dynamic = dynamic
        self.clears = clears
        self.infers = infers
        self.shape = shape

    def zeros(self) -> Tensor:
        """What stands where nothing was written."""
        if not self.shape.is_fully_defined():
            raise ValueError(
                f"TensorArray: an element that was never written, or cleared by reading it, is needed. Zeros cannot "
                f"stand in for it, as the element shape is {self.shape}. Give element_shape=, or write every element."
            )
        return zeros(self.shape, self.dtype)

    def get(self, index: int) -> Tensor:
        item = self.items[index]
        return self.zeros() if item is None else item

    def filled(self) -> list[Tensor]:
        return [self.get(i) for i in range(len(self.items))]

    def put(self, index: int, value: Any) -> None:
        if index < 0:
            raise out_of_range(f"TensorArray: writing to negative indices (index {index}) is not allowed.")
        if index >= len(self.items):
            if not self.dynamic:
                raise out_of_range(
                    f"TensorArray: tried to write to index {index}, but the array has size {len(self.items)} and is "
                    "not resizeable. Use dynamic_size=True."
                )
            self.items.extend([None] * (index + 1 - len(self.items)))
        tensor = _preferring(value, self.dtype)
        if tensor.dtype != self.dtype:
            raise invalid(
                f"TensorArray: its dtype is {self.dtype.name}, but a value of dtype {tensor.dtype.name} is written."
            )
        if not self.shape.is_compatible_with(tensor.shape):
            raise ValueError(
                f"TensorArray: incompatible shape for value ({tensor.shape}), expected ({self.shape}). "
                "Use infer_shape=False for elements of different shapes."
            )
        if self.infers and not self.shape.is_fully_defined():
            self.shape = tensor.shape
        self.items[index] = tensor
        self.cleared.discard(index)


def _preferring(value: Any, dtype: DType) -> Tensor:
    """`value` as a Tensor, of `dtype` if it has none of its own and can take it."""
    return value if type(value) is Tensor else own(value, dtype)


def _index(index: Any) -> int:
    if type(index) is int:
        return index
    tensor = convert(index)
    if not tensor.dtype.is_integer:
        raise TypeError(f"TensorArray: an index must be an integer, got {tensor.dtype.name}.")
    return tensor.__index__()


class TensorArray:
    """A list of Tensors of one dtype, to be written and read by index.

    Every method that writes returns the array to go on with; as in TensorFlow's eager mode, it shares its elements.

    Args:
      dtype: dtype of the elements.
      size: number of elements.
      dynamic_size: writing past the end makes the array longer.
      clear_after_read: an element can be read once only (the default), which lets go of its memory.
      infer_shape: all elements must have the shape of the first.
      element_shape: the shape that all elements have; unwritten elements count as zeros of this shape.
      tensor_array_name, flow, colocate_with_first_write_call, name: no effect.

    Raises:
      ValueError: no `size`, or a `handle`.

    Source: `tf.TensorArray`.

    >>> import tfcompat_tape as tf
    >>> squares = tf.TensorArray(tf.float32, size=3)
    >>> for i in range(3):
    ...     squares = squares.write(i, float(i) ** 2)
    >>> print(squares.stack().numpy())
    [0. 1. 4.]
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        if handle is not None:
            raise ValueError("TensorArray: handles are not supported when eager execution is enabled.")
        if size is None:
            raise ValueError("TensorArray: size must be declared when eager execution is enabled.")
        self._store = _Store(
            dtypes.as_dtype(dtype),
            _index(size),
            bool(dynamic_size),
            clear_after_read is None or bool(clear_after_read),
            infer_shape,
            TensorShape(element_shape),
        )

    def _handle(self) -> TensorArray:
        """Another handle on the same elements."""
        other = TensorArray.__new__(TensorArray)
        other._store = self._store
        return other

    @property
    def _type_spec(self) -> TensorArraySpec:
        store = self._store
        return TensorArraySpec(store.shape, store.dtype, store.dynamic, store.infers)

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._store.dtype

    @property
    def dynamic_size(self) -> bool:
        """Whether writing past the end makes the array longer."""
        return self._store.dynamic

    @property
    def element_shape(self) -> TensorShape:
        """The shape of the elements, as far as it is known."""
        return self._store.shape

    @property
    def flow(self) -> Tensor:
        """A token that means nothing in eager mode."""
        return convert(0)

    @property
    def handle(self) -> None:
        """There is no handle in eager mode."""
        return None

    def identity(self) -> TensorArray:
        """The array, as another object."""
        return self._handle()

    def grad(self, source: Any, flow: Any = None, name: str | None = None) -> NoReturn:
        """A notion of graphs. Tapes differentiate through the elements."""
        raise NotImplementedError(
            "TensorArray.grad is not supported in eager mode, where gradients do not need it."
        )

    def mark_used(self) -> None:
        """Nothing: no one complains of an array that is not used."""

    def size(self, name: str | None = None) -> Tensor:
        """The number of elements, int32."""
        return convert(len(self._store.items))

    def close(self, name: str | None = None) -> None:
        """Let go of the elements."""
        self._store.items.clear()

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The element `index`.

        Raises:
          OutOfRangeError: there is no such element.
          InvalidArgumentError: it was cleared when it was read before.
          ValueError: it was never written, and the element shape is unknown.
        """
        store = self._store
        i = _index(index)
        if i < 0:
            raise out_of_range(f"TensorArray: reading from negative indices (index {i}) is not allowed.")
        if i >= len(store.items):
            raise out_of_range(
                f"TensorArray: tried to read from index {i}, but the array has size {len(store.items)}."
            )
        if i in store.cleared:
            raise invalid(
                f"TensorArray: could not read index {i} twice, because it was cleared after a previous read "
                "(perhaps try setting clear_after_read=False?)."
            )
        value = store.get(i)
        if store.clears:
            store.items[i] = None
            store.cleared.add(i)
        return value

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put `value` at `index`; returns the array.

        Raises:
          OutOfRangeError: there is no such element, and the array cannot grow.
          InvalidArgumentError: `value` has another dtype.
          ValueError: it has another shape than the other elements.
        """
        self._store.put(_index(index), value)
        return self._handle()

    def stack(self, name: str | None = None) -> Tensor:
        """All elements along a new first axis."""
        store = self._store
        if not store.items:
            return zeros([0, *store.shape] if store.shape.is_fully_defined() else [0], store.dtype)
        return self._of_dtype(pack(*store.filled(), axis=0))

    def _of_dtype(self, tensor: Tensor) -> Tensor:
        return tensor if tensor.dtype == self.dtype else cast(tensor, self.dtype)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """The elements `indices` (a vector), along a new first axis."""
        picked = [self._store.get(i) for i in as_ints(indices, "indices")]
        return self._of_dtype(pack(*picked, axis=0)) if picked else convert([])  # without the dtype, too

    def concat(self, name: str | None = None) -> Tensor:
        """All elements one after the other along their first axis, which may differ in size.

        Raises:
          InvalidArgumentError: there are no elements, or they are scalars.
        """
        items = self._store.filled()
        if not items:
            raise invalid("TensorArray: concat needs at least one element.")
        if any(not item.ndim for item in items):
            raise invalid("TensorArray: concat saw a scalar, but requires at least vectors. Use stack.")
        return self._of_dtype(concat(*items, axis=0))

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Fill the array with the slices of `value` along its first axis; returns the array.

        Raises:
          ValueError: `value` is a scalar, or has more slices than the array has elements.
        """
        store = self._store
        tensor = _preferring(value, self.dtype)
        if not tensor.ndim:
            raise ValueError("TensorArray: unstack needs a value of at least one axis, got a scalar.")
        parts = list(unpack(tensor, num=len(tensor), axis=0))
        if len(parts) > len(store.items) and not store.dynamic:
            raise ValueError(
                f"TensorArray: cannot unstack {len(parts)} tensors into an array of static size {len(store.items)}."
            )
        store.items = parts
        store.cleared.clear()
        return self._handle()

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Write the slices of `value` along its first axis to `indices` (a vector); returns the array."""
        tensor = _preferring(value, self.dtype)
        numbers = as_ints(indices, "indices")
        for i, part in zip(numbers, unpack(tensor, num=len(tensor), axis=0), strict=False):
            self._store.put(i, part)
        return self._handle()

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Fill the array with consecutive pieces of `value`, of the given `lengths`; returns the array.

        Raises:
          InvalidArgumentError: the lengths do not add up, or there are more or fewer than elements.
        """
        store = self._store
        tensor = _preferring(value, self.dtype)
        sizes = as_ints(lengths, "lengths")
        if not tensor.ndim:
            raise invalid("TensorArray: split expects a value of at least one axis, got a scalar.")
        if sum(sizes) != len(tensor):
            raise invalid(
                f"TensorArray: the lengths must add up to the first axis of the value, but {list(sizes)} gives "
                f"{sum(sizes)} and the shape is {tensor.shape}."
            )
        if len(sizes) != len(store.items) and not store.dynamic:
            raise invalid(
                f"TensorArray: its size is {len(store.items)}, but there are {len(sizes)} lengths, and it is not "
                "marked as dynamically resizeable."
            )
        store.items = list(split_v(tensor, size_splits=sizes, split_dim=0))
        store.cleared.clear()
        return self._handle()


class TensorArraySpec(TypeSpec):
    """The spec of a TensorArray: the shape and dtype of its elements, and how it was made.

    Args:
      element_shape, dtype, dynamic_size, infer_shape: as the TensorArray has them.

    Source: `tf.TensorArraySpec`.

    >>> import tfcompat_tape as tf
    >>> tf.type_spec_from_value(tf.TensorArray(tf.float32, 3, element_shape=[2]))
    TensorArraySpec(TensorShape([2]), tf.float32, False, True)
    """

    __slots__ = ("_dtype", "_dynamic_size", "_element_shape", "_infer_shape")

    def __init__(
        self,
        element_shape: Any = None,
        dtype: Any = dtypes.float32,
        dynamic_size: bool = False,
        infer_shape: bool = True,
    ) -> None:
        self._element_shape = TensorShape(element_shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._dynamic_size = dynamic_size
        self._infer_shape = infer_shape

    @property
    def value_type(self) -> type:
        """The class of the values."""
        return TensorArray

    @staticmethod
    def from_value(value: Any) -> TensorArraySpec:
        """The spec of a TensorArray; TypeError for anything else."""
        if not isinstance(value, TensorArray):
            raise TypeError(f"Expected value to be a TensorArray, but got: `{type(value)}`")
        return value._type_spec

    def is_subtype_of(self, other: Any) -> bool:
        """Whether dtype and dynamic size are those of `other`; nothing else counts, not even the shape."""
        return type(other) is TensorArraySpec and self._serialize()[1:3] == other._serialize()[1:3]

    def most_specific_common_supertype(self, others: Any) -> TensorArraySpec | None:
        """This spec, if all `others` are made alike, else None."""
        return self if all(self.is_subtype_of(other) for other in others) else None

    def _serialize(self) -> tuple[Any, ...]:
        return self._element_shape, self._dtype, self._dynamic_size, self._infer_shape

    @property
    def _component_specs(self) -> list[TypeSpec]:
        return [TensorSpec((), dtypes.variant)]

    def _to_components(self, value: Any) -> Any:
        return [value]

    def _from_components(self, components: Any) -> Any:
        return components[0]
