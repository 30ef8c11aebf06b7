"""Large Variables are overwritten at the end of a traced step, where nothing else can see the old values.

Each test runs twice: the kernels one by one, and compiled.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from in_place_kit import SIDE, WAYS, Model, copied, plans, same

import tfcompat_tape as tf


@WAYS
def test_values_are_those_of_eager_code_and_stay_where_they_are(jit: bool) -> None:
    model, eager = Model(jit).ready(), Model(False)
    for _ in range(3):
        eager.train(eager.x)
    places = model.addresses()
    for _ in range(3):
        np.testing.assert_allclose(model.step(model.x), eager.train(eager.x), rtol=1e-4)
        assert model.addresses() == places
        assert same(model.values(), eager.values())
    (plan,) = plans(model.step)
    assert (plan._code is not None) == jit and len(plan.olds) == 2 and len(plan.others) == 1


def test_small_variables_are_assigned_as_always() -> None:
    v = tf.Variable(tf.zeros([SIDE - 1, SIDE - 1]))
    f = tf.function(lambda: v.assign_add(tf.ones_like(v)))
    f()
    f()
    assert not plans(f)


HOLDERS: dict[str, Callable[[Any], Callable[[], Any]]] = {}


def holder(make: Callable[[Any], Callable[[], Any]]) -> Callable[[Any], Callable[[], Any]]:
    """What holds a value of a Variable in some way, and gives it later."""
    HOLDERS[make.__name__.strip("_")] = make
    return make


def _kept(make: Callable[[Any], Any], read: Callable[[Any], Any] = lambda x: x) -> Callable[[Any], Any]:
    def hold(v: Any) -> Callable[[], Any]:
        held = make(v)
        return lambda: read(held)

    return hold


HOLDERS.update(
    {
        "value": _kept(lambda v: v.value()),
        "read_value": _kept(lambda v: v.read_value()),
        "converted": _kept(tf.convert_to_tensor),
        "identity": _kept(tf.identity),
        "reshaped": _kept(lambda v: tf.reshape(v, [-1]), lambda x: tf.reshape(x, [SIDE, SIDE])),
        "transposed": _kept(tf.transpose, tf.transpose),
        "array": _kept(lambda v: np.asarray(tf.convert_to_tensor(v))),
        "copied_array": _kept(lambda v: v.numpy()),
        "torch_tensor": _kept(lambda v: torch.as_tensor(tf.convert_to_tensor(v))),
        "dlpack": _kept(lambda v: torch.from_dlpack(tf.convert_to_tensor(v))),
        "storage": _kept(
            lambda v: v._t.untyped_storage(),
            lambda s: torch.empty(0).set_(s, 0, (SIDE, SIDE)),  # type: ignore[call-overload]
        ),
        "raw_tensor": _kept(lambda v: v._t),
        "view_of_raw_tensor": _kept(lambda v: v._t[:]),
        "another_variable": _kept(tf.Variable),
        "list": _kept(lambda v: [v.value(), {"a": v.value()}], lambda held: held[1]["a"]),
        "dataset": _kept(tf.data.Dataset.from_tensors, lambda d: next(iter(d))),
        "copy": _kept(lambda v: __import__("copy").deepcopy(v)),
    }
)


@holder
def _assigned_variable(v: Any) -> Callable[[], Any]:
    other = tf.Variable(tf.zeros_like(v))
    other.assign(v)
    return lambda: other


@holder
def _constant_of_another_trace(v: Any) -> Callable[[], Any]:
    f = tf.function(functools.partial(lambda value: value + 0.0, v.value()))
    f()
    return lambda: f()


@holder
def _default_of_a_function(v: Any) -> Callable[[], Any]:
    def function(value: Any = v.value()) -> Any:  # noqa: B008
        return value

    return function


@holder
def _saved_by_autograd(v: Any) -> Callable[[], Any]:
    ones = torch.ones(SIDE, SIDE, requires_grad=True)
    product = ones * v._t
    return lambda: torch.autograd.grad(product.sum(), ones)[0]


@holder
def _recorded(v: Any) -> Callable[[], Any]:
    x = tf.constant(1.0)
    tape = tf.GradientTape()
    with tape:
        tape.watch(x)
        y = x * v
    return lambda: tape.jacobian(y, x)


@holder
def _recorded_in_a_function(v: Any) -> Callable[[], Any]:
    x = tf.ones([SIDE, SIDE])
    product = tf.function(lambda x: x * v)
    tape = tf.GradientTape()
    with tape:
        tape.watch(x)
        y = product(x)
    return lambda: tape.gradient(y, x)


@holder
def _tangent(v: Any) -> Callable[[], Any]:
    x = tf.constant(1.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        y = x * v
    return lambda: accumulator.jvp(y)


@holder
def _iterator(v: Any) -> Callable[[], Any]:
    iterator = iter(tf.data.Dataset.from_tensors(v.value()).repeat(2))
    next(iterator)
    return lambda: next(iterator)


@holder
def _generator(v: Any) -> Callable[[], Any]:
    def values() -> Iterator[Any]:
        value = v.value()
        yield None
        yield value

    generator = values()
    next(generator)
    return lambda: next(generator)


@WAYS
def test_what_holds_a_value_keeps_it(jit: bool) -> None:
    model, eager = Model(jit).ready(), Model(False)
    for _ in range(3):
        eager.train(eager.x)
    for name, hold in HOLDERS.items():
        for v in (model.w, model.m):
            expected = copied(v)
            held = hold(v)
            model.step(model.x)
            model.step(model.x)
            np.testing.assert_array_equal(np.asarray(held()), expected, name)
        for _ in range(4):
            eager.train(eager.x)
        assert same(model.values(), eager.values()), name


def test_each_holder_is_seen() -> None:
    """Without it a value would be overwritten: so the test above would fail if what holds it were not seen."""
    model = Model(False).ready()
    for name, hold in HOLDERS.items():
        model.ready(2)
        before = model.addresses()
        model.step(model.x)
        assert model.addresses() == before, name
        held = hold(model.w)
        model.step(model.x)
        if name not in (
            "copied_array",
            "copy",
            "constant_of_another_trace",
            "tangent",
        ):  # they compute at once
            assert model.addresses()[0] != before[0], name
        del held


@WAYS
def test_memory_of_others(jit: bool) -> None:
    array = np.ones((SIDE, SIDE), np.float32)
    model = Model(jit)
    model.m._t = torch.from_numpy(array)
    model.ready()
    assert (array == 1.0).all()
    shared = torch.ones(SIDE, SIDE).share_memory_()
    numbers = shared.tolist()
    model.m._t = shared.detach()
    memory = shared.untyped_storage()
    del shared
    model.ready()
    assert torch.empty(0).set_(memory, 0, (SIDE, SIDE)).tolist() == numbers  # type: ignore[call-overload]


def test_two_variables_with_one_value() -> None:
    one = tf.Variable(tf.ones([SIDE, SIDE]))
    two = tf.Variable(one)
    assert one._t is two._t

    @tf.function
    def f() -> None:
        one.assign(one * 2.0)
        two.assign(two * 3.0)

    for _ in range(4):
        f()
    assert (float(one[0, 0]), float(two[5, 5])) == (16.0, 81.0)
    two.assign(one)
    f()
    assert (float(one[0, 0]), float(two[5, 5])) == (32.0, 48.0)


def _expression(draw: Any, names: list[str]) -> str:
    a, b, c = (names[i] for i in draw.integers(len(names), size=3))
    forms = [
        f"{a} * 0.5 + {b}",
        f"tf.where({a} > {b}, {c}, {a} - 1.0)",
        f"tf.tanh({a}) * {b} - {c}",
        f"tf.maximum({a}, {b}) / (1.0 + tf.abs({c}))",
        f"tf.sqrt(tf.square({a}) + 1.0)",
        f"{a}",
        f"tf.transpose({a})",
        f"tf.cast(tf.cast({a}, tf.float16), tf.float32) + tf.reduce_mean({b})",
        f"{a} + tf.reshape({b}[0], [{SIDE}, 1]) * {c}[1]",
    ]
    return forms[draw.integers(len(forms))]


def _program(seed: int) -> str:
    """Some Variables are assigned values that are made of old and new values of others."""
    draw = np.random.default_rng(seed)
    lines = ["def program(x, a, b, c):"]
    names = ["x", "a", "b", "c"]
    for i in range(draw.integers(2, 7)):
        if draw.random() < 0.6:
            lines.append(f"    {'abc'[draw.integers(3)]}.assign({_expression(draw, names)})")
        else:
            lines.append(f"    t{i} = {_expression(draw, names)}")
            names.append(f"t{i}")
    if draw.random() < 0.5:
        lines.append(f"    old = {'abc'[draw.integers(3)]}.value()")
        names.append("old")
        lines.append(f"    {'abc'[draw.integers(3)]}.assign({_expression(draw, names)})")
    if draw.random() < 0.3:
        lines.append(
            f"    return {names[draw.integers(len(names))]} + 0.0, old"
            if "old" in names
            else "    return b.value()"
        )
    return "\n".join(lines)


def _run(source: str, wrap: Callable[[Any], Any], calls: int = 4) -> tuple[list[np.ndarray], int]:
    space: dict[str, Any] = {"tf": tf}
    exec(source, space)
    draw = np.random.default_rng(0)
    arrays = [draw.normal(size=(SIDE, SIDE)).astype(np.float32) for _ in range(4)]
    variables = [tf.Variable(a) for a in arrays[1:]]
    f = wrap(lambda x: space["program"](x, *variables))
    found: list[np.ndarray] = []
    held = []
    for _ in range(calls):
        results = tf.nest.flatten(f(tf.constant(arrays[0])))
        held += [x for x in results if x is not None]
    found = [copied(v) for v in variables] + [x.numpy() for x in held]
    return found, len(plans(f)) if hasattr(f, "_kinds") else 0


def test_random_programs() -> None:
    planned = 0
    for seed in range(80):
        source = _program(seed)
        expected, _ = _run(source, lambda f: f)
        got, count = _run(source, tf.function)
        planned += count
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4, err_msg=source)
    assert planned > 40


def test_random_programs_compiled() -> None:
    sources = [_program(seed) for seed in (103, 104, 107)]
    lines = [line for i, source in enumerate(sources) for line in _renamed(source, i)]
    calls = [f"program{i}(x, *v[{3 * i}:{3 * i + 3}])" for i in range(len(sources))]
    space: dict[str, Any] = {"tf": tf}
    exec("\n".join([*lines, "def together(x, v):", *[f"    {call}" for call in calls]]), space)
    draw = np.random.default_rng(0)
    arrays = [draw.normal(size=(SIDE, SIDE)).astype(np.float32) for _ in range(3 * len(sources))]
    found = []
    for wrap in (lambda f: f, lambda f: tf.function(f, jit_compile=True)):
        variables = [tf.Variable(a) for a in arrays]
        f = wrap(space["together"])
        for _ in range(4):
            f(tf.constant(arrays[0]), variables)
        found.append([copied(v) for v in variables])
    (plan,) = plans(f)
    assert plan._code is not None
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3)


def _renamed(source: str, i: int) -> list[str]:
    return source.replace("def program(", f"def program{i}(").splitlines()
