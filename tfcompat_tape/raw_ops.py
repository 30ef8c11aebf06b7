"""The namespace `tf.raw_ops`: every op of the registry, called by keyword with TensorFlow's own argument names.

Nothing else stands here, since an op may have any name (`Any` is one); `ops.raw.calls` makes the functions.
Ops that plugins brought are here too, while they are loaded.
"""

from tfcompat_tape.core import hooks as _hooks
from tfcompat_tape.coverage import names as _coverage
from tfcompat_tape.ops.raw import calls as _raw_calls


def __getattr__(name: str) -> object:
    if name not in _raw_calls.covered() and not name.startswith("_"):
        _hooks.need()
    if name in _hooks.raw_calls:
        return _hooks.raw_calls[name]
    if name not in _raw_calls.covered():
        raise _coverage.missing_name("tf.raw_ops", name)
    function = globals()[name] = _raw_calls.make(name)
    return function


def __dir__() -> list[str]:
    return sorted({*_raw_calls.covered(), *_hooks.raw_calls})
