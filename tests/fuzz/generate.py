"""Random programs. The table of what they are made of is filled by the modules `steps_*`."""

from __future__ import annotations

import random

from . import steps_arrays, steps_blocks, steps_composites, steps_math, steps_nn  # noqa: F401
from .drawing import INTS, Gen
from .program import INEXACT, Program, Step


def generate(rng: random.Random, most: int = 12, errors: bool = False) -> Program:
    """A random program of at most `most` steps. With `errors` it may end in a step that raises (here, that is)."""
    singular = rng.random() < 0.3
    gen = Gen(rng, singular, errors)
    for _ in range(gen.integer(1, 2)):
        gen.fresh(gen.choice(["float64"] * 4 + ["float32"] * 3 + ["complex128"] * 2), gen.shape())
    if gen.chance(0.15):
        gen.fresh(gen.choice(INTS), gen.shape())
    steps: list[Step] = []
    for _ in range(gen.integer(1, most)):
        made = gen.draw()
        if made is not None:
            steps.append(made)
        if gen.failed:
            break
    if not steps:
        return generate(rng, most, errors)
    if gen.failed:
        return Program(gen.inputs, steps, steps[-1].outs[:1], singular)
    outs = [o for s in steps for o in s.outs if gen.dtype(o) in INEXACT]
    if not outs:
        outs = [o for s in steps for o in s.outs]
    targets = [outs[-1]]
    if len(outs) > 1 and gen.chance(0.3):
        targets.append(gen.choice(outs[:-1]))
    return Program(gen.inputs, steps, targets, singular)
