"""`tf.errors`: classes, codes and manners. The expected answers are TensorFlow 2.21's."""

import copy
import pickle

import pytest

from tfcompat_tape import errors
from tfcompat_tape.core import errors as core

CODES = {
    "OK": 0,
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}

CLASSES = {
    "CancelledError": "CANCELLED",
    "UnknownError": "UNKNOWN",
    "InvalidArgumentError": "INVALID_ARGUMENT",
    "DeadlineExceededError": "DEADLINE_EXCEEDED",
    "NotFoundError": "NOT_FOUND",
    "AlreadyExistsError": "ALREADY_EXISTS",
    "PermissionDeniedError": "PERMISSION_DENIED",
    "ResourceExhaustedError": "RESOURCE_EXHAUSTED",
    "FailedPreconditionError": "FAILED_PRECONDITION",
    "AbortedError": "ABORTED",
    "OutOfRangeError": "OUT_OF_RANGE",
    "UnimplementedError": "UNIMPLEMENTED",
    "InternalError": "INTERNAL",
    "UnavailableError": "UNAVAILABLE",
    "DataLossError": "DATA_LOSS",
    "UnauthenticatedError": "UNAUTHENTICATED",
}


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_codes(name, code):
    assert getattr(errors, name) == code


@pytest.mark.parametrize(("name", "code"), CLASSES.items())
def test_class_has_its_code(name, code):
    error = getattr(errors, name)(None, None, "what went wrong")
    assert isinstance(error, errors.OpError)
    assert error.error_code == CODES[code]
    assert str(error) == error.message == "what went wrong"
    assert (error.node_def, error.op, error.args, repr(error)) == (None, None, (), f"{name}()")


def test_the_namespace_is_complete():
    assert set(errors.__all__) == {*CODES, *CLASSES, "OpError", "OperatorNotAllowedInGraphError"}


def test_parts_are_kept_and_read_only():
    error = errors.InvalidArgumentError("node", "op", "text", {"key": b"value"})
    assert (error.node_def, error.op, error.experimental_payloads) == ("node", "op", {"key": b"value"})
    with pytest.raises(AttributeError):
        error.message = "another"


def test_base_class_takes_the_code():
    error = errors.OpError(None, None, "text", 7)
    assert (error.error_code, str(error), error.experimental_payloads) == (7, "text", {})


def test_operator_not_allowed_is_a_type_error():
    error = errors.OperatorNotAllowedInGraphError("text")
    assert isinstance(error, TypeError)
    assert not isinstance(error, errors.OpError)
    assert str(error) == "text"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])
@pytest.mark.parametrize("payloads", [(), ({"key": b"value"},)])
def test_copies_are_equal(duplicate, payloads):
    for error in (
        errors.NotFoundError(None, None, "text", *payloads),
        errors.OpError(None, None, "text", 11, *payloads),
    ):
        again = duplicate(error)
        assert type(again) is type(error)
        assert (again.message, again.error_code) == (error.message, error.error_code)
        assert again.experimental_payloads == error.experimental_payloads


@pytest.mark.parametrize(
    ("make", "cls"),
    [
        (core.invalid, errors.InvalidArgumentError),
        (core.not_found, errors.NotFoundError),
        (core.unimplemented, errors.UnimplementedError),
        (core.failed_precondition, errors.FailedPreconditionError),
        (core.exhausted, errors.ResourceExhaustedError),
        (core.internal, errors.InternalError),
    ],
)
def test_short_forms(make, cls):
    with pytest.raises(cls, match=r"^what$"):
        raise make("what")
