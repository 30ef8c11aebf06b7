"""For pytest: `pytest -p tfcompat_tape.porting.as_tensorflow` runs tests whose `import tensorflow` is this package.

It is read before anything else, so that test modules and what they import find no other TensorFlow.
"""

from tfcompat_tape.porting.importing import install

install()
