"""Control flow, functions over functions, and scopes: functions that stand directly in `tf`."""

from tfcompat_tape.control.flow import *
from tfcompat_tape.control.functional import *
from tfcompat_tape.control.graphs import *
from tfcompat_tape.control.python_functions import *
from tfcompat_tape.control.scopes import *
from tfcompat_tape.control.tensor_array import *
from tfcompat_tape.control.vectorized import *
