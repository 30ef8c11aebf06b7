"""Random programs with branches and loops on values: the same eagerly, in a function, by guards, and compiled.

    python -m tests.fuzz.loops --count 1000                       # staged and by guards, against eager code
    python -m tests.fuzz.loops --count 100 --ways compiled        # slow: each program is compiled
    python -m tests.fuzz.loops --seed 17 --count 1 --show         # one program again

A program is the body of a function: it has `if`, `for`, `while`, `break` and `continue` on values of its arguments,
TensorArrays, Variables that are assigned to, functions that it calls, traced ones too, and tapes. Values, first and
second derivatives and the Variable are compared, and forward mode with `--ways forward`.
"""

from __future__ import annotations

import argparse
import itertools
import linecache
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

if __package__:  # where no test run has done so
    sys.path[:0] = [str(Path(__file__).parents[1])]

from ways_kit import alike, by_guards

import tfcompat_tape as tf
from tfcompat_tape.tracing.piece import Piece

VECTORS = [
    "tf.tanh(x) + y",
    "tf.tanh(x * w + s)",
    "tf.sin(y) * s",
    "tf.tanh(y - x) * w",
    "x[::-1] * 0.5",
    "tf.where(y > x, y, x) * 0.5",
    "tf.stop_gradient(tf.tanh(x)) + y * 0.5",
    "tf.tanh(x * y[k % 2])",
    "early(x, y, s)",
    "traced(x, s)",
    "slope(x, y)",
    "tf.cond(s > 0.3, lambda: tf.tanh(x), lambda: y * 0.25)",
]
NUMBERS = [
    "tf.tanh(s + x[0])",
    "s * 0.5 + y[1]",
    "tf.reduce_sum(tf.tanh(y))",
    "tf.cast(k, tf.float32) * 0.25",
    "x[k % 2] * 0.5",
    "y[0] if s > 0.2 else tf.tanh(x[1])",
]
TESTS = [
    "x[0] > 0.1",
    "s < 0.5",
    "k % 2 == 0",
    "tf.reduce_sum(y) > s and not x[1] > 1.0",
    "0.0 < s < 1.0",
    "k > 2 or s > 0.7",
]
LOOPS = [
    ("for i in tf.range(n):", "k = k + i"),
    ("for row in rows:", "y = tf.tanh(y + row)"),
    ("for i, v in zip(range(2), [0.5, -0.5]):", "s = tf.tanh(s + v)"),
    ("for j in tf.range(4, 0, -1):", "k = k + j % 3"),
    ("while s < 1.5 and k < 3 * n:", "s, k = s + 0.4, k + 1"),
    ("while k < 2 * n:", "k += 1"),
    ("for e in iter(elements):", "y = tf.tanh(y * e + x)"),
]
STATEMENTS = {
    "write": ["out = out.write({place}, x)"],
    "read": ["y = tf.tanh(y + out.read(k % 3))"],
    "assign": ["w.assign(0.5 * w + 0.1 * x)"],
    "assign_add": ["w.assign_add(0.1 * tf.tanh(y))"],
    "temporary": ["t = {vector}", "x = tf.tanh(t + x)"],
    "while_loop": [
        "k, x = tf.while_loop(lambda a, b: a < n, lambda a, b: (a + 1, tf.tanh(b * w + y)), (k, x))",
    ],
    "map": ["y = tf.reduce_sum(tf.map_fn(lambda v: tf.tanh(v * x + s), rows), 0)"],
    "scan": ["x = tf.scan(lambda a, v: tf.tanh(a * w + v), rows, initializer=y)[-1]"],
    "fold": ["y = tf.foldl(lambda a, v: tf.tanh(a + v * s), rows, initializer=x)"],
    "list": [
        "parts = []",
        "for q in range(2):",
        "    parts.append(tf.tanh(x * s + q))",
        "y = tf.add_n(parts) * 0.5",
    ],
    "tape": [
        "with tf.GradientTape() as inner:",
        "    inner.watch(x)",
        "    if {test}:",
        "        z = tf.tanh(x) * y",
        "    else:",
        "        z = tf.sin(x) * s",
        "x = inner.gradient(z, x)",
    ],
}
PRELUDE = """
def early(x, y, s):
    if x[0] > y[0]:
        return tf.tanh(x) * s
    return tf.tanh(y) * x

@tf.function
def traced(x, s):
    for _ in tf.range(2):
        if s > 0.1:
            x = tf.tanh(x * s)
        else:
            x = tf.sin(x)
    return x

def slope(x, y):
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = tf.reduce_sum(tf.tanh(x * y) * x)
    return tape.gradient(z, x)

def program(x, y, rows, w, n):
    elements = tf.data.Dataset.from_tensor_slices([[0.5, -0.25], [1.0, 0.75]])
    s, k = x[0] * 0.5, 0
    out = tf.TensorArray(tf.float32, size=3, element_shape=[2], clear_after_read=False)
"""
END = "    return x + y * s + tf.reduce_sum(out.stack(), 0) * tf.cast(k + 1, tf.float32)\n"
ROWS = [[0.3, -0.4], [1.0, 0.2], [-0.6, 0.5]]
POINTS = [([0.5, -1.0], [0.25, 2.0], 2), ([-0.5, 1.0], [1.0, 0.5], 0), ([1.5, 0.2], [-1.0, 0.1], 3)]
_names = itertools.count()


def block(rng: random.Random, depth: int, indent: int, looping: bool = False) -> list[str]:
    """Random statements on the vectors x and y, the numbers s and k, the TensorArray out and the Variable w."""
    lines: list[str] = []
    pad = "    " * indent
    kinds = ["x", "y", "s", "write", "read"]
    if looping:
        kinds += ["break", "continue"]
    if depth:
        kinds += ["if", "loop", "loop", "loop", *[one for one in STATEMENTS if one not in ("write", "read")]]
    for _ in range(rng.randint(1, 3)):
        kind = rng.choice(kinds)
        if kind in ("x", "y"):
            lines.append(f"{pad}{kind} = {rng.choice(VECTORS)}")
        elif kind == "s":
            lines.append(f"{pad}s = {rng.choice(NUMBERS)}")
        elif kind in ("break", "continue"):
            lines += [f"{pad}if {rng.choice(TESTS)}:", f"{pad}    s = s * 0.5", f"{pad}    {kind}"]
        elif kind == "if":
            lines += [f"{pad}if {rng.choice(TESTS)}:", *block(rng, depth - 1, indent + 1, looping)]
            if rng.random() < 0.5:
                lines += [f"{pad}else:", *block(rng, depth - 1, indent + 1, looping)]
        elif kind == "loop":
            head, first = rng.choice(LOOPS)
            lines += [f"{pad}{head}", f"{pad}    {first}", *block(rng, depth - 1, indent + 1, True)]
        else:
            place = rng.choice(["k % 3", "0", "out.size() - 1"])
            given = {"place": place, "vector": rng.choice(VECTORS), "test": rng.choice(TESTS)}
            lines += [pad + line.format(**given) for line in STATEMENTS[kind]]
    return lines


def source_of(seed: int) -> str:
    """The program of a seed."""
    return PRELUDE + "\n".join([*block(random.Random(seed), 2, 1), END])


def function_of(source: str) -> Callable[..., Any]:
    """The function `program` in `source`, whose lines can be found."""
    filename = f"<loops {next(_names)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    space: dict[str, Any] = {"tf": tf}
    exec(compile(source, filename, "exec"), space)
    return space["program"]  # type: ignore[no-any-return]


def answers(program: Callable[..., Any], wrap: Callable[..., Any]) -> list[Any]:
    """Values, first and second derivatives, and what the Variable is after each call."""
    w = tf.Variable([0.3, 0.6])
    f = wrap(lambda x, y, rows, n: program(x, y, rows, w, n))
    found = []
    for x, y, n in POINTS:
        given = [tf.constant(x), tf.constant(y), tf.constant(ROWS)]
        before = w.numpy()
        with tf.GradientTape() as outer:
            outer.watch(given)
            with tf.GradientTape() as tape:
                tape.watch(given)
                z = f(*given, tf.constant(n))
            grads = tape.gradient(z, [*given, w], unconnected_gradients="zero")
            total = tf.add_n([tf.reduce_sum(tf.sin(g)) for g in grads])
        second = outer.gradient(total, [*given, w], unconnected_gradients="zero")
        found.append([t.numpy() for t in [z, *grads, *second]] + [w.numpy()])
        w.assign(before)
    return found


def forward(program: Callable[..., Any], wrap: Callable[..., Any]) -> list[Any]:
    """JVPs and Jacobians."""
    w = tf.Variable([0.3, 0.6])
    f = wrap(lambda x, y, rows, n: program(x, y, rows, w, n))
    found = []
    for x, y, n in POINTS:
        given, rest = tf.constant(x), [tf.constant(y), tf.constant(ROWS), tf.constant(n)]
        before = w.numpy()
        with tf.autodiff.ForwardAccumulator(given, tf.constant([1.0, -0.5])) as accumulator:
            z = f(given, *rest)
        tangent = accumulator.jvp(z, unconnected_gradients="zero")
        w.assign(before)
        with tf.GradientTape() as tape:
            tape.watch(given)
            z = f(given, *rest)
        jacobian = tape.jacobian(z, given, unconnected_gradients="zero")
        found.append([t.numpy() for t in (z, tangent, jacobian)] + [w.numpy()])
        w.assign(before)
    return found


def _replayed(program: Any) -> Iterator[list[Any]]:
    yield answers(program, tf.function)
    with by_guards():
        yield answers(program, tf.function)


WAYS: dict[str, tuple[Any, Any]] = {
    "replayed": (answers, _replayed),
    "forward": (forward, lambda program: [forward(program, tf.function)]),
    "compiled": (
        answers,
        lambda program: [answers(program, lambda f: tf.function(f, jit_compile=True))],
    ),
}


def check(seed: int, ways: str = "replayed") -> None:
    """AssertionError where the program of a seed has other answers in one of the ways than eagerly."""
    source = source_of(seed)
    program = function_of(source)
    asked, others = WAYS[ways]
    alike(asked(program, lambda f: f), list(others(program)), source, rtol=1e-3, atol=1e-3)


class Pieces:
    """While it is entered it counts what is compiled: `made`, and `failed` of that."""

    def __init__(self) -> None:
        self.made = self.failed = 0

    def __enter__(self) -> Pieces:
        self._before = before = Piece._compiled

        def counted(piece: Piece, raws: Any) -> Any:
            run = before(piece, raws)
            self.made += run is not None
            self.failed += run is None
            return run

        Piece._compiled = counted  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: Any) -> None:
        Piece._compiled = self._before  # type: ignore[method-assign]


def main() -> int:
    """Print the programs that differ; of those to be compiled, also how many were."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.loops", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first program")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--ways", choices=WAYS, default="replayed")
    parser.add_argument("--show", action="store_true", help="print the programs")
    arguments = parser.parse_args()
    bad = compiled = pieces = failed = 0
    start = told = time.monotonic()
    for done, seed in enumerate(range(arguments.seed, arguments.seed + arguments.count), 1):
        if arguments.show:
            print(source_of(seed))
        try:
            with Pieces() as counted:
                check(seed, arguments.ways)
        except Exception as error:
            bad += 1
            print(f"seed {seed}: {type(error).__name__}: {str(error)[:3000]}", flush=True)
            if not isinstance(error, AssertionError):
                traceback.print_exc(limit=-4, file=sys.stdout)
        compiled += counted.made > 0
        pieces += counted.made
        failed += counted.failed
        now = time.monotonic()
        if now - told > 60:
            told = now
            print(f"{done} programs, {bad} differ, {now - start:.0f} s", flush=True)
    print(f"{arguments.count} programs, {bad} differ")
    if arguments.ways == "compiled":
        print(f"{compiled} programs were compiled, in {pieces} pieces; {failed} pieces failed to compile")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
