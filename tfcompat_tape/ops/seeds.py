"""Where the seeds of random ops come from, as in TensorFlow: a global seed, the op's own seed, or neither.

An op with a seed goes on in its stream from call to call. TensorFlow keeps that place in the compiled kernel, one for
each op type, dtype, seed and device, and drops all kernels when the global seed is set; here it is a dictionary.
"""

from __future__ import annotations

import contextlib
import operator
import random
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch

from tfcompat_tape.core import devices, reading
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.ops.philox import Stream, stream_of_seeds

_LARGEST = 2**31 - 1
_DEFAULT_GLOBAL = 87654321  # where only the op has a seed
PER_NUMBER = 256  # blocks of the stream that TensorFlow passes over for each number that an op returns


_asked_for = False


def require() -> None:
    """From now on no random op goes without a seed, as long as torch's algorithms are deterministic."""
    global _asked_for
    _asked_for = True


def must_be_seeded() -> bool:
    """Whether an unseeded random op is an error: `tf.config.experimental.enable_op_determinism` said so."""
    return _asked_for and torch.are_deterministic_algorithms_enabled()


class _State:
    """The global seed, the seeds that it gives to ops without one, how far each seeded op has come, what ops keep."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.shared: int | None = None
        self.set(None)

    def set(self, seed: Any) -> None:
        self.seed = seed
        self.generator = random.Random(self.shared if seed is None else seed)
        self.places: dict[tuple[Any, ...], int] = {}
        self.kept: dict[tuple[Any, ...], Any] = {}


_state = _State()


def set_seed(seed: Any) -> None:
    """Set the global seed; `None` takes it away."""
    seed = _as_seed(seed)
    with _state.lock:
        _state.set(seed)


def set_seed_here(seed: Any) -> None:
    """Set the seed of the graph that is traced, or else the global one."""
    tracer = reading.current.tracer
    if tracer is None:
        set_seed(seed)
    else:
        tracer.seed = _as_seed(seed)


def _as_seed(seed: Any) -> Any:
    return seed if isinstance(seed, (int, float, str, bytes, type(None))) else operator.index(seed)


def share(seed: int) -> None:
    """Let ops without any seed draw the same in all processes that share this one; what has a seed is as it is."""
    with _state.lock:
        _state.shared = seed
        if _state.seed is None:
            _state.generator = random.Random(seed)


def global_seed() -> Any:
    """The global seed; `None` if there is none."""
    return _state.seed


def get_seed(op_seed: Any) -> tuple[int, int]:
    """The attributes `seed` and `seed2` of a random op whose user said `seed=op_seed`; (0, 0): unpredictable."""
    tracer = reading.current.tracer
    with _state.lock:
        seed = _state.seed if tracer is None else tracer.seed
        if seed is None and op_seed is None:
            if must_be_seeded():
                raise RuntimeError(
                    "Random ops require a seed to be set when determinism is enabled. Please set a seed before "
                    "running the op, e.g. by calling tf.random.set_seed(1)."
                )
            seed = _state.shared
            if seed is None:
                return 0, 0
        elif seed is None:
            seed = _DEFAULT_GLOBAL
        if op_seed is None:
            if tracer is not None:
                op_seed = tracer.place()
                if _caller.replicas > 1:
                    op_seed = op_seed * _caller.replicas + _caller.replica
            elif _caller.places is not None:
                op_seed = _caller.next_place()
            else:
                drawn = [_state.generator.randint(0, _LARGEST) for _ in range(_caller.replicas)]
                op_seed = drawn[_caller.replica]
    pair = int(seed % _LARGEST), int(op_seed % _LARGEST)
    return pair if pair != (0, 0) else (0, _LARGEST)


class _Caller(threading.local):
    """Who draws: an op of a traced function has a stream of its own, wherever it has the seeds of another."""

    node: Any = None
    peeking: bool = False
    places: dict[tuple[Any, ...], int] | None = None  # of an iteration over a dataset
    replica = 0  # of so many, which draw in turn
    replicas = 1
    asked = 0  # how many seeds were asked for in this call of a function of elements
    drawn = 0

    def next_place(self) -> int:
        self.asked += 1
        return self.asked - 1

    def next_draw(self) -> int:
        self.drawn += 1
        return self.drawn - 1


_caller = _Caller()


@contextlib.contextmanager
def peeking() -> Iterator[None]:
    """Within this context no stream moves on."""
    before = _caller.node, _caller.peeking
    _caller.node, _caller.peeking = None, True
    try:
        yield
    finally:
        _caller.node, _caller.peeking = before


def drawn(node: Any, kernel: Callable[..., Any], args: Any, attrs: dict[str, Any]) -> Any:
    """What a kernel draws from the streams of `node`."""
    before = _caller.node, _caller.peeking
    _caller.node, _caller.peeking = node, False
    try:
        return kernel(*args, **attrs)
    finally:
        _caller.node, _caller.peeking = before


@contextlib.contextmanager
def for_replica(replica: int, replicas: int) -> Iterator[None]:
    """Within this context seeds and generators give what `replica` draws where so many draw one after another."""
    before = _caller.replica, _caller.replicas
    _caller.replica, _caller.replicas = replica, replicas
    try:
        yield
    finally:
        _caller.replica, _caller.replicas = before


def turn() -> tuple[int, int]:
    """Which replica draws on this thread, and of how many."""
    return _caller.replica, _caller.replicas


@contextlib.contextmanager
def of_iteration(places: dict[tuple[Any, ...], int]) -> Iterator[None]:
    """Within this context a function of elements is called once; `places` is how far its streams have come.

    Each iteration over a dataset starts them anew, and seeds come from the places of ops in the function.
    """
    before = _caller.places, _caller.asked, _caller.drawn
    _caller.places, _caller.asked, _caller.drawn = places, 0, 0
    try:
        yield
    finally:
        _caller.places, _caller.asked, _caller.drawn = before


def in_iteration(places: dict[tuple[Any, ...], int], function: Callable[[Any], Any], element: Any) -> Any:
    """`function(element)` as in the context of `of_iteration`."""
    before = _caller.places, _caller.asked, _caller.drawn
    _caller.places, _caller.asked, _caller.drawn = places, 0, 0
    try:
        return function(element)
    finally:
        _caller.places, _caller.asked, _caller.drawn = before


# Called with the name of an op before it draws: `each_row` raises where it would draw the same for many rows.
alone: list[Callable[[str], None]] = []


def reserve(op: str, seed: int, seed2: int, blocks: int, *key: Any) -> Stream:
    """The stream of one call of `op`; the next call with the same seeds (and `key`: dtypes) starts `blocks` later."""
    for check in alone:
        check(op)
    if reading.current.tracer is not None:
        raise reading.AtEachCallError
    if seed == 0 and seed2 == 0:
        if must_be_seeded():
            raise invalid(f"{op}: When determinism is enabled, random ops must have a seed specified.")
        return Stream(secrets.randbits(64), secrets.randbits(64) << 64)
    node, places = _caller.node, _state.places
    if _caller.places is not None:
        places = _caller.places
        node = _caller.next_draw() if node is None else node
    place = (op, seed, seed2, str(devices.current()), node, *key)
    if _caller.peeking:
        return stream_of_seeds(seed, seed2)
    with _state.lock:
        start = places.get(place, 0)
        places[place] = start + blocks
    return stream_of_seeds(seed, seed2).skip(start)


def kept(make: Callable[[], Any], *key: Any) -> Any:
    """What ops of this `key` keep from call to call until the global seed is set: what `make()` gave the first one."""
    place = (str(devices.current()), *key)
    held = _state.kept
    if place not in held:
        held.setdefault(place, make())
    return held[place]
