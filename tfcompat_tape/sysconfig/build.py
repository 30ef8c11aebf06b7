"""How torch was built, in TensorFlow's words."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch

CXX11_ABI_FLAG = int(torch.compiled_with_cxx11_abi())
CXX_VERSION = 201703
MONOLITHIC_BUILD = 0


def get_build_info() -> OrderedDict[str, Any]:
    """Whether the kernels are for CUDA or ROCm, and for which version of it.

    Source: `tf.sysconfig.get_build_info`.

    >>> import tfcompat_tape as tf
    >>> tf.sysconfig.get_build_info()["is_tensorrt_build"]
    False
    """
    found: OrderedDict[str, Any] = OrderedDict(
        is_cuda_build=torch.version.cuda is not None,
        is_rocm_build=torch.version.hip is not None,
        is_tensorrt_build=False,
    )
    if torch.version.cuda is not None:
        version = torch.backends.cudnn.version()
        found["cuda_version"] = torch.version.cuda
        found["cudnn_version"] = str(version // 10000 if version else 0)
        found["cuda_compute_capabilities"] = torch.cuda.get_arch_list()
    return found
