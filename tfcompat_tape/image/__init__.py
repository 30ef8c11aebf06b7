"""The namespace `tf.image`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.image.boxes import *
from tfcompat_tape.image.color import *
from tfcompat_tape.image.files import *
from tfcompat_tape.image.geometry import *
from tfcompat_tape.image.patches import *
from tfcompat_tape.image.quality import *
from tfcompat_tape.image.randomly import *
from tfcompat_tape.image.resizing import *
from tfcompat_tape.image.suppression import *

__getattr__ = namespace(globals(), "tf.image")
