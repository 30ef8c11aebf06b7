"""Random numbers from a state that lies in a variable: what `tf.random.Generator` and the Stateful* ops draw.

The state of Philox is a counter of two numbers and a key, as int64. Drawing moves the counter on.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.registry import FLOATS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import later_streams, rejection
from tfcompat_tape.ops import random_ops as ops
from tfcompat_tape.ops.arguments import as_sizes
from tfcompat_tape.ops.each_row import row_by_row
from tfcompat_tape.ops.later_streams import Later
from tfcompat_tape.ops.philox import Stream
from tfcompat_tape.ops.seeds import PER_NUMBER
from tfcompat_tape.ops.updates import update

_LONG = 1 << 64
_PHILOX, _THREEFRY, _AUTO = 1, 2, 3


def signed(word: int) -> int:
    """An integer as int64 holds its lowest 64 bits."""
    word %= _LONG
    return word - _LONG if word >> 63 else word


def check_algorithm(algorithm: Any) -> None:
    """UnimplementedError for ThreeFry, InvalidArgumentError for what is no algorithm."""
    if not isinstance(algorithm, int):
        raise invalid(f"algorithm must be of shape [], a single number, not {algorithm!r}.")
    if algorithm == _THREEFRY:
        raise unimplemented("Non-XLA devices don't support the ThreeFry algorithm. Use Philox.")
    if algorithm not in (_PHILOX, _AUTO):
        raise invalid(f"Unsupported algorithm id: {algorithm}")


def advance(state: Variable, delta: Any) -> tuple[Tensor, Any]:
    """Move a state of Philox on as far as `delta` numbers take; the state from before, and the stream at it.

    In a trace the stream is a `Later`.

    Raises:
      InvalidArgumentError: a state of another dtype or shape.
    """
    if state.dtype is not dtypes.int64:
        raise invalid(f"dtype of RNG state variable must be int64, not {state.dtype.name}")
    row_by_row("A Generator")
    with state._lock:
        raw = state._t
        if raw.dim() != 1:
            raise invalid(f"RNG state must have one and only one dimension, not {raw.dim()}")
        if len(raw) < 3:
            raise invalid(f"For the Philox algorithm, the size of state must be at least 3; got {len(raw)}")
        if later_streams.unknown(raw):
            return _advanced_later(state, raw, delta)
        if isinstance(delta, torch.Tensor) and delta.dtype is torch.uint64:
            delta = delta.view(
                torch.int64
            )  # torch has no Python number for the upper half: it is one modulo 2**64
        delta = int(delta)
        before = raw.clone()
        stream = later_streams.stream_of_words(before)
        after = stream.skip(delta * PER_NUMBER % _LONG).counter
        words = [signed(after), signed(after >> 64), signed(stream.key)]
        state._replace(torch.cat([torch.from_numpy(np.array(words, np.int64)).to(raw.device), raw[3:]]))
    return Tensor(before, None), stream


def _advanced_later(state: Variable, raw: Any, delta: Any) -> tuple[Tensor, Later]:
    tracer = reading.current.tracer
    assert tracer is not None
    like = raw.shape, raw.dtype, raw.device
    state._replace(tracer.each_call(moved, [raw, delta], [like], effect=False)[0])
    return Tensor(raw, None), Later(raw)


def moved(raw: torch.Tensor, delta: Any) -> list[torch.Tensor]:
    """A node: the state of Philox as it is so many numbers later."""
    state = Variable(raw.clone(), trainable=False, name="StateOfOneCall")
    advance(state, delta)
    return [state._t]


def _drawn(op_type: str, resource: Variable, algorithm: Any, shape: Any) -> tuple[Any, tuple[int, ...]]:
    sizes = as_sizes(shape, hint=None)
    check_algorithm(algorithm)
    return advance(resource, math.prod(sizes))[1], sizes


_DRAWS: dict[str, tuple[Any, Any]] = {
    "StatefulUniform": (later_streams.uniform, FLOATS),
    "StatefulStandardNormalV2": (later_streams.normal, FLOATS),
    "StatefulTruncatedNormal": (later_streams.truncated_normal, FLOATS),
    "StatefulUniformFullInt": (later_streams.full_int, ops.FULL_INTS),
}


@update(" ".join(_DRAWS), static="algorithm shape")
def _draw(op_type: str, resource: Variable, algorithm: Any, shape: Any, dtype: Any) -> Tensor:
    draw, allowed = _DRAWS[op_type]
    if dtype.torch not in allowed:
        raise invalid(f"No OpKernel was registered to support Op {op_type!r} for {dtype.name}.")
    stream, sizes = _drawn(op_type, resource, algorithm, shape)
    return Tensor(draw(stream, sizes, dtype.torch), None)


@update("StatefulUniformInt", static="algorithm shape", preferred=dtypes.int64)
def _draw_integers(
    op_type: str, resource: Variable, algorithm: Any, shape: Any, minval: Tensor, maxval: Tensor
) -> Tensor:
    if minval.dtype not in (dtypes.int32, dtypes.int64):
        raise invalid(f"No OpKernel was registered to support Op {op_type!r} for {minval.dtype.name}.")
    sizes = as_sizes(shape, hint=None)

    def stream() -> Any:
        return _drawn(op_type, resource, algorithm, shape)[0]

    return Tensor(later_streams.integers(stream, sizes, minval._t, maxval._t, minval._t.dtype), None)


@update("StatefulRandomBinomial", static="algorithm shape")
def _draw_binomial(
    op_type: str, resource: Variable, algorithm: Any, shape: Any, counts: Tensor, probs: Tensor, dtype: Any
) -> Tensor:
    if algorithm != _PHILOX:
        raise invalid(f"Unsupported algorithm id: {algorithm}")
    return binomial(resource, as_sizes(shape, hint=None), counts, probs, dtype)


def binomial(state: Variable, sizes: tuple[int, ...], counts: Tensor, probs: Tensor, dtype: Any) -> Tensor:
    """How many of `counts` trials succeed, each with probability `probs`; they broadcast to the end of the shape."""
    parameters = counts._t, probs._t
    if torch.bfloat16 in (counts._t.dtype, probs._t.dtype):
        raise invalid(
            "StatefulRandomBinomial: Value for attr 'T' of bfloat16 is not in the list of allowed values: half, "
            "float, double, int32, int64"
        )
    if not sizes:
        raise invalid(
            "StatefulRandomBinomial: Shape passed in must not be empty: a single number is of shape [1]."
        )
    batches = torch.broadcast_shapes(*[x.shape for x in parameters]).numel()
    delta = batches * 200 * (math.prod(sizes) // max(batches, 1) + 3) // 4
    stream = advance(state, delta)[1]
    if type(stream) is Later:
        like = sizes, dtype.torch, parameters[0].device
        return Tensor(stream.drawn(_binomial, (sizes, *parameters, dtype.torch), like), None)
    return Tensor(_binomial(stream, sizes, *parameters, dtype.torch), None)


def _binomial(stream: Stream, sizes: Any, counts: Any, probs: Any, dtype: torch.dtype) -> torch.Tensor:
    name, parameters = "Generator.binomial", "counts and probs"
    return ops.sampled_to_shape(name, rejection.binomial, parameters, stream, sizes, counts, probs).to(dtype)


@update("RngSkip", static="algorithm", preferred=dtypes.uint64)
def _skip(op_type: str, resource: Variable, algorithm: Any, delta: Any) -> None:
    check_algorithm(algorithm)
    advance(resource, _single(delta))


@update("RngReadAndSkip", static="alg", preferred=dtypes.uint64)
def _read_and_skip(op_type: str, resource: Variable, alg: Any, delta: Any) -> Tensor:
    check_algorithm(alg)
    return advance(resource, _single(delta))[0]


def _single(delta: Tensor) -> Any:
    """A single number, raw; InvalidArgumentError for several."""
    if len(delta.shape):
        raise invalid(f"delta must have shape [], a single number, not {list(delta.shape)}.")
    if not delta.dtype.is_integer:
        raise invalid(f"delta must be a number of 64 bits, not {delta.dtype.name}.")
    return delta._t
