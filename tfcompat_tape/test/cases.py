"""`tf.test.TestCase`: unittest's, with assertions about tensors, and `tf.test.main`."""

from __future__ import annotations

import collections
import contextlib
import functools
import importlib
import re
import sys
import tempfile
import unittest
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from tfcompat_tape.core.errors import OpError
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.nest.structures import map_structure
from tfcompat_tape.random.sampling import set_seed

__all__ = ["TestCase", "disable_with_predicate", "is_built_with_xla", "is_cpu_target_available", "main"]

_HALVES = ("float16", "bfloat16")


class TestCase(unittest.TestCase):
    """A unittest.TestCase with assertions that take Tensors, Variables, arrays, numbers and structures of them.

    Each test starts with the global random seed at the same value.

    Source: `tf.test.TestCase`.

    >>> import tfcompat_tape as tf
    >>> class SquareTest(tf.test.TestCase):
    ...     def test_square(self):
    ...         self.assertAllClose(tf.square([2.0, 3.0]), [4.0, 9.0])
    >>> SquareTest("test_square").run().wasSuccessful()
    True
    """

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._tempdir: str | None = None

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult:
        """Run the test; returns the result."""
        found = self.defaultTestResult() if result is None else result
        super().run(found)
        return found

    def setUp(self) -> None:
        """Set the global seed."""
        super().setUp()
        set_seed(87654321)

    # -- values ------------------------------------------------------------------------------------------------------

    def evaluate(self, tensors: Any) -> Any:
        """NumPy's form of each Tensor or Variable in a structure; a function is called first.

        Raises:
          ValueError: something else stands in the structure.
        """
        if (
            callable(tensors)
            and not isinstance(tensors, (Tensor, IndexedSlices))
            and not hasattr(tensors, "numpy")
        ):
            tensors = tensors()
        if tensors is None:
            return None
        return map_structure(_evaluated, tensors)

    @contextlib.contextmanager
    def session(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Something with `run`, which evaluates."""
        yield _Session(self)

    cached_session = session

    def test_session(self, *args: Any, **kwargs: Any) -> Any:
        """The same as `session`. Its name makes test runners take it for a test, which is skipped."""
        if self._testMethodName == "test_session":
            self.skipTest("test_session is not a test.")
        return self.session(*args, **kwargs)

    def get_temp_dir(self) -> str:
        """A directory that is there while this test runs."""
        if self._tempdir is None:
            kept = tempfile.TemporaryDirectory()
            self.addCleanup(kept.cleanup)
            self._tempdir = kept.name
        return self._tempdir

    # -- near --------------------------------------------------------------------------------------------------------

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        """The two structures have the same form, and `|a - b| <= atol + rtol * |b|` everywhere (NaN equals NaN)."""
        if _is_named(a) or _is_named(b) or isinstance(a, Mapping) or isinstance(b, Mapping):
            left, right = _mapping(a), _mapping(b)
            self.assertIsNotNone(left, msg)
            self.assertIsNotNone(right, msg)
            self.assertCountEqual(left or {}, right or {}, msg)
            for key, value in (left or {}).items():
                self.assertAllClose(value, (right or {})[key], rtol, atol, f"{msg or ''} in {key!r}")
        elif isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and not (_plain(a) and _plain(b)):
            self.assertEqual(len(a), len(b), msg)
            for one, other in zip(a, b, strict=True):
                self.assertAllClose(one, other, rtol, atol, msg)
        else:
            self._assert_near(a, b, rtol, atol, msg)

    def _assert_near(self, a: Any, b: Any, rtol: float, atol: float, msg: str | None) -> None:
        left, right = _wide(self._array(a)), _wide(self._array(b))
        self.assertEqual(left.shape, right.shape, msg or "Shape mismatch.")
        if not np.allclose(left, right, rtol=rtol, atol=atol, equal_nan=True):
            near = np.isclose(left, right, rtol=rtol, atol=atol, equal_nan=True)
            where: Any = np.nonzero(~near) if near.ndim else ()
            place = f"not close where = {where}\n" if near.ndim else ""
            self.fail(
                f"\nNot equal to tolerance rtol={rtol:g}, atol={atol:g}\nMismatched value: a is different from b. \n"
                f"{place}not close lhs = {left[where]}\nnot close rhs = {right[where]}\n"
                f"not close dif = {np.abs(left[where] - right[where])}\n{msg or ''}"
            )

    def assertAllCloseAccordingToType(
        self,
        a: Any,
        b: Any,
        rtol: float = 1e-6,
        atol: float = 1e-6,
        float_rtol: float = 1e-6,
        float_atol: float = 1e-6,
        half_rtol: float = 1e-3,
        half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2,
        bfloat16_atol: float = 1e-2,
        msg: str | None = None,
    ) -> None:
        """`assertAllClose` with the tolerance of the coarser of the two dtypes."""
        for name, relative, absolute in (
            ("float32", float_rtol, float_atol),
            ("complex64", float_rtol, float_atol),
            ("float16", half_rtol, half_atol),
            ("bfloat16", bfloat16_rtol, bfloat16_atol),
        ):
            if name in (_dtype(a), _dtype(b)):
                rtol, atol = max(rtol, relative), max(atol, absolute)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertNotAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        """`assertAllClose` fails."""
        try:
            self.assertAllClose(a, b, rtol, atol)
        except AssertionError:
            return
        self.fail(msg or "The two values are close at all elements.")

    def assertNear(self, f1: Any, f2: Any, err: Any, msg: str | None = None) -> None:
        """Two numbers differ by no more than `err`."""
        near = f1 == f2 or abs(f1 - f2) <= err
        self.assertTrue(
            near, f"{f1:f} != {f2:f} +/- {err:f} (difference: {abs(f1 - f2)})" + (f": {msg}" if msg else "")
        )

    def assertArrayNear(self, farray1: Any, farray2: Any, err: Any, msg: str | None = None) -> None:
        """Two sequences of numbers differ by no more than `err` anywhere."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for one, other in zip(farray1, farray2, strict=True):
            self.assertNear(float(one), float(other), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: Any, msg: str | None = None) -> None:
        """The norm of the difference of two arrays is less than `err`."""
        self.assertTrue(bool(np.linalg.norm(ndarray1 - ndarray2) < err), msg)

    # -- equal -------------------------------------------------------------------------------------------------------

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """The two have one shape and equal elements (NaN equals NaN)."""
        left, right = self._array(a), self._array(b)
        self.assertEqual(left.shape, right.shape, msg or "Shape mismatch.")
        same = _texts(left) == _texts(right)
        if left.dtype.kind in "fcV" or right.dtype.kind in "fcV":
            same = same | ((left != left) & (right != right))
        if not np.all(same):
            where = np.where(~np.asarray(same))
            self.fail(
                f"\nArrays are not equal\n\nnot equal where = {where}\nnot equal lhs = {left[where]!r}\n"
                f"not equal rhs = {right[where]!r}\n{msg or ''}"
            )

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """`assertAllEqual` fails."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        self.fail(msg or "The two values are equal at all elements.")

    def assertShapeEqual(self, input_a: Any, input_b: Any, msg: str | None = None) -> None:
        """The two have one shape."""
        self.assertAllEqual(np.array(tuple(input_a.shape)), np.array(tuple(input_b.shape)), msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """An array or Tensor has this dtype."""
        found = self._array(target).dtype
        self.assertEqual(found, expected_dtype)

    # -- elements ----------------------------------------------------------------------------------------------------

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """The least element is greater."""
        self.assertGreater(self._array(a).min(), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """The greatest element is less."""
        self.assertLess(self._array(a).max(), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """The least element is no less."""
        self.assertGreaterEqual(self._array(a).min(), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """The greatest element is no greater."""
        self.assertLessEqual(self._array(a).max(), comparison_target)

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: Any,
        upper_bound: Any,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """All elements lie within the bounds, which belong to the range unless they are open."""
        x = self._array(target)
        below = x <= lower_bound if open_lower_bound else x < lower_bound
        above = x >= upper_bound if open_upper_bound else x > upper_bound
        outside = below | above | (x != x)
        if outside.any():
            self.fail(f"{x[outside]} are not within [{lower_bound}, {upper_bound}] at {np.where(outside)}")

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """All elements are among these."""
        extra = set(self._array(target).reshape(-1).tolist()) - set(expected_set)
        if extra:
            raise AssertionError(f"{len(extra)} unique element(s) are not in the set {expected_set}: {extra}")

    # -- errors ------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(
        self, exception_type: Any, expected_err_re_or_predicate: Any
    ) -> Iterator[None]:
        """An exception of this type is raised whose text matches, or for which the function says True."""
        matches = expected_err_re_or_predicate
        if not callable(matches):

            def matches(error: BaseException, pattern: str = expected_err_re_or_predicate) -> bool:
                return re.search(pattern, str(error)) is not None

        try:
            yield
        except BaseException as error:
            if not isinstance(error, exception_type) or not matches(error):
                raise AssertionError(f"Exception of type {type(error)}: {error}") from error
        else:
            self.fail(f"{exception_type.__name__} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """An error of an op is raised whose text matches."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)

    def assertRaisesIncompatibleShapesError(
        self, exception_type: Any = OpError, expected_err_re_or_predicate: Any = r"Incompatible shapes"
    ) -> Any:
        """An error is raised that speaks of shapes which do not go together."""
        return self.assertRaisesWithPredicateMatch(exception_type, expected_err_re_or_predicate)

    # -- collections -------------------------------------------------------------------------------------------------

    def assertBetween(self, value: Any, minv: Any, maxv: Any, msg: str | None = None) -> None:
        """`minv <= value <= maxv`."""
        if not minv <= value <= maxv:
            self.fail(msg or f"{value!r} unexpectedly not between {minv!r} and {maxv!r} inclusive")

    def assertLen(self, container: Any, expected_len: int, msg: str | None = None) -> None:
        """A container has this many items."""
        if len(container) != expected_len:
            self.fail(msg or f"{container!r} has length of {len(container)}, expected {expected_len}.")

    def assertEmpty(self, container: Any, msg: str | None = None) -> None:
        """A container has no items."""
        if len(container):
            self.fail(msg or f"{container!r} has length of {len(container)}, expected 0.")

    def assertNotEmpty(self, container: Any, msg: str | None = None) -> None:
        """A container has items."""
        if not len(container):
            self.fail(msg or f"{container!r} has length of 0.")

    def assertStartsWith(self, actual: str, expected_start: str, msg: str | None = None) -> None:
        """A text begins with another."""
        if not actual.startswith(expected_start):
            self.fail(msg or f"{actual!r} does not start with {expected_start!r}")

    def _array(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return np.array([self._array(item) for item in value])
        return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


class _Session:
    """What `TestCase.session` gives: `run` evaluates."""

    def __init__(self, case: TestCase) -> None:
        self._case = case

    def run(self, fetches: Any, *args: Any, **kwargs: Any) -> Any:
        """NumPy's form of what is fetched."""
        return self._case.evaluate(fetches)


def _evaluated(value: Any) -> Any:
    if hasattr(value, "numpy"):
        return value.numpy()
    raise ValueError(f"Unsupported type {type(value).__name__!r}.")


def _is_named(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_asdict")


def _mapping(value: Any) -> Any:
    if _is_named(value):
        return value._asdict()
    return value if isinstance(value, collections.abc.Mapping) else None


def _plain(value: Any) -> bool:
    """Whether a sequence consists of numbers alone, so that it is an array of them."""
    return all(isinstance(item, (int, float, complex, np.generic)) for item in value)


def _dtype(value: Any) -> str:
    dtype = getattr(value, "dtype", None)
    return str(getattr(dtype, "name", dtype))


def _wide(x: Any) -> Any:
    return x.astype(np.float64) if x.dtype.name in _HALVES else x


def _texts(x: Any) -> Any:
    """Texts and bytes compare as one."""
    if x.dtype.kind in "USO":
        flat = [item.encode() if isinstance(item, str) else item for item in x.reshape(-1).tolist()]
        found = np.empty(len(flat), object)
        found[:] = flat
        return found.reshape(x.shape)
    return x


def main(argv: Any = None) -> None:
    """Run the tests of the main module; with an argument `--benchmarks=PATTERN`, benchmarks instead.

    Source: `tf.test.main`.

    >>> import tfcompat_tape as tf
    >>> callable(tf.test.main)
    True
    """
    arguments = list(sys.argv if argv is None else argv)
    for argument in arguments:
        if argument.startswith("--benchmarks="):
            importlib.import_module("tfcompat_tape.test.benchmarks").run_benchmarks(
                argument.partition("=")[2]
            )
            return
    unittest.main(argv=arguments)


def is_built_with_xla() -> bool:
    """False: what is compiled here is compiled by torch. Source: `tf.test.is_built_with_xla`.

    >>> import tfcompat_tape as tf
    >>> tf.test.is_built_with_xla()
    False
    """
    return False


def is_cpu_target_available(target: Any) -> bool:
    """Whether code is made for this kind of processor: "x86" or "aarch64". Source: `tf.test.is_cpu_target_available`.

    >>> import tfcompat_tape as tf
    >>> any(tf.test.is_cpu_target_available(target) for target in ("x86", "aarch64", "arm"))
    True
    """
    import platform

    machine = platform.machine().lower()
    kind = "x86" if machine in ("x86_64", "amd64", "i386", "i686") else machine.replace("arm64", "aarch64")
    return bool(target == kind)


def disable_with_predicate(pred: Callable[[], bool], skip_message: str) -> Any:
    """Decorator: the test is skipped where `pred()` is true. Source: `tf.test.disable_with_predicate`.

    >>> import tfcompat_tape as tf
    >>> @tf.test.disable_with_predicate(lambda: False, "never")
    ... def test(case):
    ...     return 1
    >>> test(None)
    1
    """

    def decorator(function: Any) -> Any:
        @functools.wraps(function)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if pred():
                self.skipTest(skip_message)
                return None
            return function(self, *args, **kwargs)

        return call

    return decorator
