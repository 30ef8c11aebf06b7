"""The namespace `tf.nn`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.math.elementary import sigmoid, softplus, softsign, tanh
from tfcompat_tape.math.ordering import approx_max_k as approx_max_k
from tfcompat_tape.math.ordering import approx_min_k as approx_min_k
from tfcompat_tape.nn import experimental
from tfcompat_tape.nn.activations import *
from tfcompat_tape.nn.cells import *
from tfcompat_tape.nn.convolution import *
from tfcompat_tape.nn.ctc import *
from tfcompat_tape.nn.ctc_decoding import *
from tfcompat_tape.nn.depth import *
from tfcompat_tape.nn.dropout import *
from tfcompat_tape.nn.embedding import *
from tfcompat_tape.nn.fractional_pooling import *
from tfcompat_tape.nn.isotonic import *
from tfcompat_tape.nn.losses import *
from tfcompat_tape.nn.morphology import *
from tfcompat_tape.nn.normalization import *
from tfcompat_tape.nn.pooling import *
from tfcompat_tape.nn.sampled import *
from tfcompat_tape.nn.space import *
from tfcompat_tape.nn.sparse_embedding import *
from tfcompat_tape.ops import block_lstm

__getattr__ = namespace(globals(), "tf.nn")
