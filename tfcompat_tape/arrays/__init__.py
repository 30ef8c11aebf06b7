"""What makes, reshapes, joins, indexes and selects from tensors: functions that stand directly in `tf`."""

import tfcompat_tape.ops.variable_scatter  # installs methods on Variable
from tfcompat_tape.arrays.conversion import *
from tfcompat_tape.arrays.creation import *
from tfcompat_tape.arrays.identity import *
from tfcompat_tape.arrays.indexing import *
from tfcompat_tape.arrays.inspection import *
from tfcompat_tape.arrays.joining import *
from tfcompat_tape.arrays.scattering import *
from tfcompat_tape.arrays.selection import *
from tfcompat_tape.arrays.sequences import *
from tfcompat_tape.arrays.sets import *
from tfcompat_tape.arrays.shaping import *
from tfcompat_tape.arrays.space import *
from tfcompat_tape.arrays.strings import *
