"""The mel scale of frequencies."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core import devices
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import mul
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.signal.cosine import dct

__all__ = ["linear_to_mel_weight_matrix", "mfccs_from_log_mel_spectrograms"]


@composed
def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: Any = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = float32,
    name: Any = None,
) -> Tensor:
    """The matrix that sums up the bins of a spectrogram in overlapping triangles, evenly spaced on the mel scale.

    Args:
      num_mel_bins, num_spectrogram_bins: the numbers of columns and rows.
      sample_rate: samples a second; the last row stands for half of it.
      lower_edge_hertz, upper_edge_hertz: the band that the triangles cover.
      dtype: a floating dtype.

    Raises:
      ValueError: a number of columns or a sample rate that is not positive, edges out of order, another dtype.

    Source: `tf.signal.linear_to_mel_weight_matrix`.

    >>> import tfcompat_tape as tf
    >>> tf.signal.linear_to_mel_weight_matrix(40, 257, 16000).shape
    TensorShape([257, 40])
    """
    dtype = as_dtype(dtype)
    rate = float(convert(sample_rate)._t)
    rows = int(convert(num_spectrogram_bins)._t)
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if lower_edge_hertz < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower_edge_hertz}")
    if lower_edge_hertz >= upper_edge_hertz:
        raise ValueError(f"lower_edge_hertz {lower_edge_hertz} >= upper_edge_hertz {upper_edge_hertz}")
    if rate <= 0.0:
        raise ValueError(f"sample_rate must be positive. Got: {sample_rate}")
    if upper_edge_hertz > rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). "
            f"Got {upper_edge_hertz} for sample_rate: {sample_rate}"
        )
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype!r}")
    edges = torch.linspace(
        _mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2, dtype=torch.float64
    )
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    frequencies = torch.linspace(0.0, rate / 2, max(rows, 1), dtype=torch.float64)[
        1:, None
    ]  # not that of zero
    mels = 1127.0 * torch.log1p(frequencies / 700.0)
    triangles = torch.minimum((mels - low) / (middle - low), (high - mels) / (high - middle))
    weights = torch.nn.functional.pad(triangles.clamp(min=0.0), (0, 0, 1, 0))
    return Tensor(weights.to(devices.current(), dtype.torch), None)


def _mel(hertz: float) -> float:
    return 1127.0 * math.log1p(hertz / 700.0)


@composed
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: Any = None) -> Any:
    """The mel-frequency cepstral coefficients: an orthogonal cosine transform, as HTK scales it.

    Args:
      log_mel_spectrograms: float32 or float64, of shape `[..., num_mel_bins]`.

    Raises:
      ValueError: there are no bins.

    Source: `tf.signal.mfccs_from_log_mel_spectrograms`.

    >>> import tfcompat_tape as tf
    >>> tf.signal.mfccs_from_log_mel_spectrograms(tf.ones([5, 40])).shape
    TensorShape([5, 40])
    """
    x = as_tensor(log_mel_spectrograms)
    bins = x._t.shape[-1]
    if not bins:
        raise ValueError(f"num_mel_bins must be positive. Got: {log_mel_spectrograms}")
    return mul(dct(x, type=2), 1.0 / math.sqrt(2.0 * bins))
