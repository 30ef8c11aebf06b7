"""Between torch and the tape: torch's functions and modules on Tensors, `tf` functions and Variables in torch code."""

from tfcompat_tape.interop.functions import torch_op
from tfcompat_tape.interop.modules import TorchModule, from_module
from tfcompat_tape.interop.shared import as_parameter, as_variable

__all__ = ["TorchModule", "as_parameter", "as_variable", "from_module", "torch_op"]
