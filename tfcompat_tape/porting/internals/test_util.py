"""`tensorflow.python.framework.test_util`: decorators of tests, and what they ask of the machine.

TensorFlow runs many tests in several modes: in a graph, eagerly, in a function. Here they run once, eagerly; tests of
graphs alone are skipped. `TensorFlowTestCase` is `tf.test.TestCase`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import unittest
from collections.abc import Callable, Iterator
from typing import Any

import torch

tf: Any = importlib.import_module("tfcompat_tape")

_GRAPHS = "a test of graphs, which are not built here"


def _as_it_is(func: Any = None, **_modes: Any) -> Any:
    """A decorator that may also be called with options, which say in which further modes to run."""
    return (lambda f: f) if func is None else func


run_in_graph_and_eager_modes = run_all_in_graph_and_eager_modes = _as_it_is
run_v2_only = run_in_v1_v2 = run_class_in_v1_v2 = _as_it_is
enable_control_flow_v2 = with_control_flow_v2 = enable_c_shapes = with_c_shapes = _as_it_is
enable_output_all_intermediates = run_in_async_and_sync_mode = add_graph_building_optimization_tests = (
    _as_it_is
)
with_eager_op_as_function = enable_eager_op_as_function = build_as_function_and_v1_graph = _as_it_is


def _with_reason(description: Any) -> Any:
    """A decorator that is given why a test does not run in some build of TensorFlow: not in this one, so it runs."""
    return lambda func: func


disable_xla = disable_mlir_bridge = disable_tfrt = disable_asan = disable_msan = disable_tsan = _with_reason
disable_ubsan = disable_eager_op_as_function = no_xla_auto_jit = xla_allow_fallback = _with_reason


def _skipped(func: Any, why: str) -> Any:
    if inspect.isclass(func):
        return unittest.skip(why)(func)

    @functools.wraps(func)
    def skip(self: Any, *args: Any, **kwargs: Any) -> None:
        raise unittest.SkipTest(why)

    return skip


def run_v1_only(reason: str, func: Any = None) -> Any:
    """Skip a test of version 1 alone."""
    return (lambda f: _skipped(f, reason)) if func is None else _skipped(func, reason)


def disable_cudnn_autotune(func: Callable[..., Any]) -> Callable[..., Any]:
    """Run without choosing among cuDNN's algorithms by their time, which differ in rounding."""

    @functools.wraps(func)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        before = torch.backends.cudnn.benchmark
        torch.backends.cudnn.benchmark = False
        try:
            return func(*args, **kwargs)
        finally:
            torch.backends.cudnn.benchmark = before

    return decorated


def deprecated_graph_mode_only(func: Any = None) -> Any:
    """Skip a test of graphs."""
    return (lambda f: _skipped(f, _GRAPHS)) if func is None else _skipped(func, _GRAPHS)


run_deprecated_v1 = run_all_in_deprecated_graph_mode_only = deprecated_graph_mode_only


def _only_with_gpu(why: str) -> Callable[..., Any]:
    def decorator(func: Any = None) -> Any:
        if func is None:
            return decorator

        @functools.wraps(func)
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not is_gpu_available():
                raise unittest.SkipTest(why)
            return func(self, *args, **kwargs)

        return run

    return decorator


run_gpu_only = _only_with_gpu("Test requires GPU")
run_cuda_only = _only_with_gpu("Test requires CUDA GPU")
run_gpu_or_tpu = _only_with_gpu("Test requires GPU or TPU")


def also_run_as_tf_function(f: Callable[..., Any]) -> Callable[..., None]:
    """Run a test as it is and once more inside a `tf.function`."""

    @functools.wraps(f)
    def run(*args: Any, **kwargs: Any) -> None:
        f(*args, **kwargs)
        tf.function(f, autograph=False)(*args, **kwargs)

    return run


def skip_if(condition: Any) -> Any:
    """Skip a test where `condition` is true, or a function without arguments that says so."""

    def decorate(func: Any) -> Any:
        @functools.wraps(func)
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            skip = condition() if callable(condition) else condition
            return None if skip else func(self, *args, **kwargs)

        return run

    return decorate


def for_all_test_methods(decorator: Any, *args: Any, **kwargs: Any) -> Any:
    """A decorator of a class that applies `decorator(*args, **kwargs)` to its tests."""

    def decorate(cls: type) -> type:
        for name in dir(cls):
            method = getattr(cls, name)
            if name.startswith("test") and name != "test_session" and callable(method):
                setattr(cls, name, decorator(*args, **kwargs)(method))
        return cls

    return decorate


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Whether torch sees a CUDA device (of at least this capability, a pair of numbers)."""
    if not torch.cuda.is_available():
        return False
    needed = tuple(min_cuda_compute_capability or (0, 0))
    return any(torch.cuda.get_device_capability(i) >= needed for i in range(torch.cuda.device_count()))


def gpu_device_name() -> str:
    return "/device:GPU:0" if torch.cuda.is_available() else ""


@contextlib.contextmanager
def use_gpu() -> Iterator[None]:
    """Compute on the GPU, if there is one."""
    with tf.device("/GPU:0" if torch.cuda.is_available() else "/CPU:0"):
        yield


force_gpu = use_gpu


@contextlib.contextmanager
def force_cpu() -> Iterator[None]:
    with tf.device("/CPU:0"):
        yield


@contextlib.contextmanager
def device(use_gpu: bool) -> Iterator[None]:
    """Compute on the GPU if asked to and there is one, else on the CPU."""
    with tf.device("/GPU:0" if use_gpu and torch.cuda.is_available() else "/CPU:0"):
        yield


def is_xla_enabled() -> bool:
    return False


def is_mlir_bridge_enabled() -> bool:
    return False


def IsBuiltWithROCm() -> bool:
    return torch.version.hip is not None


def IsMklEnabled() -> bool:
    return bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]


def GpuSupportsHalfMatMulAndConv() -> bool:
    return is_gpu_available(min_cuda_compute_capability=(5, 3))


def _moved(x: Any, orders: dict[int, tuple[int, ...]]) -> Any:
    """A tensor with its axes in another order, or a list of their sizes in that order."""
    order = orders[len(x.shape) if tf.is_tensor(x) else len(x)]
    return tf.transpose(x, order) if tf.is_tensor(x) else [x[i] for i in order]


def NHWCToNCHW(input_tensor: Any) -> Any:
    """Channels before the axes of space; of a tensor, or a list of sizes."""
    return _moved(input_tensor, {4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)})


def NCHWToNHWC(input_tensor: Any) -> Any:
    """Channels behind the axes of space; of a tensor, or a list of sizes."""
    return _moved(input_tensor, {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)})


__all__ = [
    "GpuSupportsHalfMatMulAndConv",
    "IsBuiltWithROCm",
    "IsMklEnabled",
    "NCHWToNHWC",
    "NHWCToNCHW",
    "add_graph_building_optimization_tests",
    "also_run_as_tf_function",
    "build_as_function_and_v1_graph",
    "deprecated_graph_mode_only",
    "device",
    "disable_asan",
    "disable_cudnn_autotune",
    "disable_eager_op_as_function",
    "disable_mlir_bridge",
    "disable_msan",
    "disable_tfrt",
    "disable_tsan",
    "disable_ubsan",
    "disable_xla",
    "enable_c_shapes",
    "enable_control_flow_v2",
    "enable_eager_op_as_function",
    "enable_output_all_intermediates",
    "for_all_test_methods",
    "force_cpu",
    "force_gpu",
    "gpu_device_name",
    "is_gpu_available",
    "is_mlir_bridge_enabled",
    "is_xla_enabled",
    "no_xla_auto_jit",
    "run_all_in_deprecated_graph_mode_only",
    "run_all_in_graph_and_eager_modes",
    "run_class_in_v1_v2",
    "run_cuda_only",
    "run_deprecated_v1",
    "run_gpu_only",
    "run_gpu_or_tpu",
    "run_in_async_and_sync_mode",
    "run_in_graph_and_eager_modes",
    "run_in_v1_v2",
    "run_v1_only",
    "run_v2_only",
    "skip_if",
    "use_gpu",
    "with_c_shapes",
    "with_control_flow_v2",
    "with_eager_op_as_function",
    "xla_allow_fallback",
]
