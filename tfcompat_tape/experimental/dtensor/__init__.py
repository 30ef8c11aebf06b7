"""``tf.experimental.dtensor``: values are not spread over the devices of a mesh here: nothing is of these kinds."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.coverage.names import namespace

__all__ = ["DTensorDataset", "DVariable"]


class DTensorDataset:
    """A dataset that is spread over a mesh: UnimplementedError. Source: `tf.experimental.dtensor.DTensorDataset`."""

    def __init__(self, dataset: Any, **kwargs: Any) -> None:
        raise unimplemented(
            "DTensorDataset: values are not spread over a mesh of devices here. Use the dataset itself; for more "
            "devices start a process for each with torchrun."
        )


class DVariable:
    """A variable that is spread over a mesh: UnimplementedError. Source: `tf.experimental.dtensor.DVariable`."""

    def __init__(self, initial_value: Any, *args: Any, **kwargs: Any) -> None:
        raise unimplemented(
            "DVariable: values are not spread over a mesh of devices here. Use tf.Variable; for more devices start a "
            "process for each with torchrun."
        )


__getattr__ = namespace(globals(), "tf.experimental.dtensor")
