"""`TensorArray`: a list of Tensors that is filled index by index. It holds Tensors, so gradients pass through it."""

from __future__ import annotations

from typing import Any, NoReturn

from tfcompat_tape.control.array_store import Store, as_index
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor

__all__ = ["TensorArray", "TensorArraySpec"]


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
        kind, shape = dtypes.as_dtype(dtype), TensorShape(element_shape)
        dynamic, clears = bool(dynamic_size), clear_after_read is None or bool(clear_after_read)
        self._store: Any = None
        if reading.current.tracer is not None and type(size) is not int:
            self._store = reading.current.tracer.arrays.of_open_size(kind, size, dynamic, infer_shape, shape)
        if self._store is None:
            self._store = Store(kind, as_index(size), dynamic, clears, infer_shape, shape)

    def _handle(self, store: Any = None) -> TensorArray:
        """Another handle on the same elements, or on others."""
        other = TensorArray.__new__(TensorArray)
        other._store = self._store if store is None else store
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
        return self._store.size()  # type: ignore[no-any-return]

    def close(self, name: str | None = None) -> None:
        """Let go of the elements."""
        self._store.close()

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The element `index`.

        Raises:
          OutOfRangeError: there is no such element.
          InvalidArgumentError: it was cleared when it was read before.
          ValueError: it was never written, and the element shape is unknown.
        """
        return self._store.read(index)  # type: ignore[no-any-return]

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put `value` at `index`; returns the array.

        Raises:
          OutOfRangeError: there is no such element, and the array cannot grow.
          InvalidArgumentError: `value` has another dtype.
          ValueError: it has another shape than the other elements.
        """
        return self._handle(self._store.write(index, value))

    def stack(self, name: str | None = None) -> Tensor:
        """All elements along a new first axis."""
        return self._store.stack()  # type: ignore[no-any-return]

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """The elements `indices` (a vector), along a new first axis."""
        return self._store.gather(indices)  # type: ignore[no-any-return]

    def concat(self, name: str | None = None) -> Tensor:
        """All elements one after the other along their first axis, which may differ in size.

        Raises:
          InvalidArgumentError: there are no elements, or they are scalars.
        """
        return self._store.concat()  # type: ignore[no-any-return]

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Fill the array with the slices of `value` along its first axis; returns the array.

        Raises:
          ValueError: `value` is a scalar, or has more slices than the array has elements.
        """
        return self._handle(self._store.unstack(value))

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Write the slices of `value` along its first axis to `indices` (a vector); returns the array."""
        return self._handle(self._store.scatter(indices, value))

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Fill the array with consecutive pieces of `value`, of the given `lengths`; returns the array.

        Raises:
          InvalidArgumentError: the lengths do not add up, or there are more or fewer than elements.
        """
        return self._handle(self._store.split(value, lengths))


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
