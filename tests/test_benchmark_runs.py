"""tf.test.main runs benchmarks; run_op_benchmark with what has a method `run`."""

from __future__ import annotations

import pytest

import tfcompat_tape as tf


def test_main_runs_the_benchmarks_that_a_pattern_names(capsys: pytest.CaptureFixture[str]) -> None:
    class Named(tf.test.Benchmark):
        def benchmark_one(self) -> None:
            print("one ran")

        def benchmark_two(self) -> None:
            print("two ran")

    tf.test.main(["program", "--benchmarks=Named.benchmark_t"])
    assert capsys.readouterr().out == "two ran\n"


def test_a_session_of_ones_own_is_run_and_timed(capsys: pytest.CaptureFixture[str]) -> None:
    asked = []

    class Session:
        def run(self, op: object, feed_dict: object = None) -> None:
            asked.append((op, feed_dict))

    class Timed(tf.test.Benchmark):
        def benchmark_it(self) -> None:
            found = self.run_op_benchmark(Session(), "op", {"a": 1}, burn_iters=1, min_iters=3)
            assert found["iters"] == 3 and found["wall_time"] >= 0

    Timed().benchmark_it()
    assert asked == [("op", {"a": 1})] * 4
    assert "iters: 3" in capsys.readouterr().out
