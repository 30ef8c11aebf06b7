"""Benchmarks as test cases have them: what they measured, as text and as files."""

from __future__ import annotations

import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.messages import Descriptor, Field, Message

__all__ = ["Benchmark", "benchmark_config", "with_eager_op_as_function"]


class EntryValue(Message):
    """The message `tensorflow.EntryValue`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.EntryValue",
        (Field("double_value", 1, "double", oneof="kind"), Field("string_value", 2, "string", oneof="kind")),
    )


class MetricEntry(Message):
    """The message `tensorflow.MetricEntry`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.MetricEntry", (Field("name", 1, "string"), Field("value", 2, "double"))
    )


class BenchmarkEntry(Message):
    """The message `tensorflow.BenchmarkEntry`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.BenchmarkEntry",
        (
            Field("name", 1, "string"),
            Field("iters", 2, "int64"),
            Field("cpu_time", 3, "double"),
            Field("wall_time", 4, "double"),
            Field("throughput", 5, "double"),
            Field("extras", 6, "map", False, EntryValue),
            Field("metrics", 7, "message", True, MetricEntry),
        ),
    )


class BenchmarkEntries(Message):
    """The message `tensorflow.BenchmarkEntries`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.BenchmarkEntries", (Field("entry", 1, "message", True, BenchmarkEntry),)
    )


class _RewriterConfig(Message):
    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.RewriterConfig",
        (Field("dependency_optimization", 8, "int32", names={0: "DEFAULT", 1: "ON", 2: "OFF"}),),
    )


class _GraphOptions(Message):
    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.GraphOptions", (Field("rewrite_options", 10, "message", False, _RewriterConfig),)
    )


class ConfigProto(Message):
    """The message `tensorflow.ConfigProto`, with what benchmarks set in it."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.ConfigProto", (Field("graph_options", 10, "message", False, _GraphOptions),)
    )


def benchmark_config() -> ConfigProto:
    """What TensorFlow's benchmarks configure sessions with. Nothing here reads it. Source: `tf.test.benchmark_config`.

    >>> import tfcompat_tape as tf
    >>> tf.test.benchmark_config().graph_options.rewrite_options.dependency_optimization
    2
    """
    config = ConfigProto()
    config.graph_options.rewrite_options.dependency_optimization = 2
    return config


def with_eager_op_as_function(cls: Any = None, only_as_function: bool = False) -> Any:
    """Decorator of a test class, which stays as it is. Source: `tf.test.with_eager_op_as_function`.

    >>> import tfcompat_tape as tf
    >>> @tf.test.with_eager_op_as_function
    ... class Cases(tf.test.TestCase):
    ...     pass
    """

    def decorator(wrapped: Any) -> Any:
        return wrapped

    return decorator if cls is None else cls


_known: list[type[Benchmark]] = []


class Benchmark:
    """The base of benchmarks: methods whose names begin with `benchmark`.

    `tf.test.main` runs them, with an argument `--benchmarks=PATTERN`.

    Source: `tf.test.Benchmark`.

    >>> import tfcompat_tape as tf
    >>> class Sums(tf.test.Benchmark):
    ...     def benchmark_sum(self):
    ...         self.report_benchmark(iters=10, wall_time=0.5)
    >>> Sums().benchmark_sum()
    entry {
      name: "Sums.benchmark_sum"
      iters: 10
      wall_time: 0.5
    }
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _known.append(cls)

    @classmethod
    def is_abstract(cls) -> bool:
        """Whether it is this class itself, which has no benchmarks."""
        return cls is Benchmark

    def report_benchmark(
        self,
        iters: Any = None,
        cpu_time: Any = None,
        wall_time: Any = None,
        throughput: Any = None,
        extras: Any = None,
        name: str | None = None,
        metrics: Any = None,
    ) -> None:
        """Print what was measured; also write it to a file, if TEST_REPORT_FILE_PREFIX says how its name begins.

        Args:
          iters, cpu_time, wall_time, throughput: numbers.
          extras: numbers or text by name.
          name: in place of that of the method that calls this.
          metrics: dictionaries with `name` and `value`.
        """
        entries = BenchmarkEntries()
        entry = entries.entry.add()
        entry.name = f"{type(self).__name__}.{name or self._method()}"
        if iters is not None:
            entry.iters = iters
        for field, value in (("cpu_time", cpu_time), ("wall_time", wall_time), ("throughput", throughput)):
            if value is not None:
                setattr(entry, field, value)
        for key, value in (extras or {}).items():
            if isinstance(value, (int, float)):
                entry.extras[key].double_value = value
            else:
                entry.extras[key].string_value = str(value)
        for metric in metrics or []:
            entry.metrics.add(name=metric["name"], value=metric["value"])
        prefix = os.environ.get("TEST_REPORT_FILE_PREFIX")
        if prefix:
            with open(prefix + entry.name.replace("/", "__"), "wb") as file:
                file.write(entries.SerializeToString())
        print(entries)

    def _method(self) -> str:
        """The outermost method of this object that is running."""
        found = "report_benchmark"
        frame: Any = sys._getframe(1)
        while frame is not None:
            if frame.f_locals.get("self") is self and frame.f_code.co_name != "_method":
                found = frame.f_code.co_name
            frame = frame.f_back
        return found

    def run_op_benchmark(
        self,
        sess: Any,
        op_or_tensor: Any,
        feed_dict: Any = None,
        burn_iters: int = 2,
        min_iters: int = 10,
        store_trace: bool = False,
        store_memory_usage: bool = True,
        name: str | None = None,
        extras: Any = None,
        mbs: float = 0,
    ) -> dict[str, Any]:
        """Run `sess.run(op_or_tensor, feed_dict=feed_dict)` again and again, report the median, and give it back.

        Args:
          sess: what has such a method. There are no sessions here.
          burn_iters, min_iters: how often it runs before time is taken, and then.
        """
        for _ in range(burn_iters):
            sess.run(op_or_tensor, feed_dict=feed_dict)
        times = []
        for _ in range(min_iters):
            start = time.perf_counter()
            sess.run(op_or_tensor, feed_dict=feed_dict)
            times.append(time.perf_counter() - start)
        median = statistics.median(times) if times else -1
        found = {
            "iters": min_iters,
            "wall_time": median,
            "extras": dict(extras or {}),
            "name": name,
            "throughput": mbs / median if times else 0.0,
        }
        self.report_benchmark(**found)
        return found

    def evaluate(self, tensors: Any) -> Any:
        """Tensors as NumPy arrays, by the method of test cases. AttributeError: this is no test case, too."""
        return self.cached_session().run(tensors)  # type: ignore[attr-defined]


def run_benchmarks(pattern: str) -> None:
    """Run the benchmarks whose names (`module.Class.method`) hold a regular expression, or all for "all"."""
    found = re.compile(".*" if pattern == "all" else pattern)
    for cls in list(_known):
        for method in sorted(name for name in dir(cls) if name.startswith("benchmark")):
            if found.search(f"{cls.__module__}.{cls.__qualname__}.{method}"):
                run: Callable[[], Any] = getattr(cls(), method)
                run()
