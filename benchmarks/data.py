"""The data of the workloads: the same arrays for every framework, and how a run is timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

NAMES = ("chain", "mlp64", "mlp512", "conv", "jacobian", "batch_jacobian", "hessian", "penalty")


def make(name: str) -> dict[str, Any]:
    """The arrays that workload `name` starts from, float32."""
    random = np.random.RandomState(0)

    def normal(*shape: int, scale: float = 1.0) -> Any:
        return (scale * random.standard_normal(shape)).astype(np.float32)

    if name == "chain":
        return {"x": np.float32(0.5)}
    if name in ("mlp64", "mlp512"):
        width, batch = (64, 32) if name == "mlp64" else (512, 128)
        return {
            "weights": [normal(width, width, scale=width**-0.5) for _ in range(3)],
            "biases": [normal(width, scale=0.1) for _ in range(3)],
            "x": normal(batch, width),
        }
    if name == "conv":
        return {
            "first": normal(3, 3, 3, 8, scale=0.2),
            "second": normal(3, 3, 8, 8, scale=0.1),
            "x": normal(4, 16, 16, 3),
        }
    if name == "jacobian":
        return {"w": normal(512, 512, scale=512**-0.5), "x": normal(512)}
    if name == "batch_jacobian":
        return {"w": normal(32, 32, scale=32**-0.5), "x": normal(64, 32)}
    if name == "hessian":
        return {"w": normal(48, 48, scale=48**-0.5), "x": normal(48)}
    if name == "penalty":
        return {"w": normal(32, 32, scale=32**-0.5), "v": normal(32, 1), "x": normal(16, 32)}
    raise ValueError(f"no workload is called {name!r}")


def seconds(run: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Time of one run."""
    start = clock()
    run()
    return clock() - start
