"""What leaves an op when its kernel fails: TensorFlow's exceptions, whatever torch, NumPy or Python raise."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core.dispatch import call_of
from tfcompat_tape.core.failures import composed, kernel_of
from tfcompat_tape.core.registry import Op

RAISED = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    ZeroDivisionError,
)


def failing(error: BaseException) -> Callable[..., Any]:
    def kernel(*tensors: torch.Tensor) -> torch.Tensor:
        raise error

    return call_of(Op("Failing", kernel, inputs=("x",)))


@pytest.mark.parametrize("kind", RAISED)
def test_no_exception_of_pythons_leaves_an_op(kind: type[Exception]) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Failing: .?so") as caught:
        failing(kind("so"))(tf.ones([2]))
    assert isinstance(caught.value.__cause__, kind)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes"),
    ],
)
def test_memory_that_runs_out(error: Exception) -> None:
    with pytest.raises(tf.errors.ResourceExhaustedError, match="Failing: OOM"):
        failing(error)(tf.ones([2]))


def test_memory_that_runs_out_outside_of_ops() -> None:
    for call in (tf.zeros, tf.ones, lambda shape: tf.fill(shape, 1.0) + 1.0):
        with pytest.raises(tf.errors.ResourceExhaustedError):
            call([2**48])
    with pytest.raises(tf.errors.InvalidArgumentError, match="more than 2\\*\\*63 - 1 elements"):
        tf.ones([2**40, 2**40])


def test_what_has_no_kernel() -> None:
    with pytest.raises(tf.errors.UnimplementedError):
        failing(NotImplementedError('"abs" not implemented for Bool'))(tf.ones([2]))


def test_what_is_tensorflows_or_for_whoever_vectorizes_passes() -> None:
    for error in (
        tf.errors.NotFoundError(None, None, "no"),
        RuntimeError("vmap: no batching rule"),
        KeyboardInterrupt(),
    ):
        with pytest.raises(type(error)) as caught:
            failing(error)(tf.ones([2]))
        assert caught.value is error


def test_a_fallback_that_fails() -> None:
    call = failing(RuntimeError("first"))

    def fallback(*raws: Any) -> Any:
        raise IndexError("second")

    call.op.fallback = fallback  # type: ignore[attr-defined]
    with pytest.raises(tf.errors.InvalidArgumentError, match="second"):
        call(tf.ones([2]))


def test_between_ops() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="Here: x"), kernel_of("Here"):
        raise RuntimeError("x")

    @composed
    def function(error: Exception) -> None:
        raise error

    with pytest.raises(tf.errors.InvalidArgumentError, match="function: x"):
        function(RuntimeError("x"))
    for error in (TypeError("x"), ValueError("x"), NotImplementedError("x")):
        with pytest.raises(type(error)):
            function(error)


def test_a_tangent_of_another_shape() -> None:
    x = tf.ones([2, 3])
    with pytest.raises(ValueError, match="Dimensions must be equal"):  # noqa: SIM117
        with tf.autodiff.ForwardAccumulator(x, tf.ones([2])):
            _ = x * x
