"""The namespace `tf.config.threading`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.config.threading.pools import (
    get_inter_op_parallelism_threads,
    get_intra_op_parallelism_threads,
    set_inter_op_parallelism_threads,
    set_intra_op_parallelism_threads,
)

__all__ = [
    "get_inter_op_parallelism_threads",
    "get_intra_op_parallelism_threads",
    "set_inter_op_parallelism_threads",
    "set_intra_op_parallelism_threads",
]

__getattr__ = namespace(globals(), "tf.config.threading")
