"""Candidate sampling: a few classes among many, and how often each may be expected among them.

The classes are TensorFlow's: of 64 or 32 bits for each number, drawn again where a class must not come twice.
"""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.ops import philox
from tfcompat_tape.ops.philox import Stream
from tfcompat_tape.ops.seeds import kept, reserve

_RESERVED = 512  # blocks of the stream that TensorFlow sets aside for each class
_LARGEST = torch.finfo(torch.float32).max
_LONGS = frozenset({torch.int64})


class Words:
    """The 32-bit words of a stream, one after the other."""

    def __init__(self, stream: Stream) -> None:
        self._next = self._all(stream)

    @staticmethod
    def _all(stream: Stream) -> Iterator[int]:
        while True:
            yield from philox.words(stream, 256).tolist()
            stream = stream.skip(64)

    def word(self) -> int:
        return next(self._next)

    def long(self) -> int:
        low = next(self._next)
        return low | next(self._next) << 32

    def below(self, bound: int, bits: int) -> int:
        """An integer in [0, bound), all of them equally likely."""
        limit = (1 << bits) // bound * bound
        while True:
            found = self.word() if bits == 32 else self.long()
            if found < limit:
                return found % bound

    def double(self) -> float:
        """A number in [0, 1)."""
        high = next(self._next) & 0xFFFFF
        return (high << 32 | next(self._next)) * 2.0**-52

    def single(self) -> float:
        """A number in [0, 1) of 23 bits."""
        return (next(self._next) & 0x7FFFFF) * 2.0**-23


class Even:
    """Each class as likely as any other."""

    def __init__(self, count: int) -> None:
        self.count = count

    def draw(self, words: Words) -> int:
        return words.below(self.count, 64)

    def likelihood(self, classes: Any) -> Any:
        return np.full(classes.shape, 1.0 / self.count)

    def learn(self, classes: list[int]) -> None:
        """Most distributions stay as they are."""


class LogUniform(Even):
    """Zipf's law: class `k` with probability `log((k + 2) / (k + 1)) / log(count + 1)`."""

    def draw(self, words: Words) -> int:
        return (int(math.exp(words.double() * math.log1p(self.count))) - 1) % self.count

    def likelihood(self, classes: Any) -> Any:
        return np.log((classes + 2.0) / (classes + 1.0)) / math.log1p(self.count)


class Learned(Even):
    """As often as among the true classes so far, each of which counts once from the start."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.weights = np.ones(count, np.int64)

    def draw(self, words: Words) -> int:
        sums = self._sums()
        return int(np.searchsorted(sums, words.below(int(sums[-1]), 32), "right"))

    def _sums(self) -> Any:
        return np.cumsum(self.weights)

    def likelihood(self, classes: Any) -> Any:
        return self.weights[classes] / self.weights.sum()

    def learn(self, classes: list[int]) -> None:
        np.add.at(self.weights, classes, 1)


class Fixed(Even):
    """By given weights, with Walker's alias method: a class is drawn evenly, and kept or exchanged for another."""

    def __init__(self, weights: list[float]) -> None:
        self.count = len(weights)
        self.weights = np.array(weights, np.float32)
        self.kept, self.other = self._aliases()

    def _aliases(self) -> tuple[list[float], list[int]]:
        likely = (self.weights.astype(np.float64) * self.count / self._total()).tolist()
        rare = [i for i in range(self.count) if likely[i] < 1.0]
        common = [i for i in range(self.count) if likely[i] >= 1.0]
        probability, other = [1.0] * self.count, list(range(self.count))
        while rare and common:
            low, high = rare.pop(), common.pop()
            probability[low], other[low] = likely[low], high
            likely[high] -= 1.0 - likely[low]
            (rare if likely[high] < 1.0 else common).append(high)
        return probability, other

    def _total(self) -> float:
        return float(self.weights.sum(dtype=np.float64))

    def draw(self, words: Words) -> int:
        place = words.single()
        found = words.below(self.count, 32)
        return found if place < self.kept[found] else self.other[found]

    def likelihood(self, classes: Any) -> Any:
        return self.weights[classes] / self._total()


def _true_classes(raw: torch.Tensor, num_true: int) -> Any:
    if raw.dim() != 2:
        raise invalid(f"true_classes must be a matrix, got shape {list(raw.shape)}")
    if raw.shape[1] != num_true:
        raise invalid(f"true_classes must have num_true columns, expected: {raw.shape[1]} was: {num_true}")
    return np.array(reading.listed(raw), np.int64).reshape(raw.shape)


def _positive(name: str, **attrs: int) -> None:
    for key, value in attrs.items():
        if value < 1:
            raise invalid(f"{name}: Value for attr '{key}' of {value} must be at least minimum 1")


def _within(name: str, classes: Any, count: int) -> None:
    wrong = classes[(classes < 0) | (classes >= count)]
    if len(wrong):
        raise invalid(f"{name}: `true_candidate` out of range [0, {count}), received {int(wrong[0])}")


def _sample(
    name: str,
    true_classes: torch.Tensor,
    make: Callable[[], Even],
    attrs: dict[str, int],
    *more: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int,
    seed2: int,
) -> tuple[torch.Tensor, ...]:
    _positive(name, num_true=num_true, num_sampled=num_sampled, **attrs)
    classes = _true_classes(true_classes, num_true)
    place = (name, num_true, num_sampled, unique, *attrs.values(), *more)
    distribution = kept(make, seed, seed2, *place)
    if unique and num_sampled > distribution.count:
        raise invalid(
            f"{name}: Sampler's range is too small: there are no {num_sampled} different classes among "
            f"{distribution.count}."
        )
    _within(name, classes, distribution.count)
    with reading.outside():
        words = Words(reserve(name, seed, seed2, num_sampled * _RESERVED, *place[1:]))
        found: list[int] = []
        tries = 0
        seen: set[int] = set()
        while len(found) < num_sampled:
            tries += 1
            drawn = distribution.draw(words)
            if unique and drawn in seen:
                continue
            seen.add(drawn)
            found.append(drawn)

        def expected(numbers: Any) -> torch.Tensor:
            likely = distribution.likelihood(numbers)
            if tries == num_sampled:
                return torch.from_numpy(np.float32(likely * num_sampled))
            return torch.from_numpy(np.float32(-np.expm1(tries * np.log1p(-likely))))

        sampled = np.array(found, np.int64)
        results = (torch.from_numpy(sampled), expected(classes), expected(sampled))
        distribution.learn(classes.reshape(-1).tolist())
        return tuple([result.to(true_classes.device) for result in results])


def _sampler(name: str, kind: Callable[[int], Even]) -> Any:
    def kernel(
        true_classes: Any,
        *,
        num_true: int,
        num_sampled: int,
        unique: bool,
        range_max: int,
        seed: int = 0,
        seed2: int = 0,
    ) -> tuple[torch.Tensor, ...]:
        return _sample(
            name,
            true_classes,
            lambda: kind(range_max),
            {"range_max": range_max},
            num_true=num_true,
            num_sampled=num_sampled,
            unique=unique,
            seed=seed,
            seed2=seed2,
        )

    return _defined(name, kernel)


def _defined(name: str, kernel: Any) -> Any:
    return primitive(
        name,
        kernel,
        inputs="true_classes",
        defaults={"seed": 0, "seed2": 0},
        outputs=3,
        dtypes=_LONGS,
        differentiable=False,
    )


uniform_candidate_sampler = _sampler("UniformCandidateSampler", Even)
log_uniform_candidate_sampler = _sampler("LogUniformCandidateSampler", LogUniform)
learned_unigram_candidate_sampler = _sampler("LearnedUnigramCandidateSampler", Learned)
_sampler("ThreadUnsafeUnigramCandidateSampler", Learned)


def _weights(path: str, unigrams: Any) -> Iterator[float]:
    if path and unigrams:
        raise invalid("Must only provide one of vocab_file and unigrams.")
    if not path and not unigrams:
        raise invalid("Must provide either vocab_file or unigrams.")
    if not path:
        yield from unigrams
        return
    try:
        with open(path, newline="", encoding="utf-8") as file:
            yield from [float(row[-1]) for row in csv.reader(file) if row]
    except FileNotFoundError:
        raise not_found(f"{path}; No such file or directory") from None


def _fixed_kernel(
    true_classes: Any,
    *,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Any = (),
    seed: int = 0,
    seed2: int = 0,
) -> tuple[torch.Tensor, ...]:
    name = "FixedUnigramCandidateSampler"
    path = vocab_file.decode() if isinstance(vocab_file, bytes) else vocab_file
    given = tuple([float(weight) for weight in unigrams])

    def make() -> Fixed:
        read = [float(np.float32(weight) ** np.float32(distortion)) for weight in _weights(path, given)]
        weights = [0.0] * num_reserved_ids + read
        mine = list(itertools.islice(weights, shard, None, num_shards))
        if len(mine) != range_max:
            raise invalid(f"{name}: range is {range_max} must be equal to weights size {len(mine)}")
        return Fixed(mine)

    return _sample(
        name,
        true_classes,
        make,
        {"range_max": range_max},
        path,
        given,
        distortion,
        num_reserved_ids,
        num_shards,
        shard,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        seed=seed,
        seed2=seed2,
    )


fixed_unigram_candidate_sampler = _defined("FixedUnigramCandidateSampler", _fixed_kernel)


def _all_kernel(
    true_classes: Any, *, num_true: int, num_sampled: int, unique: bool, seed: int = 0, seed2: int = 0
) -> tuple[torch.Tensor, ...]:
    _positive("AllCandidateSampler", num_true=num_true, num_sampled=num_sampled)
    classes = _true_classes(true_classes, num_true)
    _within("AllCandidateSampler", classes, num_sampled)
    device = true_classes.device
    return (
        torch.arange(num_sampled, device=device),
        torch.ones(classes.shape, device=device),
        torch.ones(num_sampled, device=device),
    )


all_candidate_sampler = _defined("AllCandidateSampler", _all_kernel)


def _hits_kernel(
    true_classes: Any, sampled_candidates: Any, *, num_true: int, seed: int = 0, seed2: int = 0
) -> tuple[torch.Tensor, ...]:
    if true_classes.dim() != 2 or true_classes.shape[1] != num_true:
        raise invalid(
            f"true_candidates must be a batch_size * num_true matrix, got {list(true_classes.shape)} for "
            f"num_true={num_true}"
        )
    if sampled_candidates.dim() != 1:
        raise invalid(
            "sampled_candidates must be a vector, which is typically an output from CandidateSampler, "
            f"got shape {list(sampled_candidates.shape)}"
        )
    places = {number: place for place, number in enumerate(reading.listed(sampled_candidates))}
    hits = [
        (row, places[number])
        for row, numbers in enumerate(reading.listed(true_classes))
        for number in numbers
        if number in places
    ]
    device = true_classes.device
    return (
        torch.tensor([row for row, _ in hits], dtype=torch.int32, device=device),
        torch.tensor([place for _, place in hits], dtype=torch.int64, device=device),
        torch.full((len(hits),), -_LARGEST, device=device),
    )


compute_accidental_hits = primitive(
    "ComputeAccidentalHits",
    _hits_kernel,
    inputs="true_classes sampled_candidates",
    defaults={"seed": 0, "seed2": 0},
    outputs=3,
    dtypes=_LONGS,
    same=None,
    differentiable=False,
)
