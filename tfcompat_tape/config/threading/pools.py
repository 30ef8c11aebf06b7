"""``tf.config.threading``: how many CPU threads ops use. Zero, the value at first, leaves it to torch."""

import torch

_chosen = {"intra": 0, "inter": 0}


def get_intra_op_parallelism_threads() -> int:
    """The number of threads of one op; 0 if torch chooses.

    Source: tf.config.threading.get_intra_op_parallelism_threads.

    >>> import tfcompat_tape as tf
    >>> tf.config.threading.get_intra_op_parallelism_threads() >= 0
    True
    """
    return _chosen["intra"]


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Let one op use that many threads. Torch allows it at any time, TensorFlow only before the first op.

    Source: tf.config.threading.set_intra_op_parallelism_threads.

    >>> import tfcompat_tape as tf
    >>> tf.config.threading.set_intra_op_parallelism_threads(0)
    """
    if num_threads > 0:
        torch.set_num_threads(num_threads)
    _chosen["intra"] = num_threads


def get_inter_op_parallelism_threads() -> int:
    """The number of ops that may run side by side; 0 if torch chooses.

    Source: tf.config.threading.get_inter_op_parallelism_threads.

    >>> import tfcompat_tape as tf
    >>> tf.config.threading.get_inter_op_parallelism_threads() >= 0
    True
    """
    return _chosen["inter"]


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Let that many ops run side by side; RuntimeError after torch has started its threads.

    Source: tf.config.threading.set_inter_op_parallelism_threads.

    >>> import tfcompat_tape as tf
    >>> tf.config.threading.set_inter_op_parallelism_threads(0)
    """
    if num_threads > 0:
        torch.set_num_interop_threads(num_threads)
    _chosen["inter"] = num_threads


__all__ = [
    "get_inter_op_parallelism_threads",
    "get_intra_op_parallelism_threads",
    "set_inter_op_parallelism_threads",
    "set_intra_op_parallelism_threads",
]
