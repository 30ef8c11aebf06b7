"""Functions of matrices against numpy, on shapes and dtypes that hypothesis draws."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tfcompat_tape as tf

DTYPES = ["float32", "float64", "complex64", "complex128"]
RTOL = {"float32": 1e-4, "complex64": 1e-4, "float64": 1e-10, "complex128": 1e-10, "int32": 0.0}
sizes = st.integers(0, 4)
some = st.integers(1, 4)
seeds = st.integers(0, 1000)


def draw(shape: Any, dtype: str, seed: int) -> np.ndarray:
    rng = np.random.RandomState(seed)
    if dtype.startswith("int"):
        return rng.randint(-5, 6, shape).astype(dtype)
    array = rng.uniform(-1, 1, shape)
    if dtype.startswith("complex"):
        array = array + 1j * rng.uniform(-1, 1, shape)
    return array.astype(dtype)


def agree(got: Any, want: np.ndarray, dtype: str) -> None:
    want = np.asarray(want)
    assert tuple(got.shape) == want.shape
    np.testing.assert_allclose(np.asarray(got), want, rtol=RTOL[dtype], atol=RTOL[dtype])


@st.composite
def batches(draws: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two batch shapes that broadcast."""
    full = draws(st.lists(st.integers(1, 3), max_size=2))
    first, second = ([draws(st.sampled_from([n, 1])) for n in full] for _ in range(2))
    return tuple(first[draws(st.integers(0, len(full))) :]), tuple(second)


@given(
    batches(), sizes, sizes, sizes, st.sampled_from([*DTYPES, "int32"]), seeds, st.booleans(), st.booleans()
)
def test_matmul(
    batch: Any, m: int, k: int, n: int, dtype: str, seed: int, turn_a: bool, turn_b: bool
) -> None:
    a = draw((*batch[0], m, k), dtype, seed)
    b = draw((*batch[1], k, n), dtype, seed + 1)
    given_a = np.swapaxes(a, -1, -2) if turn_a else a
    given_b = np.conj(np.swapaxes(b, -1, -2)) if turn_b else b
    agree(tf.matmul(given_a, given_b, transpose_a=turn_a, adjoint_b=turn_b), a @ b, dtype)


@given(st.integers(1, 3), st.data())
def test_einsum(count: int, data: Any) -> None:
    labels = data.draw(st.lists(st.text("abcd", max_size=3), min_size=count, max_size=count))
    there = sorted(set("".join(labels)))
    output = data.draw(st.permutations(there))[: data.draw(st.integers(0, len(there)))]
    size = {label: 2 + i for i, label in enumerate("abcd")}
    arrays = [draw([size[label] for label in term], "float64", i) for i, term in enumerate(labels)]
    equation = f"{','.join(labels)}->{''.join(output)}"
    agree(tf.einsum(equation, *arrays), np.einsum(equation, *arrays), "float64")


@given(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.data())
def test_tensordot(left: int, right: int, summed: int, data: Any) -> None:
    shared = [2 + i for i in range(summed)]
    shape_a = data.draw(st.permutations([5] * left + shared))
    shape_b = data.draw(st.permutations([6] * right + shared))
    axes = [[shape_a.index(n) for n in shared], [shape_b.index(n) - len(shape_b) for n in shared]]
    a, b = draw(shape_a, "float64", 0), draw(shape_b, "float64", 1)
    agree(tf.tensordot(a, b, axes), np.tensordot(a, b, axes), "float64")


@given(
    st.lists(some, min_size=1, max_size=3),
    st.sampled_from([1, 2, 3, math.inf, "euclidean"]),
    st.booleans(),
    st.data(),
)
def test_norm(shape: list[int], ord: Any, keepdims: bool, data: Any) -> None:
    axis = data.draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1)))
    x = draw(shape, "float64", 3)
    want = np.linalg.norm(
        x.reshape(-1) if axis is None else x, 2 if ord == "euclidean" else ord, 0 if axis is None else axis
    )
    if keepdims:
        want = np.reshape(want, [1] * len(shape)) if axis is None else np.expand_dims(want, axis)
    agree(tf.norm(x, ord, axis, keepdims), want, "float64")


@given(st.integers(-4, 4), st.integers(1, 4), st.sampled_from(["float32", "int32", "bool", "uint16"]))
def test_one_diagonal(k: int, n: int, dtype: str) -> None:
    values = np.arange(1, n + 1).astype(dtype)
    matrix = np.diag(values, k)
    np.testing.assert_array_equal(tf.linalg.diag(values, k=k), matrix)
    np.testing.assert_array_equal(tf.linalg.diag_part(matrix, k=k), values)
    np.testing.assert_array_equal(tf.linalg.set_diag(np.zeros_like(matrix), values, k=k), matrix)


@given(
    st.integers(1, 4),
    st.integers(1, 4),
    st.data(),
    st.sampled_from(["RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"]),
)
def test_a_band_out_of_a_matrix_and_back(rows: int, columns: int, data: Any, align: str) -> None:
    low = data.draw(st.integers(1 - rows, columns - 1))
    high = data.draw(st.integers(low, columns - 1))
    x = draw((2, rows, columns), "float64", 1) + 3.0
    band = np.stack([np.triu(np.tril(m, high), low) for m in x])
    lines = tf.linalg.diag_part(x, k=(low, high), align=align)
    np.testing.assert_array_equal(
        tf.linalg.set_diag(np.zeros_like(x), lines, k=(low, high), align=align), band
    )
    if min(rows, columns) > 0 and (low, high) == (1 - rows, columns - 1):
        back = tf.linalg.diag(lines, k=(low, high), align=align, num_rows=rows, num_cols=columns)
        np.testing.assert_array_equal(back, x)


@given(sizes, sizes, st.integers(-1, 4), st.integers(-1, 4))
def test_band_part(rows: int, columns: int, lower: int, upper: int) -> None:
    x = draw((rows, columns), "float64", 1)
    lower, upper = min(lower, rows), min(upper, columns)
    want = x
    if upper >= 0:
        want = np.tril(want, upper)
    if lower >= 0:
        want = np.triu(want, -lower)
    np.testing.assert_array_equal(tf.linalg.band_part(x, lower, upper), want)


@given(st.lists(st.integers(1, 2), max_size=2), some, some, st.sampled_from(DTYPES), seeds)
def test_solving(batch: list[int], n: int, k: int, dtype: str, seed: int) -> None:
    a = draw((*batch, n, n), dtype, seed) + 3.0 * np.eye(n, dtype=dtype)
    b = draw((*batch, n, k), dtype, seed + 1)
    agree(tf.linalg.inv(a), np.linalg.inv(a), dtype)
    agree(tf.linalg.solve(a, b), np.linalg.solve(a, b), dtype)
    agree(tf.linalg.triangular_solve(a, b), np.linalg.solve(np.tril(a), b), dtype)
    agree(tf.linalg.triangular_solve(a, b, lower=False), np.linalg.solve(np.triu(a), b), dtype)
    agree(tf.linalg.lu_solve(*tf.linalg.lu(a), b), np.linalg.solve(a, b), dtype)
    agree(tf.linalg.lstsq(a, b, fast=False), np.linalg.solve(a, b), dtype)
    np.testing.assert_allclose(tf.linalg.det(a), np.linalg.det(a), rtol=RTOL[dtype] * 10)
    sign, log = tf.linalg.slogdet(a)
    np.testing.assert_allclose(sign * tf.exp(log), np.linalg.det(a), rtol=RTOL[dtype] * 10)


@given(st.lists(st.integers(1, 2), max_size=1), some, some, st.sampled_from(DTYPES), seeds)
def test_decompositions_multiply_to_the_matrix(
    batch: list[int], m: int, n: int, dtype: str, seed: int
) -> None:
    x = draw((*batch, m, n), dtype, seed)
    gram = x @ np.conj(np.swapaxes(x, -1, -2)) + np.eye(m, dtype=dtype)
    q, r = tf.linalg.qr(x)
    agree(tf.matmul(q, r), x, dtype)
    s, u, v = tf.linalg.svd(x)
    agree(tf.matmul(u * tf.cast(s, u.dtype)[..., None, :], v, adjoint_b=True), x, dtype)
    agree(tf.linalg.svd(x, compute_uv=False), np.linalg.svd(x, compute_uv=False), dtype)
    factor = tf.linalg.cholesky(gram)
    agree(tf.matmul(factor, factor, adjoint_b=True), gram, dtype)
    e, w = tf.linalg.eigh(gram)
    agree(tf.matmul(w * e[..., None, :], w, adjoint_b=True), gram, dtype)
    agree(tf.linalg.lu_reconstruct(*tf.linalg.lu(gram)), gram, dtype)
    root = tf.linalg.sqrtm(gram)
    agree(tf.matmul(root, root), gram, dtype)


@given(st.integers(1, 4), st.sampled_from(["complex64", "complex128"]), seeds)
def test_logm_undoes_expm(n: int, dtype: str, seed: int) -> None:
    x = 0.5 * draw((2, n, n), dtype, seed)
    agree(tf.linalg.logm(tf.linalg.expm(x)), x, dtype)


@given(st.integers(1, 9), st.integers(1, 9))
def test_fourier_transforms(n: int, length: int) -> None:
    x, z = tf.constant(draw((2, n), "float64", 1)), tf.constant(draw((2, 3, n), "complex128", 2))
    agree(tf.signal.fft(z), np.fft.fft(z), "complex128")
    agree(tf.signal.ifft2d(z), np.fft.ifft2(z), "complex128")
    agree(tf.signal.fft3d(z), np.fft.fftn(z), "complex128")
    agree(tf.signal.rfft(x, [length]), np.fft.rfft(x, length), "complex128")
    agree(tf.signal.irfft(z, [length]), np.fft.irfft(z, length), "float64")
    agree(tf.signal.rfft2d(x), np.fft.rfft2(x), "complex128")
    agree(tf.signal.fftshift(x), np.fft.fftshift(x), "float64")


@given(some, st.integers(1, 5), st.integers(1, 6))
def test_frames(count: int, length: int, step: int) -> None:
    x = draw((2, (count - 1) * step + length), "float64", 1)
    frames = tf.signal.frame(x, length, step)
    want = np.stack([x[:, i * step : i * step + length] for i in range(count)], 1)
    np.testing.assert_array_equal(frames, want)
    total = np.zeros_like(x)
    for i in range(count):
        total[:, i * step : i * step + length] += want[:, i]
    agree(tf.signal.overlap_and_add(frames, step), total, "float64")


def test_errors_say_what_is_wrong() -> None:
    for function, words in {
        lambda: tf.matmul(tf.ones([2, 3]), tf.ones([2, 3])): ["MatMul", r"\[2, 3\]"],
        lambda: tf.matmul(tf.ones([2, 2]), tf.eye(2, dtype=tf.float64)): [
            "MatMul",
            "float32",
            "float64",
            "tf.cast",
        ],
        lambda: tf.einsum("ij,jk->ik", tf.eye(2), tf.eye(3)): [
            "'j'",
            r"Expected dimension 2 at axis 0 of the input shaped \[3,3\] but got dimension 3",
        ],
        lambda: tf.linalg.inv(tf.zeros([2, 2])): ["MatrixInverse", "not invertible"],
        lambda: tf.linalg.diag_part(tf.eye(2), k=2): ["k=2", "2x2"],
    }.items():
        with pytest.raises(tf.errors.InvalidArgumentError) as info:
            function()
        for word in words:
            assert re.search(word, str(info.value)), (word, str(info.value))
