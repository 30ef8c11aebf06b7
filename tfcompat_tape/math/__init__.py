"""The namespace `tf.math`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.math import casting, clipping  # parts of which other namespaces take all
from tfcompat_tape.math.arithmetic import *
from tfcompat_tape.math.comparison import *
from tfcompat_tape.math.complex_numbers import *
from tfcompat_tape.math.counting import *
from tfcompat_tape.math.cumulative import *
from tfcompat_tape.math.elementary import *
from tfcompat_tape.math.gamma import *
from tfcompat_tape.math.ordering import *
from tfcompat_tape.math.permutations import *
from tfcompat_tape.math.reductions import *
from tfcompat_tape.math.rounding import *
from tfcompat_tape.math.segments import *
from tfcompat_tape.math.sobol import *
from tfcompat_tape.math.special import bessel_i0, bessel_i0e, bessel_i1, bessel_i1e
from tfcompat_tape.math.sums import *
from tfcompat_tape.nn.activations import log_softmax, softmax
from tfcompat_tape.nn.normalization import l2_normalize

__getattr__ = namespace(globals(), "tf.math")
