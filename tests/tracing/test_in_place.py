"""Large Variables are overwritten at the end of a traced step, where nothing else can see the old values.

Each test runs twice: the kernels one by one, and compiled. The Variables have the fewest elements for which it is done.
"""

from __future__ import annotations

import dis
import functools
import itertools
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import overwriting
from tfcompat_tape.tracing.in_place import InPlace
from tfcompat_tape.tracing.updates import LEAST

SIDE = 182
assert (SIDE - 1) ** 2 < LEAST <= SIDE**2
WAYS = pytest.mark.parametrize("jit", [False, True], ids=["replayed", "compiled"])


class Model:
    """Momentum on a matrix, and a count."""

    def __init__(
        self, jit: bool, before: Callable[[Model], None] = lambda model: None, **options: Any
    ) -> None:
        draw = np.random.default_rng(3)
        self.w = tf.Variable(draw.normal(size=(SIDE, SIDE)).astype(np.float32) / SIDE)
        self.m = tf.Variable(tf.zeros([SIDE, SIDE]))
        self.count = tf.Variable(0.0)
        self.x = tf.constant(draw.normal(size=(4, SIDE)).astype(np.float32))
        self.before = before
        self.step = tf.function(self.train, jit_compile=jit, **options)

    def train(self, x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.tanh(x @ self.w) ** 2)
        gradient = tape.gradient(loss, self.w)
        self.m.assign(0.9 * self.m + gradient)
        self.w.assign_sub(0.5 * self.m)
        self.count.assign_add(1.0)
        self.before(self)
        return loss

    @property
    def variables(self) -> list[Any]:
        return [self.w, self.m, self.count]

    def values(self) -> list[np.ndarray]:
        return [copied(v) for v in self.variables]

    def addresses(self) -> list[int]:
        return [v._t.data_ptr() for v in (self.w, self.m)]

    def ready(self, steps: int = 3) -> Model:
        """After some steps: the next one overwrites."""
        for _ in range(steps):
            self.step(self.x)
        return self


def copied(v: Any) -> np.ndarray:
    """The value; `numpy` would mark its memory as one that an array may have, too."""
    return v._t.clone().numpy()


def plans(function: Any) -> list[InPlace]:
    """How the traces of a function overwrite Variables."""
    paths = [path for kinds in function._kinds.kinds.values() for one in kinds.values() for path in one.paths]
    return [path.in_place for path in paths if path.in_place is not None]


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in zip(one, other, strict=True))


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


# -- calls that fail --------------------------------------------------------------------------------------------------


def _python(model: Model) -> None:
    def check(count: Any) -> Any:
        if float(count) == 4.0:
            raise RuntimeError("python says no")
        return count

    tf.py_function(check, [model.count.value()], tf.float32)


FAILURES: dict[str, Callable[[Model], None]] = {
    "assert": lambda model: tf.debugging.assert_less(model.count, 4.0),
    "check": lambda model: tf.debugging.check_numerics(model.w / (4.0 - model.count), "no"),
    "index": lambda model: model.count.assign(
        tf.gather([1.0, 2.0, 3.0, 9.0], tf.cast(model.count, tf.int32))
    ),
    "python": _python,
}


@pytest.mark.parametrize(("name", "way"), [*[(name, "replayed") for name in FAILURES], ("index", "compiled")])
def test_a_call_that_fails_assigns_nothing(name: str, way: str) -> None:
    model = Model(way == "compiled", FAILURES[name])
    if name == "index":
        model.count.assign(-1.0)
        model.ready(1)
        model.count.assign(0.0)
    model.ready(3 if name != "index" else 2)
    for _ in range(2):
        before = model.values()
        with pytest.raises((tf.errors.OpError, RuntimeError)):
            for _ in range(3):
                before = model.values()
                model.step(model.x)
        after = model.values()
        for a, b in zip(after, before, strict=True):
            np.testing.assert_array_equal(a, b)
        if name != "index":
            model.count.assign(2.0)


def test_no_memory_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(False).ready()
    before, places = model.values(), model.addresses()
    (plan,) = plans(model.step)
    monkeypatch.setattr(plan, "_scratch", [((1 << 60,), torch.float32)])
    with pytest.raises(RuntimeError, match=r"memory|large|allocate"):
        model.step(model.x)
    for a, b in zip(model.values(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    monkeypatch.undo()
    model.step(model.x)
    assert model.addresses() == places and float(model.count) == 4.0


def test_kernels_that_fail_do_so_on_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever may be wrong with the plan: the first time it runs on copies, and is given up where that fails."""
    model, eager = Model(False).ready(1), Model(False)
    (path,) = [
        path for kinds in model.step._kinds.kinds.values() for one in kinds.values() for path in one.paths
    ]

    def wrong(given: Any, own: Any, scratch: Any) -> list[Any]:
        return [lambda: own[0].zero_(), lambda: 1 / 0]

    monkeypatch.setattr(path.in_place, "_calls", wrong)
    monkeypatch.setattr(path.in_place, "_tried", False)
    monkeypatch.setattr(path.in_place, "_fits", lambda *raws: False)
    model.ready(2)
    for _ in range(3):
        eager.train(eager.x)
    assert path.in_place._failed and same(model.values(), eager.values())


def test_values_that_are_lost_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(False).ready()
    (plan,) = plans(model.step)
    monkeypatch.setattr(plan, "_calls", lambda given, own, scratch: [own[0].zero_, lambda: 1 / 0])
    with pytest.raises(RuntimeError, match="have lost their values"):
        model.step(model.x)
    assert all("_t" in v.__dict__ for v in model.variables)


@pytest.fixture
def states() -> list[list[np.ndarray]]:
    """What a model comes to, step by step."""
    model = Model(False)
    return [model.values(), *[model.ready(1).values() for _ in range(200)]]


def in_one_state(model: Model, states: list[list[np.ndarray]]) -> bool:
    """Whether all Variables are as after the same number of steps."""
    values = model.values()
    return same(values, states[int(values[-1])])


@WAYS
def test_ctrl_c_at_any_time(jit: bool, states: list[list[np.ndarray]]) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    model = Model(jit).ready()
    draw = np.random.default_rng(1)
    before = signal.signal(signal.SIGALRM, interrupt)
    interrupted = 0
    try:
        for _ in range(60):
            try:
                signal.setitimer(signal.ITIMER_REAL, float(draw.uniform(1e-5, 4e-4)))
                model.step(model.x)
                model.step(model.x)
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert in_one_state(model, states)
    except KeyboardInterrupt:  # between the lines above
        interrupted += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 10
    assert in_one_state(model, states)


def test_ctrl_c_wherever_python_looks_for_it(states: list[list[np.ndarray]]) -> None:
    """An exception after each single call, and at each start of a function, of the code that overwrites."""
    model = Model(False).ready()
    file = InPlace.__call__.__code__.co_filename
    seen = itertools.count()
    stop = -1

    def trace(frame: Any, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        last: list[int] = [-1]

        def local(frame: Any, event: str, arg: Any) -> Any:
            if event == "opcode":
                looked = last[0] in LOOKING.setdefault(frame.f_code, _looking(frame.f_code))
                last[0] = frame.f_lasti
                if looked and next(seen) == stop:
                    raise KeyboardInterrupt
            return local

        return local

    ended = 0
    for stop in range(400):
        seen = itertools.count()
        sys.settrace(trace)
        try:
            model.step(model.x)
            ended += 1
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        assert all("_t" in v.__dict__ for v in model.variables), stop
        assert in_one_state(model, states), stop
        assert overwriting.lock.acquire(blocking=False)
        overwriting.lock.release()
        if ended == 3:
            break
    assert 20 < stop < 399


LOOKING: dict[Any, set[int]] = {}


def _looking(code: Any) -> set[int]:
    """Where Python looks for signals, within the function."""
    names = ("CALL", "RESUME", "JUMP_BACKWARD")
    return {one.offset for one in dis.get_instructions(code) if one.opname.startswith(names)}


# -- threads, and functions within others ------------------------------------------------------------------------------


@WAYS
def test_threads_that_read_see_a_value_before_or_after(jit: bool, states: list[list[np.ndarray]]) -> None:
    model = Model(jit).ready()
    known = np.stack([state[0] for state in states])
    done = threading.Event()
    wrong: list[Any] = []
    reads = 0

    def read() -> None:
        nonlocal reads
        while not done.is_set():
            held = [model.w.value(), tf.convert_to_tensor(model.w), model.w + 0.0]
            first = [x.numpy() for x in held]
            time.sleep(0.0005)
            for x, a in zip(held, first, strict=True):
                nearest = known[np.abs(known[:, 0] - a[0]).sum(1).argmin()]
                if not np.allclose(nearest, a, rtol=1e-4, atol=1e-6) or not np.array_equal(x.numpy(), a):
                    wrong.append(np.abs(nearest - a).max())
            reads += 1

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(len(states) - 4):
            model.step(model.x)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong and reads
    assert in_one_state(model, states)


def test_two_threads_that_step() -> None:
    v = tf.Variable(tf.zeros([SIDE, SIDE]))
    u = tf.Variable(tf.zeros([SIDE, SIDE]))

    @tf.function
    def step() -> None:
        v.assign_add(tf.ones_like(v))
        u.assign(v * 2.0)

    step()
    step()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(200):
                step()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    a, b = v.numpy(), u.numpy()
    assert (a == a[0, 0]).all() and (b == 2.0 * a).all() and 202.0 <= a[0, 0] <= 402.0


def test_a_thread_that_traces_meanwhile_waits_for_the_value() -> None:
    v = tf.Variable(tf.ones([SIDE, SIDE]))
    before = v.__dict__.pop("_t")
    found: list[Any] = []
    with overwriting.lock:
        tf.function(lambda: v.assign_add(tf.ones_like(v)))  # makes nothing yet
        thread = threading.Thread(target=lambda: found.append(float(tf.function(lambda: tf.reduce_sum(v))())))
        thread.start()
        time.sleep(0.05)
        assert not found
        v.__dict__["_t"] = before
    thread.join()
    assert found == [float(SIDE * SIDE)]


def test_functions_within_others_and_loops() -> None:
    model, eager = Model(False), Model(False)
    outer = tf.function(lambda x: (model.step(x), model.step(x))[1])

    @tf.function
    def loop(x: Any) -> None:
        for _ in tf.range(3):
            model.step(x)

    for _ in range(3):
        outer(model.x)
    for _ in range(6):
        eager.train(eager.x)
    places = model.addresses()
    outer(model.x)
    assert model.addresses() == places
    loop(model.x)
    for _ in range(5):
        eager.train(eager.x)
    assert same(model.values(), eager.values())


def test_under_a_tape_and_after_it() -> None:
    model, eager = Model(False).ready(), Model(False)
    for _ in range(3):
        eager.train(eager.x)
    before = tf.identity(model.w)
    with tf.GradientTape() as tape:
        loss = model.step(model.x)
    with tf.GradientTape() as plain:
        expected = eager.train(eager.x)
    model.step(model.x)
    eager.train(eager.x)
    np.testing.assert_allclose(
        tape.gradient(loss, model.w), plain.gradient(expected, eager.w), rtol=1e-4, atol=1e-7
    )
    assert same(model.values(), eager.values()) and not np.array_equal(before, model.w)


def test_with_sizes_that_differ_and_a_strategy() -> None:
    strategy = tf.distribute.MirroredStrategy()
    with strategy.scope():
        model = Model(False, input_signature=[tf.TensorSpec([None, SIDE], tf.float32)])
    eager = Model(False)
    for rows in (4, 2, 3, 4, 1):
        strategy.run(model.step, (model.x[:rows],))
        places = model.addresses()
        eager.train(eager.x[:rows])
    strategy.run(model.step, (model.x,))
    eager.train(eager.x)
    assert same(model.values(), eager.values()) and model.addresses() == places


def test_variables_that_are_arguments() -> None:
    @tf.function
    def swap(a: Any, b: Any, x: Any) -> None:
        old = a * 1.0
        a.assign(b + x)
        b.assign(old - x)

    one, two, three = (tf.Variable(tf.fill([SIDE, SIDE], n)) for n in (1.0, 2.0, 3.0))
    x = tf.ones([SIDE, SIDE])
    for _ in range(3):
        swap(one, two, x)  # ends as it would after one
    (plan,) = plans(swap)
    assert len(plan.olds) == 2
    three.assign(three + 0.0)
    places = [v._t.data_ptr() for v in (one, three)]
    swap(one, three, x)
    assert [float(v[0, 0]) for v in (one, two, three)] == [4.0, 0.0, 2.0]
    assert [v._t.data_ptr() for v in (one, three)] == places
    swap(two, two, x)
    eager = tf.Variable(tf.zeros([SIDE, SIDE]))
    swap.python_function(eager, eager, x)
    assert float(two[3, 4]) == float(eager[3, 4])


def test_inference_mode_of_torch() -> None:
    model, eager = Model(False).ready(1), Model(False)
    with torch.inference_mode():
        model.ready(2)
    model.ready(2)
    for _ in range(5):
        eager.train(eager.x)
    assert same(model.values(), eager.values())


def test_the_first_call_is_let_go_of() -> None:
    tf.function(lambda x: x + 1.0)(tf.constant(1.0))  # in a process torch keeps that until it is collected

    class Held:
        pass

    def call(model: Model) -> list[weakref.ref[Any]]:
        held = Held()
        x = tf.constant(np.ones((4, SIDE), np.float32))
        refs = [weakref.ref(one) for one in (held, x._t, *[v._t for v in model.variables])]
        model.step(x)
        return refs

    model = Model(False)
    refs = call(model)
    assert [one() for one in refs] == [None] * 5


def test_a_profile_sees_the_kernels_of_the_end() -> None:
    model = Model(False).ready()
    places = model.addresses()
    with tf.profile() as profile:
        model.step(model.x)
    names = {row.name for row in profile.by_op()}
    assert {"aten.sub", "aten.mm"} <= names or {"Sub", "MatMul"} <= names, names
    model.ready(2)
    assert model.addresses() != places  # it was computed anew, and stays there since
