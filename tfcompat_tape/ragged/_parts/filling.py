"""`tf.ragged_fill_empty_rows` and its gradient, on the parts of RaggedTensors."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.ops.raw.calls import named


def ragged_fill_empty_rows(
    value_rowids: Any, values: Any, nrows: Any, default_value: Any, name: Any = None
) -> Any:
    """Values of rows, where each empty row is given `default_value`.

    Args:
      value_rowids: int64 vector, the row of each value.
      values: vector.
      nrows: int64 scalar, the number of rows.
      default_value: scalar of the same dtype. Both it and the values have gradients.

    Returns:
      A named tuple: `output_value_rowids` and `output_values`, in the order of rows; `empty_row_indicator`, which rows
      were empty; `reverse_index_map`, where each value is now.

    Raises:
      InvalidArgumentError: a row that there is not, or other shapes or dtypes.

    Source: `tf.ragged_fill_empty_rows`.

    >>> import tfcompat_tape as tf
    >>> rows = tf.constant([0, 2], tf.int64)
    >>> tf.ragged_fill_empty_rows(rows, [1.0, 2.0], 3, 9.0).output_values.numpy()
    array([1., 9., 2.], dtype=float32)
    """
    call = named("RaggedFillEmptyRows")
    return call(value_rowids=value_rowids, values=values, nrows=nrows, default_value=default_value)


def ragged_fill_empty_rows_grad(reverse_index_map: Any, grad_values: Any, name: Any = None) -> Any:
    """The gradient of `tf.ragged_fill_empty_rows`: of the values, and of the default value.

    Args:
      reverse_index_map: int64 vector, where each value is.
      grad_values: vector, the gradient of the values that result.

    Returns:
      A named tuple: `d_values` and `d_default_value`.

    Raises:
      InvalidArgumentError: a place that there is not, or no vectors.

    Source: `tf.ragged_fill_empty_rows_grad`.

    >>> import tfcompat_tape as tf
    >>> found = tf.ragged_fill_empty_rows_grad(tf.constant([0, 2], tf.int64), [1.0, 2.0, 3.0])
    >>> found.d_values.numpy(), found.d_default_value.numpy()
    (array([1., 3.], dtype=float32), np.float32(2.0))
    """
    return named("RaggedFillEmptyRowsGrad")(reverse_index_map=reverse_index_map, grad_values=grad_values)
