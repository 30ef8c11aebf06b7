"""TensorFlow's exception hierarchy: one class for each error code of an op that failed.

Public callers construct them as TensorFlow does, ``InvalidArgumentError(node_def, op, message)``. Inside the
package an op that fails writes ``raise invalid("...")``: the short helpers at the end fill in the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """Base class of the errors that an op raises when it runs.

    Args:
        node_def: the op's graph node, or None (always None for ops that run eagerly).
        op: the graph op that failed, or None.
        message: what went wrong; it is what ``str`` gives.
        error_code: one of the code constants of ``tf.errors``.
        *args: at most one mapping, kept as ``experimental_payloads``.

    Source: tf.errors.OpError.

    >>> import tfcompat_tape as tf
    >>> tf.errors.OpError(None, None, "it failed", tf.errors.UNKNOWN).message
    'it failed'
    """

    def __init__(
        self, node_def: object, op: object, message: str, error_code: int, *args: Mapping[str, bytes]
    ):
        super().__init__()
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        self._experimental_payloads: Mapping[str, bytes] = args[0] if args else {}

    @property
    def message(self) -> str:
        """The text of the error."""
        return self._message

    @property
    def op(self) -> object:
        """The graph op that failed, None when it ran eagerly."""
        return self._op

    @property
    def error_code(self) -> int:
        """The code, one of the constants of ``tf.errors``."""
        return self._error_code

    @property
    def node_def(self) -> object:
        """The graph node of the op that failed, None when it ran eagerly."""
        return self._node_def

    @property
    def experimental_payloads(self) -> Mapping[str, bytes]:
        """Extra details by key; usually empty."""
        return self._experimental_payloads

    def __str__(self) -> str:
        return self._message

    def __reduce__(self) -> tuple[Any, ...]:
        payloads = (self._experimental_payloads,) if self._experimental_payloads else ()
        return type(self), (self._node_def, self._op, self._message, self._error_code, *payloads)


class _CodedError(OpError):
    """An OpError whose code follows from its class."""

    _CODE = UNKNOWN

    def __init__(self, node_def: object, op: object, message: str, *args: Mapping[str, bytes]):
        super().__init__(node_def, op, message, self._CODE, *args)

    def __reduce__(self) -> tuple[Any, ...]:
        payloads = (self._experimental_payloads,) if self._experimental_payloads else ()
        return type(self), (self._node_def, self._op, self._message, *payloads)


class CancelledError(_CodedError):
    """The op was cancelled before it finished.

    >>> import tfcompat_tape as tf
    >>> queue = tf.queue.FIFOQueue(capacity=1, dtypes=[tf.int32])
    >>> queue.close()
    >>> try:
    ...     queue.enqueue(1)
    ... except tf.errors.CancelledError as error:
    ...     print(error.error_code == tf.errors.CANCELLED)
    True
    """

    _CODE = CANCELLED


class UnknownError(_CodedError):
    """The cause is not known."""

    _CODE = UNKNOWN


class InvalidArgumentError(_CodedError):
    """An op was given arguments that do not fit it: mismatched shapes, a bad axis, a wrong dtype.

    Source: tf.errors.InvalidArgumentError.

    >>> import tfcompat_tape as tf
    >>> error = tf.errors.InvalidArgumentError(None, None, "bad axis")
    >>> str(error), error.error_code == tf.errors.INVALID_ARGUMENT
    ('bad axis', True)
    """

    _CODE = INVALID_ARGUMENT


class DeadlineExceededError(_CodedError):
    """The op did not finish within the time it was given."""

    _CODE = DEADLINE_EXCEEDED


class NotFoundError(_CodedError):
    """Something that was asked for (an op, a file, a checkpoint key) does not exist.

    >>> import tfcompat_tape as tf
    >>> try:
    ...     tf.io.read_file("no/such/file")
    ... except tf.errors.NotFoundError as error:
    ...     print(error.error_code == tf.errors.NOT_FOUND)
    True
    """

    _CODE = NOT_FOUND


class AlreadyExistsError(_CodedError):
    """Something that was to be created exists.

    >>> import tfcompat_tape as tf
    >>> import tempfile
    >>> one, two = (tempfile.mkstemp()[1] for _ in range(2))
    >>> try:
    ...     tf.io.gfile.copy(one, two)
    ... except tf.errors.AlreadyExistsError:
    ...     tf.io.gfile.copy(one, two, overwrite=True)
    """

    _CODE = ALREADY_EXISTS


class PermissionDeniedError(_CodedError):
    """The caller may not do this."""

    _CODE = PERMISSION_DENIED


class UnauthenticatedError(_CodedError):
    """The caller did not say who it is."""

    _CODE = UNAUTHENTICATED


class ResourceExhaustedError(_CodedError):
    """A resource ran out; usually the memory of a device."""

    _CODE = RESOURCE_EXHAUSTED


class FailedPreconditionError(_CodedError):
    """What the op needs is not in the state it needs, such as a variable without a value.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(3).apply(tf.data.experimental.assert_cardinality(5))
    >>> try:
    ...     list(dataset)
    ... except tf.errors.FailedPreconditionError as error:
    ...     print(error.message)
    Input dataset was expected to contain 5 elements but contained only 3 elements.
    """

    _CODE = FAILED_PRECONDITION


class AbortedError(_CodedError):
    """The op was given up, as a rule because something else ran at the same time."""

    _CODE = ABORTED


class OutOfRangeError(_CodedError):
    """The op went past the end of what it reads.

    >>> import tfcompat_tape as tf
    >>> try:
    ...     tf.data.experimental.at(tf.data.Dataset.range(3), 5)
    ... except tf.errors.OutOfRangeError as error:
    ...     print(error.message)
    Index out of range [0, 3):5
    """

    _CODE = OUT_OF_RANGE


class UnimplementedError(_CodedError):
    """The op does not exist for these arguments."""

    _CODE = UNIMPLEMENTED


class InternalError(_CodedError):
    """Something inside broke that should hold always."""

    _CODE = INTERNAL


class UnavailableError(_CodedError):
    """What runs the op cannot be reached now."""

    _CODE = UNAVAILABLE


class DataLossError(_CodedError):
    """Data is lost or damaged beyond repair.

    >>> import tfcompat_tape as tf
    >>> import os
    >>> import tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "records")
    >>> tf.io.write_file(path, "this is no file of records")
    >>> try:
    ...     list(tf.data.TFRecordDataset(path))
    ... except tf.errors.DataLossError as error:
    ...     print(error.error_code == tf.errors.DATA_LOSS)
    True
    """

    _CODE = DATA_LOSS


class OperatorNotAllowedInGraphError(TypeError):
    """A Python operator was used on a symbolic tensor that has no value yet."""


class InaccessibleTensorError(ValueError):
    """A value of a branch, or of the body of a loop, was used outside of it."""


def _false() -> bool:
    return False


def out_of_scope(shape: Any, within: bool = False) -> TypeError | InaccessibleTensorError:
    """The error for a value of a function that was traced, outside of it; `within` another one that it is a part of."""
    kind = InaccessibleTensorError if within else TypeError
    return kind(
        f"<tf.Tensor: shape={tuple(shape)}> is out of scope and cannot be used here. Use return values, explicit "
        "Python locals or TensorFlow collections to access it: it has values within its tf.function only."
    )


class Facts:
    """What `tracing/scope.py` knows.

    `static()`: what is known here is shapes and dtypes alone, as a function is traced. `narrowed()`: a function whose
    sizes are open is traced for those of one call.
    """

    static: Callable[[], bool] = staticmethod(_false)
    narrowed: Callable[[], bool] = staticmethod(_false)


def invalid(message: str) -> InvalidArgumentError | TypeError | ValueError:
    """The error for arguments that do not fit an op: ``raise invalid("...")``.

    While a function is traced it is a ValueError, as TensorFlow infers shapes before it runs anything; a TypeError for
    a dtype that an op does not take.
    """
    return of_graph(message) if Facts.static() else InvalidArgumentError(None, None, message)


_OF_A_DTYPE = re.compile(
    r"for attr '\w+' of [a-z]\w* is not in the list of allowed values|"
    r"was expected to be a \w+ tensor but is a \w+ tensor"
)


def of_graph(message: str) -> TypeError | ValueError:
    """What TensorFlow raises as a graph is built where it would raise InvalidArgumentError as an op runs."""
    found: Any = TypeError(message) if _OF_A_DTYPE.search(message) else ValueError(message)
    found.of_graph = True
    return found  # type: ignore[no-any-return]


def unfit(message: str, known: bool) -> ValueError | InvalidArgumentError:
    """The error for a shape that is not as asserted: a ValueError if it is `known` before a function is called."""
    found: Any = (
        ValueError(message) if known and not Facts.narrowed() else InvalidArgumentError(None, None, message)
    )
    found.of_graph = True  # another trace says no other
    return found  # type: ignore[no-any-return]


def not_found(message: str) -> NotFoundError:
    """The error for something that does not exist."""
    return NotFoundError(None, None, message)


def unimplemented(message: str) -> UnimplementedError:
    """The error for an op that does not exist for these arguments."""
    return UnimplementedError(None, None, message)


def failed_precondition(message: str) -> FailedPreconditionError:
    """The error for state that is not what the op needs."""
    return FailedPreconditionError(None, None, message)


def exhausted(message: str) -> ResourceExhaustedError:
    """The error for memory that ran out."""
    return ResourceExhaustedError(None, None, message)


def internal(message: str) -> InternalError:
    """The error for a broken invariant of the package."""
    return InternalError(None, None, message)


def out_of_range(message: str) -> OutOfRangeError:
    """The error for reading past an end."""
    return OutOfRangeError(None, None, message)
