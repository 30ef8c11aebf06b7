"""`tf.random.Generator`: random numbers from a state that the user holds."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes, registry
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import later_streams, seeds
from tfcompat_tape.ops import random_states as states
from tfcompat_tape.ops.arguments import as_int, as_sizes
from tfcompat_tape.ops.arithmetic import sub
from tfcompat_tape.ops.random_states import signed
from tfcompat_tape.random.sampling import parameter, scaled
from tfcompat_tape.random.stateless import Algorithm, algorithm, check_float, chosen, uniform_integers
from tfcompat_tape.trackable.autotrackable import AutoTrackable

__all__ = ["Generator", "create_rng_state", "get_global_generator", "set_global_generator"]

_SIZES = {Algorithm.PHILOX: 3, Algorithm.THREEFRY: 2}


def _state(seed: Any, alg: Any) -> list[int]:
    """The state of a new generator: an int fills it from the front, an array from the back."""
    size = _SIZES[algorithm(alg)]
    if isinstance(seed, int):
        return [signed(seed >> 64 * i) for i in range(size)]
    numbers = np.ravel(_words(seed).numpy()).tolist()[:size]
    return [0] * (size - len(numbers)) + numbers


def _words(value: Any) -> Tensor:
    """`value` as int64; integers in a list, of any size, wrap around."""
    if isinstance(value, (int, list, tuple)):
        array = np.array(value, object)
        if all(isinstance(item, (int, np.integer)) for item in array.flat):
            value = np.array([signed(int(item)) for item in array.flat], np.int64).reshape(array.shape)
    words: Tensor = registry.lookup("Cast").call(convert(value), DstT=dtypes.int64)
    return words


def create_rng_state(seed: Any, alg: Any) -> Tensor:
    """The state of a generator from a seed, int64: a counter of 2 numbers and a key (1 and a key for ThreeFry).

    Source: `tf.random.create_rng_state`.

    >>> import tfcompat_tape as tf
    >>> tf.random.create_rng_state(1, "philox").numpy()
    array([1, 0, 0])
    """
    return convert(np.array(_state(seed, alg), np.int64))


class Generator(AutoTrackable):
    """A random number generator with a state: each call draws on from where the last one ended.

    Make one with `from_seed`, `from_non_deterministic_state`, `from_state` or `from_key_counter`. A Variable given as
    the state is the state: drawing moves it on. The numbers are TensorFlow's, up to the last digits of floating ones.
    Only the Philox algorithm draws any.

    Source: `tf.random.Generator`.

    >>> import tfcompat_tape as tf
    >>> generator = tf.random.Generator.from_seed(5)
    >>> generator.normal([2]).numpy().round(3)
    array([1.028, 0.28 ], dtype=float32)
    >>> generator.state.numpy()
    array([517,   0,   0])
    """

    def __init__(self, copy_from: Generator | None = None, state: Any = None, alg: Any = None) -> None:
        if copy_from is not None:
            assert alg is None and state is None, "a copy has the state and algorithm of the original"
            state, alg = copy_from.state.value(), copy_from.algorithm
        assert alg is not None and state is not None, (
            "a generator needs a state and an algorithm: use from_seed"
        )
        self._algorithm = algorithm(alg)
        self._chosen = chosen(alg)
        self._state_var = self._checked(state)
        if not isinstance(state, Variable):
            self._state_var = Variable(self._state_var, trainable=False, name="StateVar")

    def _checked(self, state: Any) -> Any:
        """`state` as int64, which holds the bits of an unsigned one; a Variable as it is."""
        words = state if isinstance(state, Variable) else _words(state)
        size = _SIZES[self._algorithm]
        if tuple(words.shape) != (size,):
            raise ValueError(f"Shapes {tuple(words.shape)} and [{size}] are incompatible")
        return words

    @classmethod
    def from_state(cls, state: Any, alg: Any) -> Generator:
        """A generator with this state, which it shares with whoever has it if it is a Variable of int64."""
        return cls(state=state, alg=alg)

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """A generator that starts from a seed: an int of any size, or integers in a list or array."""
        alg = Algorithm.PHILOX if alg is None else alg
        return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator that nobody can predict; RuntimeError when determinism is enabled."""
        if seeds.must_be_seeded():
            raise RuntimeError('"from_non_deterministic_state" cannot be called when determinism is enabled.')
        alg = Algorithm.PHILOX if alg is None else alg
        state = [signed(secrets.randbits(64)) for _ in range(_SIZES[algorithm(alg)])]
        return cls(state=np.array(state, np.int64), alg=alg)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Any, alg: Any) -> Generator:
        """A generator at this key (a number) and counter (2 numbers; 1 for ThreeFry)."""
        return cls(state=_joined(key, counter, alg), alg=alg)

    def reset(self, state: Any) -> None:
        """Take this state."""
        self._state_var.assign(self._checked(state))

    def reset_from_seed(self, seed: Any) -> None:
        """Start anew from a seed."""
        self.reset(create_rng_state(seed, self._algorithm))

    def reset_from_key_counter(self, key: Any, counter: Any) -> None:
        """Take this key and counter."""
        self.reset(_joined(key, counter, self._algorithm))

    @property
    def state(self) -> Any:
        """The state: a Variable of int64, counter first."""
        return self._state_var

    @property
    def algorithm(self) -> int:
        """The number of the algorithm, as it was chosen: 3 where that was left open."""
        return self._chosen.value

    @property
    def key(self) -> Tensor:
        """The key, the last number of the state."""
        return Tensor(self._state_var._read()._t[-1], None)

    def _skipped(self, delta: Any) -> tuple[Tensor, Any]:
        """Move on as far as `delta` numbers take; the state from before, and the stream at it."""
        if self._algorithm is not Algorithm.PHILOX:
            raise unimplemented("Only the Philox algorithm draws numbers here, as in TensorFlow without XLA.")
        return states.advance(self._state_var, delta)

    def _stream(self, sizes: tuple[int, ...]) -> Any:
        count = math.prod(sizes)
        replica, replicas = seeds.turn()
        if replicas == 1:
            return self._skipped(count)[1]
        streams = [self._skipped(count)[1] for _ in range(replicas)]
        return streams[replica]

    def skip(self, delta: Any) -> Tensor:
        """Move on as far as `delta` numbers would; returns the state from before."""
        if isinstance(delta, float) or not isinstance(delta, int):
            delta = registry.lookup("Cast").call(convert(delta), DstT=dtypes.uint64)
            if len(delta.shape):
                raise invalid(f"delta must have shape [], a single number, not {list(delta.shape)}.")
            delta = delta._t
        elif not -(1 << 63) <= delta < 1 << 63:
            raise ValueError(
                f"Can't convert the out-of-range integer {delta} to a Tensor: delta has 64 bits."
            )
        return self._skipped(delta)[0]

    @composed
    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, name: Any = None
    ) -> Tensor:
        """Normal numbers: see `tf.random.normal`."""
        return self._normal(later_streams.normal, shape, mean, stddev, dtype)

    @composed
    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, name: Any = None
    ) -> Tensor:
        """Normal numbers within two standard deviations: see `tf.random.truncated_normal`."""
        return self._normal(later_streams.truncated_normal, shape, mean, stddev, dtype)

    def _normal(self, draw: Any, shape: Any, mean: Any, stddev: Any, dtype: Any) -> Tensor:
        dtype = dtypes.as_dtype(dtype)
        sizes = as_sizes(shape, hint=None)
        mean, stddev = parameter(mean, dtype), parameter(stddev, dtype)
        inner = check_float(dtype, "Generator")
        return scaled(Tensor(draw(self._stream(sizes), sizes, inner), None), stddev, mean)

    @composed
    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32, name: Any = None
    ) -> Tensor:
        """Uniform numbers, integers of integer dtypes: see `tf.random.stateless_uniform`."""
        dtype = dtypes.as_dtype(dtype)
        sizes = as_sizes(shape, hint=None)
        if dtype.is_integer:
            return uniform_integers(lambda: self._stream(sizes), sizes, minval, maxval, dtype)
        low, high = parameter(minval, dtype), parameter(1 if maxval is None else maxval, dtype)
        numbers = later_streams.uniform(self._stream(sizes), sizes, check_float(dtype, "Generator"))
        width = high - low if type(low) is not Tensor and type(high) is not Tensor else sub(high, low)
        return scaled(Tensor(numbers, None), width, low)

    @composed
    def uniform_full_int(self, shape: Any, dtype: Any = dtypes.uint64, name: Any = None) -> Tensor:
        """Integers of all values that their dtype has."""
        sizes = as_sizes(shape, hint=None)
        return uniform_integers(lambda: self._stream(sizes), sizes, None, None, dtypes.as_dtype(dtype))

    @composed
    def binomial(
        self, shape: Any, counts: Any, probs: Any, dtype: Any = dtypes.int32, name: Any = None
    ) -> Tensor:
        """How many of `counts` trials succeed; the distribution is TensorFlow's, the numbers may be others."""
        sizes = as_sizes(shape, hint=None)
        likely = convert(probs)
        trials = convert(counts, likely.dtype)
        if self._algorithm is not Algorithm.PHILOX:
            raise invalid(f"Unsupported algorithm id: {self.algorithm}. Only Philox draws binomial numbers.")
        return states.binomial(self._state_var, sizes, trials, likely, dtypes.as_dtype(dtype))

    def make_seeds(self, count: int = 1) -> Tensor:
        """Seeds for stateless ops, as the columns of a Tensor of shape `(2, count)`."""
        keys = self.uniform_full_int((as_int(count, "count"),), dtypes.int64)._t
        return Tensor(torch.stack([keys, torch.zeros_like(keys)]), None)

    def split(self, count: int = 1) -> Sequence[Generator]:
        """`count` new generators that are independent of each other and of this one."""
        keys = self.make_seeds(count)._t[0].tolist()
        return [Generator(state=np.array([0, 0, key], np.int64), alg=self._chosen) for key in keys]


def _joined(key: Any, counter: Any, alg: Any) -> Tensor:
    counter, key = _words(counter)._t, _words(key)._t
    if key.dim():
        raise ValueError(f"Shape {tuple(key.shape)} must have rank 0: the key is a single number.")
    size = _SIZES[algorithm(alg)] - 1
    if tuple(counter.shape) != (size,):
        raise ValueError(f"Shapes {tuple(counter.shape)} and [{size}] are incompatible")
    return Tensor(torch.cat([counter, key.reshape(1)]), None)


_global: Generator | None = None


def get_global_generator() -> Generator:
    """The generator that is there for everyone; unpredictable unless one was set.

    Source: `tf.random.get_global_generator`.

    >>> import tfcompat_tape as tf
    >>> tf.random.get_global_generator().normal([3]).shape
    TensorShape([3])
    """
    global _global
    if _global is None:
        if seeds.must_be_seeded():
            raise RuntimeError(
                '"get_global_generator" cannot be called if determinism is enabled, unless "set_global_generator" has '
                'already been called. Please call "set_global_generator" first.'
            )
        _global = Generator.from_non_deterministic_state()
    return _global


def set_global_generator(generator: Generator) -> None:
    """Replace the generator that `tf.random.get_global_generator` returns.

    Source: `tf.random.set_global_generator`.

    >>> import tfcompat_tape as tf
    >>> tf.random.set_global_generator(tf.random.Generator.from_seed(1))
    """
    global _global
    _global = generator
