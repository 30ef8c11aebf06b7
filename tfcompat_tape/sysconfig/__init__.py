"""The namespace `tf.sysconfig`: how the kernels below were built, which are torch's."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.sysconfig.build import CXX11_ABI_FLAG, CXX_VERSION, MONOLITHIC_BUILD, get_build_info

__all__ = ["CXX11_ABI_FLAG", "CXX_VERSION", "MONOLITHIC_BUILD", "get_build_info"]

__getattr__ = namespace(globals(), "tf.sysconfig")
