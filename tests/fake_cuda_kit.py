"""A machine with one GPU whose tensors are fake: they have a device and no values.

A torch that is built with CUDA computes the device of each result as a GPU would have it, and raises where tensors of
two devices meet. `make test-newest` installs such a torch.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from tfcompat_tape.core import devices

CUDA = torch.device("cuda", 0)
needs_cuda_build = pytest.mark.skipif(
    not torch.backends.cuda.is_built(), reason="torch is not built with CUDA"
)
# What torch says where its own autograd, which some derived rules use, asks for the driver of a GPU.
NO_DRIVER = "hasPrimaryContext"


@contextlib.contextmanager
def fake_gpu() -> Iterator[None]:
    """Within this context new tensors are fake, on a GPU that does not exist."""
    with pytest.MonkeyPatch.context() as patch, FakeTensorMode(allow_non_fake_inputs=True):
        patch.setattr(devices, "cuda_count", lambda: 1)
        patch.setattr(devices, "_placement", devices._Placement())
        patch.setattr(devices, "blocks", devices._Blocks())
        yield
