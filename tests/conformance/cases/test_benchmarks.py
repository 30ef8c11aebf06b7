"""tf.test.Benchmark and what stands beside it; horizons of compatibility."""

import contextlib
import io
import os
import pathlib
import tempfile

from conformance_kit import raises, script


@script("test.Benchmark")
def _(tf):
    class Mine(tf.test.Benchmark):
        def benchmark_a(self):
            self.report_benchmark(
                iters=3, wall_time=0.5, name="n", extras={"x": 1.0}, metrics=[{"name": "m", "value": 1.5}]
            )

        def benchmark_b(self):
            self.report_benchmark(cpu_time=0.25, throughput=2.0, extras={"s": "q"})

        def more(self):
            self.report_benchmark(extras={"list": [1]})

    class Base(tf.test.Benchmark):
        def helper(self):
            return 5

    def printed(call):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            call()
        return out.getvalue().strip()

    mine, folder = Mine(), tempfile.mkdtemp()
    os.environ["TEST_REPORT_FILE_PREFIX"] = folder + "/"
    try:
        printed(mine.benchmark_a)
        files = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
    finally:
        del os.environ["TEST_REPORT_FILE_PREFIX"]
    return {
        "abstract": [tf.test.Benchmark.is_abstract(), Mine.is_abstract(), Base.is_abstract()],
        "printed": [printed(call) for call in (mine.benchmark_a, mine.benchmark_b, mine.more)],
        "files": files,
        "no session": raises(lambda: mine.run_op_benchmark(None, 3)),
        "evaluate": raises(lambda: mine.evaluate(tf.constant(1.0))),
        "config": [str(tf.test.benchmark_config()), tf.test.benchmark_config().SerializeToString()],
    }


@script("test.with_eager_op_as_function")
def _(tf):
    decorator = tf.test.with_eager_op_as_function

    @decorator
    class One(tf.test.TestCase):
        def test_a(self):
            return 5

    @decorator(only_as_function=True)
    class Two(tf.test.TestCase):
        def test_a(self):
            return 6

    return [One.__name__, One("test_a").test_a(), Two.__name__, Two("test_a").test_a(), decorator(3)]


@script("compat.forward_compatibility_horizon")
def _(tf):
    days = [(2099, 1, 1), (2099, 1, 2), (2020, 1, 1)]

    def within(*day):
        with tf.compat.forward_compatibility_horizon(*day):
            return [tf.compat.forward_compatible(*one) for one in days]

    return {
        "later": within(2099, 1, 2),
        "past": within(2020, 1, 1),
        "after": [tf.compat.forward_compatible(*one) for one in days],
        "no day": raises(lambda: within(2020, 13, 1)),
        "no number": raises(lambda: within(2020, "a", 1)),
    }
