"""The namespace `tf.config.threading`."""

from tfcompat_tape.config.threading.pools import (
    get_inter_op_parallelism_threads,
    get_intra_op_parallelism_threads,
    set_inter_op_parallelism_threads,
    set_intra_op_parallelism_threads,
)
from tfcompat_tape.coverage.names import namespace

__all__ = [
    "get_inter_op_parallelism_threads",
    "get_intra_op_parallelism_threads",
    "set_inter_op_parallelism_threads",
    "set_intra_op_parallelism_threads",
]

__getattr__ = namespace(globals(), "tf.config.threading")
