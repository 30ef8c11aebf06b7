"""The namespace `tf.nn.experimental`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.nn.dropout import general_dropout, stateless_dropout

__all__ = ["general_dropout", "stateless_dropout"]

__getattr__ = namespace(globals(), "tf.nn.experimental")
