"""The namespace `tf.raw_ops`: every op of the registry, called by keyword with TensorFlow's own argument names.

Nothing else stands here, since an op may have any name (`Any` is one); `tfcompat_tape._raw_calls` makes the functions.
"""

from tfcompat_tape import _coverage, _raw_calls


def __getattr__(name: str) -> object:
    if name not in __dir__():
        raise _coverage.missing_name("tf.raw_ops", name)
    function = globals()[name] = _raw_calls.make(name)
    return function


def __dir__() -> list[str]:
    return _raw_calls.covered()
