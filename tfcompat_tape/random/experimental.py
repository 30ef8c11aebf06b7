"""The namespace `tf.random.experimental`: earlier names of what is in `tf.random` now."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.random.generator import (
    Generator,
    create_rng_state,
    get_global_generator,
    set_global_generator,
)
from tfcompat_tape.random.shuffling import index_shuffle
from tfcompat_tape.random.stateless import Algorithm, stateless_shuffle
from tfcompat_tape.random.stateless import fold_in as stateless_fold_in
from tfcompat_tape.random.stateless import split as stateless_split

__all__ = [
    "Algorithm",
    "Generator",
    "create_rng_state",
    "get_global_generator",
    "index_shuffle",
    "set_global_generator",
    "stateless_fold_in",
    "stateless_shuffle",
    "stateless_split",
]

__getattr__ = namespace(globals(), "tf.random.experimental")
