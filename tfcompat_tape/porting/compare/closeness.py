"""Whether two values are the same: numbers within the tolerance of their dtype, all else exactly; and two texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tfcompat_tape.porting.compare.recording import Array, Value

# Relative tolerance by dtype. A tenth of it, of the largest magnitude in the array, is allowed to each element besides.
RELATIVE = {
    "float64": 1e-8,
    "complex128": 1e-8,
    "float32": 1e-4,
    "complex64": 1e-4,
    "float16": 1e-2,
    "bfloat16": 4e-2,
}
_SMALLEST = {"float64": 1e-14, "complex128": 1e-14, "float16": 1e-5, "bfloat16": 1e-5}
_TEXT = RELATIVE["float32"]

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d[\d_]*(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf\b|nan\b)"
)
# What is another one at each run: addresses, names of temporary files, colours, and how long something took.
_CHANCE = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "<address>"),
    (re.compile(r"(?:/[\w.-]+)*/tmp[\w]{8}\b"), "<temporary>"),
    (
        re.compile(
            r"\b\d+(?:\.\d+)?\s?(?:s|ms|us|µs|ns|sec|seconds|minutes)(?:/(?:step|epoch|sample|iter|it))?\b"
        ),
        "<time>",
    ),
    (re.compile(r"\b\d+(?:\.\d+)?\s?(?:it|steps?|batch(?:es)?)/s(?:ec)?\b"), "<time>"),
)


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may lie apart; `None` is what fits the dtype."""

    relative: float | None = None
    absolute: float | None = None

    def of(self, dtype: str, magnitudes: Array, most: float) -> Array:
        """What is allowed to elements of these magnitudes, in an array whose largest magnitude is `most`."""
        if self.relative is not None or self.absolute is not None:
            found: Array = (self.absolute or 0.0) + (self.relative or 0.0) * magnitudes
            return found
        relative = RELATIVE.get(dtype, RELATIVE["float32"])
        return relative * magnitudes + 0.1 * relative * most + _SMALLEST.get(dtype, 1e-7)

    def __str__(self) -> str:
        if self.relative is None and self.absolute is None:
            return (
                "that of the dtype (relative, "
                + ", ".join(
                    f"{name} {RELATIVE[name]:g}" for name in ("float64", "float32", "float16", "bfloat16")
                )
                + ")"
            )
        return f"relative {self.relative or 0.0:g}, absolute {self.absolute or 0.0:g}"


@dataclass(frozen=True)
class Verdict:
    """What a comparison of two values found.

    Attributes:
      why: why they are not the same; empty if they are.
      relative: the largest difference over the largest magnitude; infinite where there is no such number.
      place: the flat index of the element that differs most, if it is known.
    """

    why: str = ""
    relative: float = 0.0
    place: int | None = None

    @property
    def same(self) -> bool:
        return not self.why


SAME = Verdict()


def compare_values(one: Value | None, other: Value | None, tolerance: Tolerance) -> Verdict:
    """Compare TensorFlow's value and ours."""
    if one is None or other is None:
        if one is other:
            return SAME
        return Verdict(f"None under {'TensorFlow' if one is None else 'tfcompat_tape'} alone", np.inf)
    if one.dtype != other.dtype:
        return Verdict(f"dtype {one.dtype} under TensorFlow, {other.dtype} here", np.inf)
    if one.shape != other.shape:
        return Verdict(f"shape {one.shape} under TensorFlow, {other.shape} here", np.inf)
    if one.dtype == "string":
        for i, (a, b) in enumerate(zip(one.words, other.words, strict=True)):
            verdict = compare_texts(a, b, tolerance)
            if not verdict.same:
                return Verdict(verdict.why, verdict.relative, i)
        return SAME
    verdict = _compare_elements(one, other, tolerance)
    if verdict.same and one.sums and other.sums:
        return _compare_sums(one, other, tolerance, verdict)
    return verdict


def _compare_elements(one: Value, other: Value, tolerance: Tolerance) -> Verdict:
    a, b = one.elements, other.elements
    if not a.size:
        return SAME
    if a.dtype.kind not in "fc":
        unequal = np.flatnonzero(a != b)
        if not unequal.size:
            return SAME
        far = np.abs(a.astype(np.float64) - b.astype(np.float64)).max()
        return Verdict(f"{_count(unequal.size, a.size, one)}", _over(float(far), a), int(unequal[0]))
    wide = np.complex128 if a.dtype.kind == "c" else np.float64
    a, b = a.astype(wide), b.astype(wide)
    with np.errstate(all="ignore"):
        equal = (a == b) | (np.isnan(a) & np.isnan(b))
        gap = np.where(equal, 0.0, np.abs(a - b))
        magnitude = np.where(np.isfinite(a), np.abs(a), 0.0)
        most = max(float(magnitude.max()), one.sums[3] if one.sums else 0.0)
        bound = tolerance.of(one.dtype, magnitude, most)
        wrong = ~equal & ~(gap <= bound)  # a NaN on one side alone is wrong
        gap = np.where(np.isfinite(gap), gap, np.inf)
    far = float(gap.max())
    relative = far / most if most else (far and np.inf)
    if not wrong.any():
        return Verdict("", relative)
    worst = int(np.argmax(np.where(wrong, gap, -1.0)))
    return Verdict(_count(int(wrong.sum()), a.size, one), relative, worst)


def _count(wrong: int, size: int, value: Value) -> str:
    if size == 1:
        return "the number differs"
    among = " (of those that were recorded)" if value.sums else ""
    return f"{wrong} of {size} elements differ{among}"


def _over(far: float, a: Array) -> float:
    most = float(np.abs(a.astype(np.float64)).max())
    return far / most if most else np.inf


def _compare_sums(one: Value, other: Value, tolerance: Tolerance, verdict: Verdict) -> Verdict:
    assert one.sums is not None and other.sums is not None
    (a, magnitude, odd, most), (b, _, other_odd, other_most) = one.sums, other.sums
    if odd != other_odd:
        return Verdict(f"{odd} elements are not finite under TensorFlow, {other_odd} here", np.inf)
    if one.dtype not in RELATIVE:
        return (
            verdict if a == b else Verdict("the sums of all elements differ", abs(a - b) / (magnitude or 1.0))
        )
    bound = float(tolerance.of(one.dtype, np.asarray(magnitude), magnitude))
    if not abs(a - b) <= bound or not abs(most - other_most) <= float(
        tolerance.of(one.dtype, np.asarray(most), most)
    ):
        return Verdict(
            "elements that were not recorded differ: the sums of all do", abs(a - b) / (magnitude or 1.0)
        )
    return verdict


OTHER_TEXT = "the text is another"


def compare_texts(one: str, other: str, tolerance: Tolerance) -> Verdict:
    """Compare two texts: their numbers within the tolerance of float32 and of the digits shown, all else exactly."""
    one, other = _plain(one), _plain(other)
    if one == other:
        return SAME
    numbers, words = _split(one)
    other_numbers, other_words = _split(other)
    if words != other_words:
        return Verdict(OTHER_TEXT, np.inf)
    largest = 0.0
    for i, (a, b) in enumerate(zip(numbers, other_numbers, strict=True)):
        x, y = float(_digits(a)), float(_digits(b))
        if a == b or (np.isnan(x) and np.isnan(y)):
            continue
        size = max(abs(x), abs(y))
        largest = max(largest, abs(x - y) / size if size else 0.0)
        if _exact(a) or _exact(b):
            return Verdict(f"number {i + 1} of the text is {a} under TensorFlow, {b} here", largest, i)
        if tolerance.relative is not None or tolerance.absolute is not None:
            bound = (tolerance.absolute or 0.0) + (tolerance.relative or 0.0) * abs(x)
        else:
            bound = _TEXT * size + 1e-7
        if not abs(x - y) <= bound + 1.01 * min(_last_digit(a), _last_digit(b)):
            return Verdict(f"number {i + 1} of the text is {a} under TensorFlow, {b} here", largest, i)
    return Verdict("", largest)


def _plain(text: str) -> str:
    """As a terminal shows it in the end, without what is another one at each run; blanks as one."""
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.replace("\r\n", "\n").split("\n"))
    while "\b" in text:
        shorter = re.sub("[^\b]\b", "", text)
        text = shorter if shorter != text else text.replace("\b", "")
    for pattern, word in _CHANCE:
        text = pattern.sub(word, text)
    return re.sub(r"(?<=[\[(]) | (?=[\])])", "", re.sub(r"\s+", " ", text))


def _split(text: str) -> tuple[list[str], list[str]]:
    return _NUMBER.findall(text), _NUMBER.split(text)


def _digits(number: str) -> str:
    return number.replace(",", "").replace("_", "")


def _exact(number: str) -> bool:
    return number.lstrip("+-").replace(",", "").replace("_", "").isdigit()


def _last_digit(number: str) -> float:
    """What the last digit that is shown is worth."""
    mantissa, _, exponent = _digits(number).lower().partition("e")
    if "." not in mantissa:
        return 0.0 if not exponent else 10.0 ** int(exponent)
    return float(10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))
