"""``tf.__internal__.decorator``."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.porting.internals.tf_decorator import make_decorator, unwrap

__all__ = ["make_decorator", "unwrap"]

__getattr__ = namespace(globals(), "tf.__internal__.decorator")
