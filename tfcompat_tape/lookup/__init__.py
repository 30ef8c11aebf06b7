"""The namespace `tf.lookup`: tables from keys to values, which live on the CPU. Nothing of this is differentiable."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.lookup import experimental
from tfcompat_tape.lookup.initializers import KeyValueTensorInitializer, TextFileIndex, TextFileInitializer
from tfcompat_tape.lookup.tables import StaticHashTable
from tfcompat_tape.lookup.vocabulary import StaticVocabularyTable

__all__ = [
    "KeyValueTensorInitializer",
    "StaticHashTable",
    "StaticVocabularyTable",
    "TextFileIndex",
    "TextFileInitializer",
    "experimental",
]

__getattr__ = namespace(globals(), "tf.lookup")
