"""The namespace `tf.data`.

In comes what holds data: tensors, generators, files. Out come elements: structures of Tensors, one by one, in a Python
loop, from `next`, or as arrays. Between them stand steps, each a `Dataset` on top of others (`base.py`): a step opens
its input and hands on flat tuples of raw tensors (`structure.py`); only where a user sees an element are they packed as
Tensors in its structure. Functions of users are traced once and run on raw tensors (`function.py`).

Threads prepare elements ahead (`parallel.py`); nothing else here knows of them.
"""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.iterators import Iterator, NumpyIterator
from tfcompat_tape.data.options import Options, ThreadingOptions
from tfcompat_tape.data.specs import DatasetSpec, IteratorSpec

AUTOTUNE = -1
INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2

__all__ = [
    "AUTOTUNE",
    "INFINITE_CARDINALITY",
    "UNKNOWN_CARDINALITY",
    "Dataset",
    "DatasetSpec",
    "Iterator",
    "IteratorSpec",
    "NumpyIterator",
    "Options",
    "ThreadingOptions",
]

__getattr__ = namespace(
    globals(),
    "tf.data",
    later={
        "FixedLengthRecordDataset": "tfcompat_tape.data.files",
        "TFRecordDataset": "tfcompat_tape.data.files",
        "TextLineDataset": "tfcompat_tape.data.files",
        "experimental": "tfcompat_tape.data.experimental",
    },
    closed=True,
)
