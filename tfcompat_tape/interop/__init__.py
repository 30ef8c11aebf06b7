"""Between torch and the tape: torch's functions and modules on Tensors, `tf` functions and Variables in torch code."""

from tfcompat_tape.interop.distributed import DistributedGradientTape
from tfcompat_tape.interop.functions import torch_op
from tfcompat_tape.interop.modules import TorchModule, from_module
from tfcompat_tape.interop.optimizers import TorchOptimizer
from tfcompat_tape.interop.shared import as_parameter, as_variable
from tfcompat_tape.interop.to_torch import TapeModule, to_module, to_torch

__all__ = [
    "DistributedGradientTape",
    "TapeModule",
    "TorchModule",
    "TorchOptimizer",
    "as_parameter",
    "as_variable",
    "from_module",
    "to_module",
    "to_torch",
    "torch_op",
]
