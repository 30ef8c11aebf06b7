"""`tf.experimental.numpy` beside what TensorFlow's recorded answers say: laziness, refusals, the switch, transforms."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.experimental.numpy._parts import behavior

tnp = tf.experimental.numpy


@pytest.fixture
def enabled() -> Iterator[None]:
    """NumPy's behavior, for one test."""
    with behavior.enabled():
        yield


def test_it_is_loaded_when_it_is_used() -> None:
    script = (
        "import sys, tfcompat_tape as tf; "
        "assert not [m for m in sys.modules if m.startswith('tfcompat_tape.experimental.numpy')]; "
        "tf.experimental.numpy.float32; "
        "assert not [m for m in sys.modules if m.startswith('tfcompat_tape.experimental.numpy._parts')]; "
        "from tfcompat_tape.experimental import numpy as tnp; assert tnp is tf.experimental.numpy; "
        "import tfcompat_tape.experimental.numpy as again; assert again is tnp; tnp.random.rand; tnp.sin"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("mode", ["safe", "all"])
def test_modes_with_weak_tensors_are_refused(mode: str) -> None:
    before = dict(vars(tf.Tensor))
    with pytest.raises(tf.NotCoveredError, match=f"dtype_conversion_mode='{mode}'") as caught:
        tnp.experimental_enable_numpy_behavior(dtype_conversion_mode=mode)
    assert isinstance(caught.value, NotImplementedError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert dict(vars(tf.Tensor)) == before


def test_without_the_switch_the_error_says_so() -> None:
    with pytest.raises(AttributeError, match="experimental_enable_numpy_behavior"):
        tnp.sin(1)
    x = tf.constant([1.0])
    for name in ("T", "astype", "reshape", "size"):
        with pytest.raises(
            AttributeError, match=f"has no attribute '{name}'.*experimental_enable_numpy_behavior"
        ):
            getattr(x, name)
        assert not hasattr(x, name) and not hasattr(tf.Tensor, name)


def test_the_switch_can_be_turned_twice_and_off(enabled: None) -> None:
    i = tf.constant([1, 2])
    tnp.experimental_enable_numpy_behavior()
    assert (i + 0.5).dtype is tf.float64
    tnp.experimental_enable_numpy_behavior(dtype_conversion_mode="off")
    with pytest.raises(tf.errors.InvalidArgumentError):
        _ = i + 0.5
    tnp.experimental_enable_numpy_behavior()
    assert (0.5 + i).dtype is tf.float64


def test_operands_with_operators_of_their_own(enabled: None) -> None:
    class Other:
        def __radd__(self, other: Any) -> str:
            return "added"

        def __rmatmul__(self, other: Any) -> str:
            return "multiplied"

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    x = tf.constant([1.0])
    assert x + Other() == "added"
    assert x @ Other() == "multiplied"


@pytest.mark.parametrize(
    "key",
    [
        ([0, 1], slice(None), [1, 2]),
        (slice(None), [0, 1], [1, 2]),
        (slice(None), slice(None), [3, -1]),
        ([[0], [1]], [0, 1, 2]),
        (Ellipsis, [1, 2], None),
        (None, [1, 0], None, slice(1, 3)),
        ([True, False], slice(None), [True, False, True, True]),
        (slice(None, None, -1), [2, 0]),
        (np.array([[0, 1], [1, 0]]), slice(None), np.array([2, 3])),
    ],
)
def test_indexing_is_numpys(enabled: None, key: Any) -> None:
    array = np.arange(24.0).reshape(2, 3, 4)
    found = tf.constant(array)[key]
    np.testing.assert_array_equal(found.numpy(), array[key])


def test_a_jacobian_through_an_index(enabled: None) -> None:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x[[1, 0, 1], [0, 1, 0]] ** 2
    rows = tape.jacobian(y, x).numpy()
    expected = np.zeros((3, 2, 2))
    expected[0, 1, 0] = expected[2, 1, 0] = 6.0
    expected[1, 0, 1] = 4.0
    np.testing.assert_array_equal(rows, expected)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: tnp.sum(tnp.cbrt(x) * tnp.sinc(x)),
        lambda x: tnp.logaddexp(x, tnp.hypot(x, x)),
        lambda x: tnp.var(x, 0, dtype=tnp.float64, ddof=1),
        lambda x: tnp.take_along_axis(x, tnp.argsort(x), -1),
        lambda x: tnp.cross(x, x[::-1]),
        lambda x: tnp.polyval(x, 0.5),
        lambda x: tnp.matmul(x, tnp.transpose(x)),
    ],
)
def test_jacobians_by_rows_at_once_and_one_by_one(function: Any) -> None:
    x = tf.constant([[1.5, -0.5, 0.25], [2.0, 1.0, -3.0]], tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = function(x)
    together = tape.jacobian(y, x)
    alone = tape.jacobian(y, x, experimental_use_pfor=False)
    np.testing.assert_allclose(together.numpy(), alone.numpy(), rtol=1e-12)


def test_vectorized() -> None:
    x = tf.constant([[1.5, -0.5], [2.0, 1.0]], tf.float64)
    found = tf.vectorized_map(lambda row: tnp.sum(tnp.outer(row, tnp.exp(row))), x)
    expected = [float(np.sum(np.outer(row, np.exp(row)))) for row in x.numpy()]
    np.testing.assert_allclose(found.numpy(), expected)
