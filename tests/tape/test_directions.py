"""A Jacobian column by column is that row by row, at singular points too: values, NaNs, infinities and `None`s.

Every differentiable conformance case computes its Jacobians row by row and, wherever the probe allows it, column by
column, however many rows and columns there are: at its own inputs and at inputs full of zeros, ties, bounds, negative
and infinite numbers.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))
from conformance_kit.run import arrays, tensor
from conformance_kit.spec import Spec, families, load

import tfcompat_tape as tf
from tfcompat_tape.tape import jacobians

MOST = 16  # elements of a Jacobian's target: of larger ones so many are taken
SINGULAR = [0.0, 1.0, -1.0, 0.0, 0.5, 2.0, -0.0, 1.0, -2.5, np.inf]


def specs(family: str) -> list[Spec]:
    """The differentiable cases of a family, each in one real dtype."""
    found: dict[Any, Spec] = {}
    for spec in load(family).values():
        if (
            spec.kind == "case"
            and spec.order
            and not spec.only_shapes
            and spec.dtype in ("float32", "float64")
        ):
            key = (spec.name, spec.variant)
            if key not in found or spec.dtype == "float64":
                found[key] = spec
    return list(found.values())


def points(spec: Spec) -> Iterator[tuple[str, list[np.ndarray]]]:
    given = arrays(spec)
    yield "its own", given
    yield (
        "singular points",
        [
            np.resize(np.roll(SINGULAR, -3 * i), a.shape).astype(a.dtype)
            if item.differentiable(spec.dtype)
            else a
            for i, (item, a) in enumerate(zip(spec.inputs, given, strict=True))
        ],
    )


def ask(spec: Spec, given: list[np.ndarray]) -> list[Any]:
    """The Jacobians of each result, and those of each example where there are examples."""
    xs = [
        tf.Variable(tensor(tf, a)) if i.var else tensor(tf, a)
        for i, a in zip(spec.inputs, given, strict=True)
    ]
    sources = [x for x, i in zip(xs, spec.inputs, strict=True) if i.differentiable(spec.dtype)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(sources)
        try:
            results = [
                y for y in tf.nest.flatten(spec.fn(tf, *xs)) if tf.is_tensor(y) and y.dtype.is_floating
            ]
        except Exception:  # not for these values
            return []
        targets = [tf.reshape(y, [-1])[:MOST] if y.shape.num_elements() > MOST else y for y in results]
    found = [answer(lambda y=y: tape.jacobian(y, sources)) for y in targets]
    found += [
        answer(lambda y=y, x=x: tape.batch_jacobian(y, x))
        for y in targets
        for x in sources
        if y.shape.rank > 1 and x.shape.rank > 1 and y.shape[0] == x.shape[0] > 0
    ]
    return found


def answer(function: Any) -> Any:
    try:
        return function()
    except Exception as error:
        return type(error).__name__


def short(found: Any) -> str:
    return str(found)[:60]


def differ(rows: Any, columns: Any) -> str:
    if rows is None or columns is None or isinstance(rows, str) or isinstance(columns, str):
        same = type(rows) is type(columns) and (rows is None or rows == columns)
        return "" if same else f"{short(rows)} and {short(columns)}"
    if isinstance(rows, list):
        return "; ".join(filter(None, map(differ, rows, columns)))
    if rows.dtype is not columns.dtype or rows.shape != columns.shape:
        return f"{rows.dtype}{rows.shape} and {columns.dtype}{columns.shape}"
    one, other = rows.numpy(), columns.numpy()
    tolerance = 1e-3 if rows.dtype.size < 8 else 1e-8
    kinds = (np.isnan, np.isposinf, np.isneginf)
    if any((kind(one) != kind(other)).any() for kind in kinds):
        return f"{one.tolist()} and {other.tolist()}"
    scale = np.abs(one, where=np.isfinite(one), out=np.zeros_like(one)).max(initial=1e-3)
    near = np.isclose(one, other, rtol=tolerance, atol=tolerance * scale, equal_nan=True)
    return "" if near.all() else f"{one.tolist()} and {other.tolist()}"


@pytest.fixture
def by_columns(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Switches between columns wherever the probe allows them, and rows. Counts the Jacobians made of columns."""
    counted = [0]
    real = jacobians._pushed
    monkeypatch.setattr(logging.root.manager, "disable", logging.WARNING)  # not every target is one

    def pushed(*args: Any) -> Any:
        found = real(*args)
        counted[0] += found is not None
        return found

    monkeypatch.setattr(jacobians, "_pushed", pushed)

    def switch(columns: bool) -> int:
        monkeypatch.setattr(jacobians, "_fewer", lambda *sizes: columns)
        return counted[0]

    return switch


@pytest.mark.parametrize("family", [family for family in families() if specs(family)])
def test_columns_are_rows(family: str, by_columns: Any) -> None:
    wrong = []
    for spec in specs(family):
        for name, given in points(spec):
            before = by_columns(True)
            columns = ask(spec, given)
            if by_columns(False) == before:  # the answers are those of rows
                continue
            for one, other in zip(ask(spec, given), columns, strict=True):
                text = differ(one, other)
                if text:
                    wrong.append(f"{spec.id} at {name}: {text}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize(
    "places", [(), (...,), (slice(None), 0), (slice(None, None, -1),), (slice(0, 1),), 0]
)
def test_slices_keep_examples_apart_or_go_by_rows(places: Any, by_columns: Any) -> None:
    x = tf.constant(np.arange(1.0, 7.0).reshape(3, 2))
    answers = []
    for columns in (True, False):
        by_columns(columns)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.stack([x, x**2, x**3], 1)[places]
        if y.shape[0] == 3:
            answers.append((tape.jacobian(y, x), tape.batch_jacobian(y, x)))
        else:
            answers.append((tape.jacobian(y, x), None))
    for one, other in zip(*answers, strict=True):
        assert differ(one, other) == ""
