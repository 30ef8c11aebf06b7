"""One library against itself: what it answers in one way must be what it answers in the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import tfcompat_tape as tf

from . import known
from .answers import Difference, arrays, compare, encode, raised
from .program import COMPLEX, Input, Program
from .questions import Asked, ask, weights

QUESTIONS = [
    "value",
    "gradient",
    "persistent",
    "forward",
    "traced",
    "traced_whole",
    "replayed",
    "replayed_whole",
    "jacobian",
    "jacobian_looped",
    "reverse_reverse",
    "forward_reverse",
    "reverse_forward",
]

# Steps whose gradient is not the derivative of what they compute, on purpose.
INVENTED = {
    "stop_gradient", "custom_gradient", "stop_recording", "assign", "assign_add", "assign_sub", "sliced_assign",
    "scatter_nd_update", "scatter_nd_add", "scatter_nd_sub", "grad_pass_through", "py_function", "numpy_function",
    "recompute_grad",
}  # fmt: skip
# Steps whose derivative TensorFlow leaves out in some inputs.
PARTIAL = {"zeta", "polygamma", "igamma", "floordiv", "nextafter"}
# Losses whose gradient takes it that the labels are a distribution, and colors that are in [0, 1].
PARTIAL |= {"softmax_cross_entropy_with_logits", "rgb_to_hsv"}


def differences(program: Program, only: str | None = None) -> Iterator[tuple[str, Difference]]:
    """(check, how they differ) for every check of the program that fails."""
    for check, wants in CHECKS.items():
        if only is not None and check != only:
            continue
        for difference in wants(Answers.of(program)):
            if (
                check in TRACED
                and difference.kind == "tensor for None"
                and zeros_of_a_loop(program, difference)
            ):
                continue
            comparable = difference.kind == "values" or (known.ill(program) and known.numeric(difference))
            if not (comparable and sensitive(program, check)):
                yield check, difference
            break


TRACED = {"traced", "traced_whole", "replayed", "replayed_whole"}


def zeros_of_a_loop(program: Program, difference: Difference) -> bool:
    """In a function, as in TensorFlow's graphs, what a loop or branch does not use has a gradient of zeros."""
    ops = set(program.ops())
    given = [a for a in arrays(difference.got) if a is not None]
    return bool(ops & known.BRANCHES) and bool(given) and not any(a.any() for a in given)


class Answers:
    """The answers to one program, each computed when it is first looked at."""

    _last: Answers | None = None

    def __init__(self, program: Program) -> None:
        self.program, self.known = program, {}
        self.sources = program.sources()

    @staticmethod
    def of(program: Program) -> Answers:
        if Answers._last is None or Answers._last.program is not program:
            Answers._last = Answers(program)
        return Answers._last

    def __getitem__(self, name: str) -> Any:
        if name not in self.known:
            self.known |= ask(tf, self.program, [name], encode)
        return self.known[name]

    def raises(self, *names: str) -> bool:
        return any(raised(self[name]) for name in ("value", *names))

    def invents(self) -> bool:
        return bool(INVENTED & set(self.program.ops()))

    def weighted(self, name: str, word: str) -> complex | None:
        """The answer's inner product with its weights; None where it is not finite."""
        total = 0.0
        for k, array in enumerate(arrays(self[name])):
            if array is None:
                continue
            if not np.isfinite(array).all():
                return None
            total += np.vdot(weights(word, k, array.dtype.name, array.shape), array).real
        return total

    def size(self, name: str) -> float:
        """A bound of the sum that an inner product makes; what cancels leaves roundings of ordinary numbers."""
        return float(sum((np.abs(a) + 1e-3).sum() for a in arrays(self[name]) if a is not None)) + 1e-3

    def epsilon(self) -> float:
        """What single steps round, many times over."""
        return 2e-3 if known.single(self.program) else 1e-7


def persistent(a: Answers) -> Iterator[Difference]:
    if a.raises():
        return
    answer = a["persistent"]
    if raised(answer) == "TypeError" and "IndexedSlices" in answer["says"]:
        return  # a custom gradient computes with what is a lookup's cotangent alone, and a tensor among others
    yield from compare(a["gradient"], answer if raised(answer) else answer["list"][0])


def _of_graphs_alone(a: Answers) -> bool:
    """Whether a function answers None where code that runs at once says that an integer has no gradient."""
    if raised(a["gradient"]) == "LookupError" and known.integral_targets(a.program):
        return True
    # A graph refuses what code that runs at once takes.
    return raised(a["traced"]) == "TypeError" and "Python bool" in a["traced"]["says"]


def traced(a: Answers) -> Iterator[Difference]:
    if not a.raises() and not _of_graphs_alone(a):
        answer = a["traced"]
        if raised(answer):
            yield from compare(a["gradient"], answer)
        else:
            yield from compare(a["value"], answer["list"][0], path="value")
            yield from compare(a["gradient"], answer["list"][1], path="gradient")


def traced_whole(a: Answers) -> Iterator[Difference]:
    if not a.raises() and not _of_graphs_alone(a):
        yield from compare(a["gradient"], a["traced_whole"])


def replayed(a: Answers) -> Iterator[Difference]:
    """A function that was traced for other values answers for these."""
    if not a.raises() and not _of_graphs_alone(a):
        answer = a["replayed"]
        if raised(answer):
            yield from compare(a["gradient"], answer)
        else:
            ys, grads, again = answer["list"]
            yield from compare(a["value"], ys, path="value")
            yield from compare(a["gradient"], grads, path="gradient")
            if not raised(a["reverse_reverse"]) and again != "LookupError":
                yield from compare(a["reverse_reverse"], again, path="second")


def replayed_whole(a: Answers) -> Iterator[Difference]:
    if not a.raises() and not _of_graphs_alone(a):
        yield from compare(a["gradient"], a["replayed_whole"])


def looped(a: Answers) -> Iterator[Difference]:
    """Row by row, which refuses a target without rows."""
    if not a.raises() and not any(t is not None and t.size == 0 for t in arrays(a["value"])):
        forgive = bool(known.CONVOLUTIONS & set(a.program.ops())) and known.unruly(a.program)
        for difference in compare(a["jacobian_looped"], a["jacobian"]):
            if not (
                forgive and difference.kind == "NaN for a number"
            ):  # 0 * inf where a window does not reach
                yield difference


def forward(a: Answers) -> Iterator[Difference]:
    """<c, J t> = <J* c, t>; but forward mode goes through what a custom gradient replaces, as TensorFlow's does."""
    if a.raises("gradient") or known.forward_invented(a.program):
        return
    if raised(a["forward"]):
        yield from _raising(a, "forward")
        return
    one, other = a.weighted("gradient", "t"), a.weighted("forward", "c")
    yield from _close(a, one, other, a.size("gradient") + a.size("forward"))


def jacobian(a: Answers) -> Iterator[Difference]:
    """The rows of the Jacobian, weighted with the cotangent, are the gradient (for one real target)."""
    if a.raises("gradient", "jacobian") or a["jacobian"] == "too large":
        return
    if len(a.program.targets) != 1 or any(i.dtype in COMPLEX for i in a.sources):
        return
    if known.integral(a["value"]):  # custom gradients answer, Jacobians do not
        return
    if "custom_gradient" in a.program.ops():  # its gradient need not be linear in the cotangent
        return
    target = next(arrays(a["value"]))
    assert target is not None
    if target.dtype.name in COMPLEX:
        return
    c = weights("c", 0, target.dtype.name, target.shape)
    for k, (g, j) in enumerate(zip(arrays(a["gradient"]), arrays(a["jacobian"]), strict=True)):
        if (g is None) != (j is None):
            yield Difference(
                f"{'None' if j is None else 'rows'} for {'None' if g is None else 'a gradient'}", f"[{k}]"
            )
        elif g is not None and j is not None and np.isfinite(g).all() and np.isfinite(j).all():
            total = np.tensordot(c, j, c.ndim)
            if np.abs(total - g).max(initial=0) > a.epsilon() * (1e-3 + np.abs(j).sum()):
                yield Difference(
                    "values", f"[{k}]: rows sum to {total.tolist()}, the gradient is {g.tolist()}"
                )


def second_order(a: Answers) -> Iterator[Difference]:
    """<t, G* t> = <G t, t> for G the derivative of the gradient; where gradients are true, H t three times."""
    ways = ["reverse_reverse", "forward_reverse"]
    if a.raises("gradient") or known.forward_invented(a.program):
        return
    for way in ways:
        if raised(a[way]):
            yield from _raising(a, way)
            return
    if a["reverse_reverse"] == "no gradient":
        return
    one, other = (a.weighted(way, "t") for way in ways)
    yield from _close(a, one, other, sum(a.size(way) for way in ways))


def nestings(a: Answers) -> Iterator[Difference]:
    """Reverse over forward is H t, as reverse over reverse is, where gradients are true."""
    if a.raises("gradient", "reverse_reverse", "reverse_forward") or a.invents() or a.program.singular:
        return
    if isinstance(a["reverse_reverse"], str) or isinstance(a["reverse_forward"], str):
        return
    for k, (one, other) in enumerate(
        zip(arrays(a["reverse_reverse"]), arrays(a["reverse_forward"]), strict=True)
    ):
        if one is None or other is None or not (np.isfinite(one).all() and np.isfinite(other).all()):
            continue
        scale = 1e-3 + np.abs(one).sum() + np.abs(other).sum()
        if np.abs(one - other).max(initial=0) > a.epsilon() * scale:
            yield Difference("values", f"[{k}]: {other.tolist()}, reverse over reverse {one.tolist()}")


def finite_differences(a: Answers) -> Iterator[Difference]:
    """<c, J t> from values alone, where the program is smooth at this point and its gradients are derivatives."""
    if a.raises("gradient") or a.invents() or a.program.singular or PARTIAL & set(a.program.ops()):
        return
    if known.held(a.program) or known.STRAIGHT & set(a.program.ops()):
        return
    if any(i.dtype != "float64" for i in a.sources) or a.epsilon() > 1e-6:
        return
    want = a.weighted("gradient", "t")
    if want is None:
        return
    asked = Asked(tf, a.program)
    c = [weights("c", k, v.dtype.name, v.shape) for k, v in enumerate(arrays(a["value"])) if v is not None]

    def along(h: float) -> float:
        moved = {
            i.id: i.array() + h * weights("t", k, i.dtype, tuple(i.shape)) for k, i in enumerate(a.sources)
        }
        values = asked.function(*asked.inputs(moved)[0])
        return float(sum(np.vdot(w, v.numpy()).real for w, v in zip(c, values, strict=True)))

    slope, smooth = _slope(along)
    if smooth and abs(slope - want) > 1e-5 * (1e-2 + abs(slope) + abs(want)):
        yield Difference("values", f"finite differences {slope!r}, gradient {want!r}")


def _slope(f: Any) -> tuple[float, bool]:
    """The derivative of f at 0, and whether f is smooth there: slopes of both sides and of two steps agree."""
    h = 1e-4
    middle, ends = f(0.0), {s: f(s * h) for s in (-2, -1, -0.5, 0.5, 1, 2)}
    central = [(ends[s] - ends[-s]) / (2 * s * h) for s in (0.5, 1, 2)]
    slope = (4 * central[0] - central[1]) / 3
    size = 1e-2 + abs(slope)
    bend = [
        abs(ends[s] + ends[-s] - 2 * middle) / (s * h) for s in (0.5, 1, 2)
    ]  # h |f''|, and |f'+ - f'-| at a kink
    smooth = (
        bend[0] < 0.05 * size
        and bend[0] < 0.6 * bend[1] + 1e-6 * size
        and bend[1] < 0.6 * bend[2] + 1e-6 * size
    )
    agree = abs(slope - (4 * central[1] - central[2]) / 3) < 2e-6 * size
    return slope, bool(smooth and agree and np.isfinite(slope))


def _raising(a: Answers, way: str) -> Iterator[Difference]:
    """A way that raises where the gradient does not.

    That TensorFlow has no second gradient of an op is no failure, nor that forward mode, which computes the tangents of
    what nobody asks for too, meets a matrix that cannot be inverted.
    """
    excused = {"LookupError", "InvalidArgumentError"} if a.program.singular else {"LookupError"}
    if raised(a[way]) not in excused:
        yield Difference(f"{way} raises {raised(a[way])}", a[way]["says"])


def _close(a: Answers, one: complex | None, other: complex | None, size: float) -> Iterator[Difference]:
    if one is not None and other is not None and abs(one - other) > a.epsilon() * size:
        yield Difference("values", f"{other} for {one}")


CHECKS = {
    f.__name__: f
    for f in (
        persistent,
        traced,
        traced_whole,
        replayed,
        replayed_whole,
        looped,
        forward,
        jacobian,
        second_order,
        nestings,
        finite_differences,
    )
}


# What a check compares, beside values.
COMPARED = {
    "looped": ("jacobian",),
    "forward": ("gradient", "forward"),
    "jacobian": ("gradient", "jacobian"),
    "second_order": ("reverse_reverse", "forward_reverse"),
    "nestings": ("reverse_reverse", "reverse_forward"),
    "finite_differences": ("gradient",),
}


def sensitive(program: Program, check: str) -> bool:
    """Whether roundings of the inputs change what a check compares by as much as the check allows."""
    allowed = Answers.of(program).epsilon()
    return any(noise(program, name) > 0.03 * allowed for name in COMPARED.get(check, ()))


def noise(program: Program, name: str) -> float:
    """By how much an answer moves, relative to its size, when the inputs move by some roundings."""
    of_single = any(i.dtype in ("float32", "complex64") for i in program.inputs)
    step = 3e-6 if of_single else 1e-13
    swallowing = bool(known.SWALLOWING & set(program.ops()))
    answer = ask(tf, program, [name], encode)[name]
    base = list(arrays(answer))
    worst = 0.0
    for k in range(6 if known.ill(program) else 3):
        rng = np.random.RandomState(k)
        inputs = []
        for i in program.inputs:
            array = i.array()
            if array.dtype.kind in "fc":
                inputs.append(Input.of(i.id, _rounded(array, step, rng, swallowing), i.variable))
            else:
                inputs.append(i)
        moved = Program(inputs, program.steps, program.targets, program.singular)
        other = ask(tf, moved, [name], encode)[name]
        if bool(raised(answer)) != bool(raised(other)):
            return float("inf")
        for x, y in zip(base, arrays(other), strict=False):
            if x is None or y is None or x.shape != y.shape or x.dtype.kind not in "fc":
                continue
            if (np.isfinite(x) != np.isfinite(y)).any():
                return float("inf")
            fine = np.isfinite(x)
            if fine.any():
                worst = max(worst, float(np.abs(x - y)[fine].max() / (np.abs(x[fine]).max() + 1e-3)))
    return worst


def _rounded(array: np.ndarray, step: float, rng: np.random.RandomState, swallowing: bool) -> np.ndarray:
    """The array moved by some roundings: of each number, or of the largest where others are lost beside it."""
    moves = step * rng.uniform(-1, 1, array.shape)
    with np.errstate(invalid="ignore"):
        if swallowing and known.extreme(array):
            return (array + moves * np.abs(array[np.isfinite(array)]).max()).astype(array.dtype)
        return (array * (1 + moves)).astype(array.dtype)
