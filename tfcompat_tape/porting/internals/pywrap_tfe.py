"""`tensorflow.python.pywrap_tfe`: what TensorFlow's runtime says of the machine."""

from __future__ import annotations

__all__ = ["TF_ListPluggablePhysicalDevices"]


def TF_ListPluggablePhysicalDevices() -> list[bytes]:
    """Devices that plugins of TensorFlow brought: none."""
    return []
