"""Random programs, step by step: each step is run while it is drawn, so that shapes, dtypes and domains are known.

What is random comes from a `random.Random`: one with a seed for long runs, one of hypothesis's in tests.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import tfcompat_tape as tf

from .program import COMPLEX, INEXACT, Body, Input, Step, lines, literal, type_text

FLOATS = ("float32", "float64")
INTS = ("int32", "int64")
KINDS = {"f": FLOATS, "c": COMPLEX, "i": INTS, "b": ("bool",), "h": ("float16",)}
SINGULAR = [0.0, 0.0, -0.0, 1.0, 1.0, -1.0, 2.0, 0.5, 3.0, -2.0]
EXTREME = [math.inf, -math.inf, math.nan, 1e30, 1e-30]
LARGEST_SIZE, LARGEST_VALUE = 200, 1e4


class Unfit(Exception):
    """There is no operand that this step needs, or what it computes is out of bounds: draw another."""


@dataclass(frozen=True)
class Op:
    name: str
    weight: float
    draw: Callable[[Gen], Step]


OPS: list[Op] = []


def op(weight: float = 1.0) -> Callable[[Callable[[Gen], Step]], Callable[[Gen], Step]]:
    """Enters what draws one kind of step into the table."""

    def enter(draw: Callable[[Gen], Step]) -> Callable[[Gen], Step]:
        OPS.append(Op(draw.__name__, weight, draw))
        return draw

    return enter


class Gen:
    """A program in the making."""

    def __init__(self, rng: random.Random, singular: bool = False, errors: bool = False) -> None:
        self.rng, self.singular, self.errors = rng, singular, errors
        self.inputs: list[Input] = []
        self.pool: list[int] = []  # the values that the next step may read
        self.scope: dict[str, Any] = {"tf": tf, "np": np, "inf": math.inf, "nan": math.nan}
        self.next = 0
        self.depth = 0
        self.failed = False

    # -- random choices ------------------------------------------------------------------------------------
    def choice(self, options: Sequence[Any]) -> Any:
        return options[self.rng.randrange(len(options))]

    def integer(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def shape(self, low: int = 0, high: int = 3) -> list[int]:
        rank = self.integer(low, high)
        return [self.choice([1, 2, 2, 3, 3, 4] if self.chance(0.97) else [0, 1]) for _ in range(rank)]

    def array(self, dtype: str, shape: Sequence[int]) -> np.ndarray:
        """Values of two digits, in [-2, 2]; singular ones among them where the program is to have such."""
        n = math.prod(shape)
        if dtype == "bool":
            flat: list[Any] = [self.chance(0.5) for _ in range(n)]
        elif dtype in INTS:
            flat = [self.integer(-3, 5) for _ in range(n)]
        elif dtype in COMPLEX:
            flat = [complex(self.number(), self.number()) for _ in range(n)]
        else:
            flat = [self.number() for _ in range(n)]
        return np.array(flat, dtype).reshape(shape)

    def number(self) -> float:
        if self.singular and self.chance(0.5):
            return float(self.choice(EXTREME if self.chance(0.12) else SINGULAR))
        return self.integer(-200, 200) / 100 + 0.001 * self.integer(1, 9)

    # -- what there is -------------------------------------------------------------------------------------
    def value(self, v: int) -> Any:
        return self.scope[f"v{v}"]

    def dtype(self, v: int) -> str:
        return self.value(v).dtype.name

    def dims(self, v: int) -> list[int]:
        return list(self.value(v).shape)

    def pick(
        self,
        kinds: str = "f",
        rank: int | None = None,
        min_rank: int = 0,
        where: Callable[[int], bool] | None = None,
    ) -> int:
        """A value of one of these kinds of dtypes (f, c, i, b); late ones more often. Unfit if there is none."""
        dtypes = [d for k in kinds for d in KINDS[k]]
        fit = [
            v
            for v in self.pool
            if self.dtype(v) in dtypes
            and (len(self.dims(v)) == rank if rank is not None else len(self.dims(v)) >= min_rank)
            and (where is None or where(v))
        ]
        if not fit:
            raise Unfit
        return fit[-1] if self.chance(0.4) else self.choice(fit)

    def reshaped(self, kinds: str, rank: int, low: int = 1) -> int:
        """A value of this rank; if there is none, one that is made so by a new input."""
        try:
            return self.pick(kinds, rank, where=lambda v: min(self.dims(v), default=1) >= low)
        except Unfit:
            return self.fresh(self.kind_dtype(kinds), [self.integer(low, max(low, 3)) for _ in range(rank)])

    def kind_dtype(self, kinds: str) -> str:
        return str(self.choice(KINDS[self.choice(kinds)]))

    def fresh(self, dtype: str, shape: Sequence[int], variable: bool | None = None) -> int:
        """A new input; within a body a value that is made before the body."""
        if len(self.inputs) >= 5:
            raise Unfit
        if variable is None:
            variable = dtype in INEXACT and self.chance(0.35)
        made = Input(self.new(), dtype, list(shape), [], variable)
        made = Input.of(made.id, self.array(dtype, shape), variable)
        self.inputs.append(made)
        constant = tf.constant(made.array(), dtype=getattr(tf, dtype))
        self.scope[f"v{made.id}"] = tf.Variable(constant) if variable else constant
        self.pool.append(made.id)
        return made.id

    def new(self) -> int:
        self.next += 1
        return self.next - 1

    def like(self, v: int, broadcast: bool = True) -> int:
        """A partner for `v`: of its dtype, of a shape that broadcasts with its shape."""
        mine = self.dims(v)

        def fits(w: int) -> bool:
            other = self.dims(w)
            if not broadcast:
                return other == mine
            return all(a == b or 1 in (a, b) for a, b in zip(reversed(mine), reversed(other), strict=False))

        dtype = self.dtype(v)
        fit = [w for w in self.pool if self.dtype(w) == dtype and fits(w)]
        others = [w for w in fit if w != v]
        if others and self.chance(0.85):
            return int(self.choice(others))
        if self.chance(0.5) and len(self.inputs) < 5:
            shape = list(mine)
            if broadcast:
                shape = [1 if self.chance(0.25) else d for d in shape][self.integer(0, 1) if shape else 0 :]
            return self.fresh(dtype, shape)
        return v

    def constant(self, dtype: str, shape: Sequence[int]) -> str:
        """A constant in the source."""
        return f"tf.constant({literal(self.array(dtype, shape))}, tf.{dtype})"

    def indices(self, limit: int, shape: Sequence[int], dtype: str = "int32") -> str:
        """A constant of valid indices below `limit`."""
        if limit < 1:
            raise Unfit
        flat = [self.integer(0, limit - 1) for _ in range(math.prod(shape))]
        return f"tf.constant({literal(np.array(flat, dtype).reshape(shape))}, tf.{dtype})"

    def axis(self, v: int, extra: int = 0) -> int:
        rank = len(self.dims(v)) + extra
        if rank == 0:
            raise Unfit
        return self.integer(-rank, rank - 1)

    def axes(self, v: int) -> Any:
        """None, one axis, or several."""
        rank = len(self.dims(v))
        if rank == 0 or self.chance(0.3):
            return None
        if self.chance(0.6):
            return self.axis(v)
        return sorted(self.rng.sample(range(rank), self.integer(1, rank)))

    # -- steps ---------------------------------------------------------------------------------------------
    def step(self, name: str, code: str, *args: int, outs: int = 1, bodies: Sequence[Body] = ()) -> Step:
        return Step(name, code, list(args), [self.new() for _ in range(outs)], [], list(bodies))

    def body(
        self,
        samples: Sequence[Any],
        most: int = 3,
        same: int | None = None,
        results: int = 1,
        only: str | None = None,
    ) -> Body:
        """A function of values like `samples`.

        Args:
          most: so many steps at most.
          same: the number of the parameter whose dtype and shape the result must have.
        """
        if self.depth >= 2:
            raise Unfit
        params = [self.new() for _ in samples]
        pool, scope_before = list(self.pool), len(self.pool)
        assert scope_before or params
        for p, sample in zip(params, samples, strict=True):
            self.scope[f"v{p}"] = sample
        self.pool = (self.pool[-2:] if self.chance(0.5) else []) + params
        self.depth += 1
        known = set(self.pool)
        try:
            steps: list[Step] = []
            for _ in range(self.integer(1, most)):
                made = self.draw(only)
                if made is not None:
                    steps.append(made)
                if self.failed:
                    break
            if not steps:
                raise Unfit
            outs = [o for s in steps for o in s.outs]
            result = outs[-1] if same is None else self._like_param(params[same], steps)
            return Body(params, steps, [result])
        finally:
            self.depth -= 1
            inputs = [i.id for i in self.inputs if i.id not in pool and i.id not in known]
            self.pool = pool + inputs

    def _like_param(self, param: int, steps: list[Step]) -> int:
        wanted = (self.dtype(param), self.dims(param))
        outs = [o for s in steps for o in s.outs]
        for o in reversed(outs):
            if (self.dtype(o), self.dims(o)) == wanted:
                return o
        mixed = [o for o in outs if self.dtype(o) == wanted[0]]
        if not mixed:
            raise Unfit
        last = self.step("scaled", "$0 * tf.reduce_mean($1)", param, mixed[-1])
        self.run(last)
        steps.append(last)
        return last.outs[0]

    def run(self, step: Step) -> None:
        """Run a step, and note what it makes; Unfit if that is out of bounds."""
        exec("\n".join(lines(step, "")), self.scope)
        step.types = []
        for o in step.outs:
            made = self.scope[f"v{o}"]
            if not isinstance(made, tf.Tensor) or made.dtype.name not in (*FLOATS, *COMPLEX, *INTS, "bool"):
                raise Unfit
            if math.prod(made.shape) > LARGEST_SIZE:
                raise Unfit
            if not self.singular and made.dtype.name in INEXACT:
                array = np.abs(made.numpy())
                if not (np.isfinite(array).all() and (array < LARGEST_VALUE).all()):
                    raise Unfit
            step.types.append(type_text(made.dtype.name, made.shape))

    def draw(self, only: str | None = None) -> Step | None:
        """The next step, and its results are in the pool; None if nothing fits."""
        for _ in range(12):
            kind = self.rng.choices(OPS, [o.weight for o in OPS])[0]
            before = list(self.pool)
            try:
                step = kind.draw(self)
                if self.failed:
                    return step
            except Unfit:
                self.pool = [v for v in self.pool if v in before or any(i.id == v for i in self.inputs)]
                continue
            try:
                self.run(step)
            except Unfit:
                continue
            except Exception:
                # An exception is an answer, which ends the program; where no errors are wanted, another step is drawn.
                if self.errors and self.depth == 0:
                    self.failed = True
                    step.types = ["float32[]"] * len(step.outs)
                    return step
                continue
            self.pool += step.outs
            return step
        return None
