"""Functions that converted scripts are given, plain torch with TensorFlow's values and gradients."""

from __future__ import annotations

from typing import Any

import torch

# Values


def tf_constant(value: Any) -> Any:
    """A tensor: integers of Python's are int32, its floats float32, and what has a dtype keeps it."""
    if isinstance(value, torch.Tensor):
        return value
    leaves = [value]
    while not hasattr(value, "dtype") and any(isinstance(one, (list, tuple)) for one in leaves):
        leaves = [x for one in leaves for x in (one if isinstance(one, (list, tuple)) else [one])]
    if hasattr(value, "dtype"):
        return torch.tensor(value)
    if not all(type(one) in (bool, int, float) for one in leaves):
        raise TypeError(f"no tensor is made of {value!r}")
    kinds = {type(one) for one in leaves}
    return torch.tensor(value, dtype=torch.int32 if kinds == {int} else None)


def tf_array(x: Any) -> Any:
    """A tensor as NumPy's array, or number; anything else as it is."""
    return x.detach().numpy().copy()[()] if isinstance(x, torch.Tensor) else x


def tf_function(f: Any) -> Any:
    """`f`, which makes tensors of the arrays that it is called with, and of numbers that it gives."""

    def tensor(x: Any, numbers: Any = False) -> Any:
        if isinstance(x, dict):
            return {key: tensor(one, numbers) for key, one in x.items()}
        if type(x) in (list, tuple):
            return type(x)([tensor(one, numbers) for one in x])
        array = type(x).__module__ == "numpy" and hasattr(x, "dtype")
        return tf_constant(x) if array or (numbers and type(x) in (bool, int, float)) else x

    def call(*args: Any, **kwargs: Any) -> Any:
        result = f(*[tensor(x) for x in args], **{key: tensor(x) for key, x in kwargs.items()})
        return tensor(result, numbers=True)

    return call


# Arithmetic


def tf_maximum(x: Any, y: Any) -> Any:
    """The larger one; where they are equal the gradient is that of `x`."""
    return torch.where((x >= y) | torch.isnan(x), x, y)


def tf_minimum(x: Any, y: Any) -> Any:
    """The smaller one; where they are equal the gradient is that of `x`."""
    return torch.where((x <= y) | torch.isnan(x), x, y)


def tf_clip_by_value(x: Any, low: Any, high: Any) -> Any:
    """`x` between two bounds; its gradient is 1 there, bounds included, and 0 outside."""
    return torch.where(x < low, low, torch.where(x > high, high, x))


def tf_divide_no_nan(x: Any, y: Any) -> Any:
    """`x / y`, and 0 where `y` is 0."""
    zero = y == 0
    return torch.where(zero, 0.0, x / torch.where(zero, 1.0, y))


def tf_norm(x: Any, dim: Any = None, keepdim: Any = False) -> Any:
    """The Euclidean norm; at 0 its gradient is NaN."""
    return torch.sqrt(torch.sum(x * x, dim=dim, keepdim=keepdim))


def tf_l2_normalize(x: Any, dim: Any, epsilon: Any = 1e-12) -> Any:
    """`x` divided by its norm along `dim`."""
    squares = torch.sum(torch.square(x), dim=dim, keepdim=True)
    return x * torch.rsqrt(torch.where(squares >= epsilon, squares, epsilon))


def tf_reduce_std(x: Any, dim: Any = None, keepdim: Any = False) -> Any:
    """The standard deviation of the population; where that is 0 its gradient is NaN."""
    return torch.sqrt(torch.var(x, dim=dim, correction=0, keepdim=keepdim))


def tf_global_norm(tensors: Any) -> Any:
    """The norm of all tensors together; `None` counts as nothing."""
    squares: Any = sum(torch.sum(x * x) for x in tensors if x is not None)
    return torch.sqrt(squares)


def tf_clip_by_global_norm(tensors: Any, most: Any) -> Any:
    """The tensors, scaled down if their norm together is larger than `most`; and that norm."""
    norm = tf_global_norm(tensors)
    scale = most * torch.clamp(1.0 / norm, max=1.0 / most)
    return [None if x is None else x * scale for x in tensors], norm


def tf_clip_by_norm(x: Any, most: Any) -> Any:
    """`x`, scaled down if its norm is larger than `most`."""
    squares = torch.sum(x * x)
    norm = torch.where(squares > 0, torch.sqrt(torch.where(squares > 0, squares, 1.0)), squares)
    return x * most / torch.clamp(norm, min=most)


def tf_polyval(coefficients: Any, x: Any) -> Any:
    """A polynomial at `x`, its coefficients from the highest power down."""
    total = torch.zeros_like(x)
    for one in coefficients:
        total = total * x + one
    return total


def tf_svd(x: Any, full: Any = False) -> Any:
    """The singular values, and the matrices of the left and of the right vectors, as columns."""
    u, s, vh = torch.linalg.svd(x, full_matrices=full)
    return s, u, vh.mH


def tf_check_numerics(x: Any, message: Any) -> Any:
    """`x`, if all of it is finite."""
    if not bool(torch.isfinite(x).all()):
        raise ValueError(f"{message} : Tensor had NaN or Inf values")
    return x


def tf_assert(how: Any, x: Any, y: Any, message: Any = None) -> None:
    """Raise unless `x` is `how` beside `y`, everywhere."""
    if not bool(getattr(torch, {"equal": "eq"}.get(how, how))(x, y).all()):
        raise ValueError(f"{message or ''} not {how}: {x} and {y}".strip())


def tf_assert_near(x: Any, y: Any, rtol: Any = None, atol: Any = None) -> None:
    """Raise unless `x` is close to `y`, by 10 roundings if it is not said how close."""
    small = 10 * torch.finfo(x.dtype).eps
    room = (small if atol is None else atol) + (small if rtol is None else rtol) * torch.abs(y)
    if not bool((torch.abs(x - y) <= room).all()):
        raise ValueError(f"not near: {x} and {y}")


# Shapes


def tf_ensure_shape(x: Any, shape: Any) -> Any:
    """`x`, if it has this shape, in which `None` is any length."""
    if len(shape) != x.ndim or any(n not in (None, m) for n, m in zip(shape, x.shape, strict=True)):
        raise ValueError(f"{tuple(x.shape)} is not of the shape {tuple(shape)}")
    return x


def tf_transpose(x: Any) -> Any:
    """`x` with its axes in the reverse order."""
    return torch.permute(x, tuple(reversed(range(x.ndim))))


def tf_pad(x: Any, paddings: Any, mode: Any = "constant", value: Any = 0) -> Any:
    """`x` with so many entries before and after it along each axis."""
    widths = [int(n) for pair in reversed(list(paddings)) for n in pair]
    return torch.nn.functional.pad(x, widths, mode, value)


def tf_gather(x: Any, indices: Any, dim: Any) -> Any:
    """The slices of `x` at `indices` along an axis."""
    dim = dim % x.ndim
    found = torch.index_select(x, dim, indices.reshape(-1))
    return found.reshape(x.shape[:dim] + indices.shape + x.shape[dim + 1 :])


def tf_gather_nd(x: Any, indices: Any) -> Any:
    """The slices of `x` that the last axis of `indices` points to."""
    return x[tuple(indices.unbind(-1))]


def tf_one_hot(indices: Any, depth: Any, dtype: Any = torch.float32) -> Any:
    """1 at the index along a new last axis; nothing where the index is out of range."""
    return (indices.unsqueeze(-1) == torch.arange(depth, device=indices.device)).to(dtype)


def tf_sequence_mask(lengths: Any, most: Any, dtype: Any = torch.bool) -> Any:
    """True up to each length along a new last axis."""
    return (torch.arange(most, device=lengths.device) < lengths.unsqueeze(-1)).to(dtype)


def tf_top_k(x: Any, k: Any = 1) -> Any:
    """The `k` largest values along the last axis, and where they are; of equal ones the first."""
    from collections import namedtuple

    values, indices = torch.sort(x, dim=-1, descending=True, stable=True)
    TopKV2 = namedtuple("TopKV2", ["values", "indices"])
    return TopKV2(values[..., :k], indices[..., :k].to(torch.int32))


def tf_segment_sum(x: Any, segments: Any, count: Any) -> Any:
    """The sums of the slices of `x` that have the same segment."""
    result = torch.zeros((int(count), *x.shape[1:]), dtype=x.dtype, device=x.device)
    return result.index_add(0, segments, x)


def tf_segment_mean(x: Any, segments: Any, count: Any) -> Any:
    """The means of the slices of `x` that have the same segment; 0 where there is none."""
    counts = torch.bincount(segments.reshape(-1), minlength=int(count)).clamp(min=1).to(x.dtype)
    return tf_segment_sum(x, segments, count) / counts.reshape(-1, *[1] * (x.ndim - 1))


def tf_in_top_k(targets: Any, predictions: Any, k: Any) -> Any:
    """Whether the prediction of each target is among the `k` largest."""
    own = torch.gather(predictions, 1, targets.long().unsqueeze(1))
    return ((predictions > own).sum(1) < k) & torch.isfinite(own.squeeze(1))


def tf_confusion_matrix(labels: Any, predictions: Any, count: Any) -> Any:
    """How often each prediction was made for each label."""
    found = torch.bincount(labels.long() * count + predictions.long(), minlength=count * count)
    return found.reshape(count, count).to(torch.int32)


def tf_scatter_nd(indices: Any, updates: Any, shape: Any) -> Any:
    """Zeros to which the updates are added at the indices."""
    zeros = torch.zeros(tuple(shape), dtype=updates.dtype, device=updates.device)
    return zeros.index_put(tuple(indices.long().unbind(-1)), updates, accumulate=True)


def tf_unique(x: Any) -> Any:
    """The values in the order in which they come first, and for each entry which of them it is."""
    from collections import namedtuple

    values, inverse = torch.unique(x, return_inverse=True)
    first = torch.full(values.shape, len(x)).scatter_reduce(0, inverse, torch.arange(len(x)), "amin")
    order = torch.argsort(first)
    Unique = namedtuple("Unique", ["y", "idx"])
    return Unique(values[order], torch.argsort(order)[inverse].to(torch.int32))


def tf_reverse_sequence(x: Any, lengths: Any, dim: Any, batch_dim: Any) -> Any:
    """`x` with the first entries of each example, as many as its length, in the reverse order."""
    moved = x.movedim((batch_dim, dim), (0, 1))
    places = torch.arange(moved.shape[1]).expand(moved.shape[0], -1)
    lengths = lengths.unsqueeze(1)
    places = torch.where(places < lengths, lengths - 1 - places, places)
    return moved[torch.arange(moved.shape[0]).unsqueeze(1), places].movedim((0, 1), (batch_dim, dim))


# Neural networks


def tf_softplus(x: Any) -> Any:
    """log(1 + exp(x))."""
    return torch.logaddexp(x, torch.zeros_like(x))


def tf_selu(x: Any) -> Any:
    """Scaled exponential linear units; the gradient at 0 is that of the positive half."""
    below = 1.7580993408473768 * torch.expm1(torch.clamp(x, max=0.0))
    return torch.where(x >= 0, 1.0507009873554805 * x, below)


def tf_weighted_cross_entropy(labels: Any, logits: Any, weight: Any) -> Any:
    """The cross entropy of a sigmoid, positive labels weighted."""
    factor = 1.0 + (weight - 1.0) * labels
    return (1.0 - labels) * logits + factor * (
        torch.log1p(torch.exp(-torch.abs(logits))) + torch.relu(-logits)
    )


def tf_softmax_cross_entropy(labels: Any, logits: Any) -> Any:
    """The cross entropy along the last axis; the gradient takes it that labels sum to 1."""
    total = torch.logsumexp(logits, dim=-1)
    return total - torch.sum(labels * logits, dim=-1) + (torch.sum(labels, dim=-1) - 1.0) * total.detach()


def tf_sparse_softmax_cross_entropy(labels: Any, logits: Any) -> Any:
    """The cross entropy along the last axis, for labels that are indices."""
    chosen = torch.gather(torch.log_softmax(logits, dim=-1), -1, labels.long().unsqueeze(-1))
    return -chosen.squeeze(-1)


def tf_moments(x: Any, dim: Any, keepdim: Any = False) -> Any:
    """The mean and the variance along axes."""
    mean = torch.mean(x, dim=dim, keepdim=True)
    variance = torch.mean(torch.square(x - mean.detach()), dim=dim, keepdim=keepdim)
    return torch.mean(x, dim=dim, keepdim=keepdim), variance


def tf_batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, epsilon: Any) -> Any:
    """`x` with its mean taken away and its variance 1, then scaled and shifted."""
    factor = torch.rsqrt(variance + epsilon) * (1.0 if scale is None else scale)
    return x * factor + ((0.0 if offset is None else offset) - mean * factor)


def tf_windows(x: Any, size: Any, strides: Any, padding: Any, value: Any) -> Any:
    """`x`, (batch, height, width, channels), as (batch, channels, height, width) with the padding around it."""
    x = x.permute(0, 3, 1, 2)
    if padding == "VALID":
        return x
    widths = []
    for n, k, s in reversed(list(zip(x.shape[2:], size, strides, strict=True))):
        total = max((-(-n // s) - 1) * s + k - n, 0)
        widths += [total // 2, total - total // 2]
    return torch.nn.functional.pad(x, widths, value=value)


def tf_pair(n: Any) -> Any:
    """Height and width, of a number, a pair, or four numbers for (batch, height, width, channels)."""
    numbers = [n] if isinstance(n, int) else list(n)
    return numbers * 2 if len(numbers) == 1 else numbers[-3:-1] if len(numbers) == 4 else numbers


def tf_conv2d(x: Any, kernel: Any, strides: Any, padding: Any) -> Any:
    """The convolution of (batch, height, width, channels) with a kernel (height, width, channels, filters)."""
    strides = tf_pair(strides)
    x = tf_windows(x, kernel.shape[:2], strides, padding, 0.0)
    return torch.nn.functional.conv2d(x, kernel.permute(3, 2, 0, 1), stride=strides).permute(0, 2, 3, 1)


def tf_conv1d(x: Any, kernel: Any, stride: Any, padding: Any) -> Any:
    """The convolution of (batch, width, channels) with a kernel (width, channels, filters)."""
    return tf_conv2d(x.unsqueeze(1), kernel.unsqueeze(0), (1, stride), padding).squeeze(1)


def tf_depthwise_conv2d(x: Any, kernel: Any, strides: Any, padding: Any) -> Any:
    """The convolution of each channel with kernels of its own, (height, width, channels, multiplier)."""
    strides = tf_pair(strides)
    x = tf_windows(x, kernel.shape[:2], strides, padding, 0.0)
    filters = kernel.permute(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])
    found = torch.nn.functional.conv2d(x, filters, stride=strides, groups=x.shape[1])
    return found.permute(0, 2, 3, 1)


def tf_conv2d_transpose(x: Any, kernel: Any, shape: Any, strides: Any, padding: Any) -> Any:
    """What a convolution with the kernel (height, width, channels, filters) has as gradient, of the shape given."""
    strides, shape = tf_pair(strides), list(shape)
    full = torch.nn.functional.conv_transpose2d(
        x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=strides
    )
    ends = []
    for n, k, s in zip(shape[1:3], kernel.shape[:2], strides, strict=True):
        total = 0 if padding == "VALID" else max((-(-n // s) - 1) * s + k - n, 0)
        ends.append((total // 2, total // 2 + n))
    (top, bottom), (left, right) = ends
    missing = (0, max(right - full.shape[3], 0), 0, max(bottom - full.shape[2], 0))
    full = torch.nn.functional.pad(full, missing)
    return full[:, :, top:bottom, left:right].permute(0, 2, 3, 1)


def tf_space_to_depth(x: Any, size: Any) -> Any:
    """Blocks of (batch, height, width, channels) as channels."""
    n, h, w, c = x.shape
    blocks = x.reshape(n, h // size, size, w // size, size, c).permute(0, 1, 3, 2, 4, 5)
    return blocks.reshape(n, h // size, w // size, size * size * c)


def tf_depth_to_space(x: Any, size: Any) -> Any:
    """Channels of (batch, height, width, channels) as blocks."""
    n, h, w, c = x.shape
    blocks = x.reshape(n, h, w, size, size, c // size**2).permute(0, 1, 3, 2, 4, 5)
    return blocks.reshape(n, h * size, w * size, c // size**2)


def tf_max_pool2d(x: Any, size: Any, strides: Any, padding: Any) -> Any:
    """The largest values in windows of (batch, height, width, channels)."""
    size, strides = tf_pair(size), tf_pair(strides)
    x = tf_windows(x, size, strides, padding, float("-inf"))
    return torch.nn.functional.max_pool2d(x, size, strides).permute(0, 2, 3, 1)


def tf_avg_pool2d(x: Any, size: Any, strides: Any, padding: Any) -> Any:
    """The means of windows of (batch, height, width, channels); entries outside of `x` do not count."""
    size, strides = tf_pair(size), tf_pair(strides)
    inside = tf_windows(torch.ones_like(x[:1]), size, strides, padding, 0.0)
    x = tf_windows(x, size, strides, padding, 0.0)
    means = torch.nn.functional.avg_pool2d(x, size, strides)
    return (means / torch.nn.functional.avg_pool2d(inside, size, strides)).permute(0, 2, 3, 1)


# Control


def tf_map_fn(f: Any, elements: Any) -> Any:
    """`f` of each element along the first axis, stacked."""
    several = isinstance(elements, (list, tuple))
    results = (
        [f(type(elements)(row)) for row in zip(*elements, strict=True)]
        if several
        else [f(x) for x in elements]
    )
    if isinstance(results[0], (list, tuple)):
        return type(results[0])(torch.stack(column) for column in zip(*results, strict=True))
    return torch.stack(results)


def tf_scan(f: Any, elements: Any, first: Any = None, reverse: Any = False) -> Any:
    """`f` of what it gave last and the next element, stacked; it begins with `first`, or with an element."""
    rows = list(elements.unbind(0))
    rows = rows[::-1] if reverse else rows
    results = []
    state = first
    if state is None:
        state = rows.pop(0)
        results.append(state)
    for row in rows:
        state = f(state, row)
        results.append(state)
    return torch.stack(results[::-1] if reverse else results)


class Tf_TensorArray:
    """Tensors by number, that are written one by one and stacked."""

    def __init__(self, dtype: Any, size: Any = 0, dynamic_size: Any = False, shape: Any = None) -> None:
        self.dtype, self.shape = dtype, shape
        self.entries: Any = {}
        self.length, self.grows = int(size), dynamic_size

    def write(self, index: Any, value: Any) -> Any:
        """Set the entry of a number."""
        index = int(index)
        if not 0 <= index < self.length and not (self.grows and index >= 0):
            raise IndexError(f"index {index} of {self.length} entries")
        self.entries[index], self.length = value, max(self.length, index + 1)
        return self

    def read(self, index: Any) -> Any:
        """The entry of a number."""
        return self.entries[int(index)]

    def size(self) -> Any:
        """How many there are."""
        return torch.tensor(self.length, dtype=torch.int32)

    def stack(self) -> Any:
        """All of them along a new first axis; what was not written is 0."""
        like = next(iter(self.entries.values()))
        return torch.stack([self.entries.get(i, torch.zeros_like(like)) for i in range(self.length)])

    def unstack(self, value: Any) -> Any:
        """Write all of them."""
        self.entries, self.length = dict(enumerate(value.unbind(0))), len(value)
        return self

    def concat(self) -> Any:
        """All of them, along the first axis that they have."""
        return torch.cat([self.entries[i] for i in range(self.length)])


def tf_while_loop(condition: Any, body: Any, values: Any) -> Any:
    """`body` over and over, while the condition holds; numbers are tensors in it."""
    kind = type(values)
    dtypes = {int: torch.int32, float: torch.float32, bool: torch.bool}
    values = [torch.tensor(v, dtype=dtypes[type(v)]) if type(v) in dtypes else v for v in values]
    while condition(*values):
        result = body(*values)
        values = list(result) if isinstance(result, (list, tuple)) else [result]
    return kind(values)
