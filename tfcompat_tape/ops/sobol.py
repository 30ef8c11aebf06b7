"""The op SobolSample: points that fill the unit cube evenly.

The direction numbers are torch's, which are TensorFlow's: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with
better two-dimensional projections", SIAM Journal on Scientific Computing 30, 2008.
"""

from __future__ import annotations

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, unimplemented

_MOST = torch.quasirandom.SobolEngine.MAXDIM
_BITS = torch.quasirandom.SobolEngine.MAXBIT


def _scalar(name: str, raw: torch.Tensor) -> int:
    if raw.dim():
        raise invalid(f"{name} must be a scalar")
    found: int = reading.item(raw)
    return found


def _sobol(
    dim: torch.Tensor, num_results: torch.Tensor, skip: torch.Tensor, *, dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    if dtype not in (torch.float32, torch.float64):
        raise invalid(
            f"SobolSample: Value for attr 'dtype' of {dtype} is not in the list of allowed values: float, double"
        )
    axes, count, start = _scalar("dim", dim), _scalar("num_results", num_results), _scalar("skip", skip)
    if axes < 1:
        raise invalid("dim must be at least one")
    if count < 1:
        raise invalid("num_results must be at least one")
    if start < 0:
        raise invalid("skip must be non-negative")
    if start + count >= 2**31 - 1:
        raise invalid("num_results+skip must be less than 2147483647")
    if start + count >= 2**_BITS:
        raise unimplemented(f"SobolSample: num_results+skip must be less than 2**{_BITS}.")
    if axes > _MOST:
        raise invalid(f"dim must be at most {_MOST}")
    with reading.outside():
        engine = torch.quasirandom.SobolEngine(axes)
        engine.fast_forward(start + 1)  # the first point, all zeros, is not counted
        return engine.draw(count, dtype=dtype).to(dim.device)


sobol_sample = primitive(
    "SobolSample",
    _sobol,
    inputs="dim num_results skip",
    defaults={"dtype": torch.float32},
    dtypes=frozenset({torch.int32}),
    differentiable=False,
)
