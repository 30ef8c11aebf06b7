"""The conformance cases compiled, many in one function: each value and gradient held against the same one replayed.

    python tests/tracing/cases_compiled.py [--one-in N] [--seed S] [--minutes M] [--batch N] [FAMILY ...]
    python tests/tracing/cases_compiled.py --choose 48 --one-in 4    # the cases of test_cases_compiled.py

A compilation takes seconds, most of them whatever is compiled; so some cases make one function, and where that
fails, or takes too long, they are compiled one by one. A case still takes about two seconds, with its gradient: all of
them are hours, `--one-in 40` with another `--seed` each time is a quarter of an hour.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import cases_in_functions
import numpy as np
from cases_in_functions import Spec, arrays, is_inexact, others, tensor

import tfcompat_tape as tf
from tfcompat_tape.tracing.piece import takes


def program(spec: Spec) -> Callable[..., list[Any]]:
    """The results of a case, and the gradients of their sum."""

    def run(*xs: Any) -> list[Any]:
        sources = [x for x, i in zip(xs, spec.inputs, strict=True) if i.differentiable(spec.dtype)]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            flat = tf.nest.flatten(spec.fn(tf, *xs), expand_composites=True)
        ys = [y for y in flat if tf.is_tensor(y)]
        targets = [y for y in ys if is_inexact(y.dtype.name)]
        if not sources or not targets or spec.order < 1:
            return ys
        grads = tape.gradient(targets, sources)
        return [*ys, *[tf.convert_to_tensor(g) for g in grads if g is not None]]

    return run


def fitting(specs: list[Spec]) -> list[tuple[Spec, list[Any], list[Any]]]:
    """The cases that run under `tf.function`, each with two lists of inputs; Variables and strings are left out."""
    found = []
    for spec in specs:
        if any(item.var for item in spec.inputs):
            continue
        try:
            inputs = [[tensor(tf, a) for a in values] for values in (others(spec), arrays(spec))]
            function = tf.function(program(spec))
            for xs in inputs:
                if any(x.dtype.name == "string" for x in xs + function(*xs)):
                    raise TypeError
        except Exception:
            continue  # what fails under tf.function is the matter of other tests
        concretes = [c for kinds in function._kinds.kinds.values() for c in kinds.values()]
        if all(c.as_it_is is None and len(c.paths) == 1 for c in concretes):
            found.append((spec, *inputs))
    return found


def differences(group: list[tuple[Spec, list[Any], list[Any]]]) -> dict[str, str]:
    """What differs, by the case's name."""
    programs = [program(spec) for spec, *_ in group]

    def together(inputs: list[list[Any]]) -> list[list[Any]]:
        return [run(*xs) for run, xs in zip(programs, inputs, strict=True)]

    replayed, compiled = tf.function(together), tf.function(together, jit_compile=True)
    wrong: dict[str, str] = {}
    for number in (1, 2, 2):  # the last by the way in for calls like the one before
        inputs = [case[number] for case in group]
        for (spec, *_), want, got in zip(group, replayed(inputs), compiled(inputs), strict=True):
            line = compared(spec, want, got)
            if line:
                wrong[f"{spec.family}:{spec.id}"] = line
    return wrong


def chosen(specs: list[Spec], count: int) -> Iterator[str]:
    """Names of small cases that together run many of the kernels that the compiler takes, few nodes for each."""
    found: dict[str, tuple[int, set[str]]] = {}
    for spec in specs:
        for one, inputs, _ in fitting([spec]):
            function = tf.function(program(one))
            function(*inputs)
            kinds = [c for kinds in function._kinds.kinds.values() for c in kinds.values()]
            lines = [path.plain for c in kinds for path in c.paths]
            nodes = [(node, line.recorder) for line in lines for _, node in line.nodes]
            kernels = {str(node.function) for node, recorder in nodes if takes(node, recorder)}
            if len(nodes) <= 40 and "empty" not in one.id:
                found[f"{one.family}:{one.id}"] = len(nodes), kernels
    left = set().union(*[kernels for _, kernels in found.values()])
    for _ in range(count):
        name = max(found, key=lambda name: (len(found[name][1] & left) / (6 + found[name][0]), name))
        left -= found[name][1]
        yield name


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """TimeoutError where the block takes longer."""

    def late(*args: Any) -> None:
        raise TimeoutError(f"not compiled in {seconds:.0f} seconds")

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def compared(spec: Spec, want: list[Any], got: list[Any]) -> str:
    """Where the results of a case differ, if they do."""
    for i, (a, b) in enumerate(zip(want, got, strict=True)):
        x, y = a.numpy(), b.numpy()
        if x.dtype != y.dtype or x.shape != y.shape:
            return f"result {i}: {x.dtype}{x.shape} is {y.dtype}{y.shape}"
        if not is_inexact(a.dtype.name):
            if not np.array_equal(x, y):
                return f"result {i}: {x.ravel()[:4]} is {y.ravel()[:4]}"
            continue
        x, y = (z.astype(np.complex128 if np.iscomplexobj(z) else np.float64) for z in (x, y))
        tolerance = {2: 1e-2, 4: 1e-5, 8: 1e-10}[min(a.dtype.real_dtype.size, 8)]
        finite = x[np.isfinite(x)]
        scale = np.abs(finite).max() if finite.size else 1.0
        if not np.allclose(x, y, rtol=10 * tolerance, atol=tolerance * max(scale, 1e-30), equal_nan=True):
            return f"result {i}: {x.ravel()[:6]} is {y.ravel()[:6]}"
    return ""


def main() -> None:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("families", nargs="*")
    parser.add_argument("--one-in", type=int, default=1, help="take one case of so many")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--batch", type=int, default=20, help="cases in one function")
    parser.add_argument("--minutes", type=float, help="stop after so many")
    parser.add_argument("--choose", type=int, help="print the names of so many, and compile none")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds for a case, at most")
    arguments = parser.parse_args()
    os.environ.setdefault("TFCOMPAT_CACHE", tempfile.mkdtemp())
    os.environ.setdefault("TFCOMPAT_PROGRESS", "0")
    logging.basicConfig(format="    %(message)s")  # what was not compiled
    beginning = time.monotonic()
    specs = [
        spec
        for spec in cases_in_functions.cases(*arguments.families)
        if zlib.crc32(f"{arguments.seed or ''}{spec.id}".encode()) % arguments.one_in == 0
    ]
    if arguments.choose is not None:
        print(*chosen(specs, arguments.choose), sep="\n")
        return
    group = fitting(specs)
    print(f"{len(specs)} cases, {len(group)} to compile", flush=True)
    wrong, done = 0, 0
    for start in range(0, len(group), arguments.batch):
        part = group[start : start + arguments.batch]
        if arguments.minutes is not None and time.monotonic() > beginning + 60 * arguments.minutes:
            break
        try:
            with within(arguments.patience * max(len(part) / 4, 1)):
                found = differences(part)
        except Exception as error:
            print(f"{start}: {type(error).__name__}: {str(error)[:200]}; one by one", flush=True)
            found = {}
            for case in part:
                try:
                    with within(arguments.patience):
                        found.update(differences([case]))
                except Exception as failure:
                    found[f"{case[0].family}:{case[0].id}"] = (
                        f"{type(failure).__name__}: {str(failure)[:200]}"
                    )
        wrong += len(found)
        for name, line in found.items():
            print(name, line, sep="\n    ", flush=True)
        done += len(part)
        print(f"{done} compared, {time.monotonic() - beginning:.0f} s", flush=True)
    print(f"{done} of {len(group)} cases, {wrong} differ")


if __name__ == "__main__":
    main()
