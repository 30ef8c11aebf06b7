"""`tf.data.Options` and its parts: what a user may say of how a pipeline runs.

Most of it is advice to TensorFlow's C++ runtime. `deterministic` is honoured, and the size of the thread pool; the rest
is kept, merged and shown as in TensorFlow and changes no result.
"""

from __future__ import annotations

import enum
from typing import Any, ClassVar

__all__ = [
    "AutoShardPolicy",
    "AutotuneAlgorithm",
    "AutotuneOptions",
    "DistributeOptions",
    "ExternalStatePolicy",
    "OptimizationOptions",
    "Options",
    "ServiceOptions",
    "ThreadingOptions",
]


class AutoShardPolicy(enum.IntEnum):
    """How a dataset is split over workers. Source: `tf.data.experimental.AutoShardPolicy`."""

    OFF = -1
    AUTO = 0
    FILE = 1
    DATA = 2
    HINT = 3


class AutotuneAlgorithm(enum.Enum):
    """How buffer sizes would be tuned. Source: `tf.data.experimental.AutotuneAlgorithm`."""

    DEFAULT = 0
    HILL_CLIMB = 1
    GRADIENT_DESCENT = 2
    MAX_PARALLELISM = 3
    STAGE_BASED = 4


class ExternalStatePolicy(enum.Enum):
    """What to do about state that cannot be saved. Source: `tf.data.experimental.ExternalStatePolicy`."""

    WARN = 0
    IGNORE = 1
    FAIL = 2


class _Parts:
    """The base of sets of options: the fields, with their types, are in `_FIELDS`."""

    _FIELDS: ClassVar[dict[str, Any]] = {}
    _MADE: ClassVar[dict[str, Any]] = {}  # sub-options

    def __init__(self) -> None:
        values: dict[str, Any] = {name: made() for name, made in self._MADE.items()}
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        if name in self._FIELDS or name in self._MADE:
            return self.__dict__["_values"].get(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        wanted = self._MADE.get(name) or self._FIELDS.get(name)
        if wanted is None:
            raise AttributeError(
                f"Cannot set the property {name} on {type(self).__name__}. Options may set: "
                f"{', '.join(sorted([*self._FIELDS, *self._MADE]))}."
            )
        if not isinstance(value, wanted):
            raise TypeError(
                f'Property "{name}" must be of type {wanted}, got: {value!r} (type: {type(value)})'
            )
        self._values[name] = value

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._values == other._values

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(self)

    def _merged(self, other: Any) -> Any:
        """The same with what `other` says in addition; None where it says nothing."""
        found = type(self)()
        for name in self._FIELDS:
            theirs = other._values.get(name)
            mine = self._values.get(name)
            value = mine if theirs is None else theirs
            if value is not None:
                found._values[name] = value
        for name in self._MADE:
            found._values[name] = self._values[name]._merged(other._values[name])
        return found


class AutotuneOptions(_Parts):
    """Options of autotuning. Source: `tf.data.experimental.AutotuneOptions`."""

    _FIELDS: ClassVar[dict[str, Any]] = {
        "autotune_algorithm": AutotuneAlgorithm,
        "cpu_budget": int,
        "enabled": bool,
        "initial_parallelism": int,
        "min_parallelism": int,
        "ram_budget": int,
    }


class DistributeOptions(_Parts):
    """Options of distribution. Source: `tf.data.experimental.DistributeOptions`."""

    _FIELDS: ClassVar[dict[str, Any]] = {"auto_shard_policy": AutoShardPolicy, "num_devices": int}

    def __init__(self) -> None:
        super().__init__()
        self._values["auto_shard_policy"] = AutoShardPolicy.AUTO


class OptimizationOptions(_Parts):
    """Options of rewriting. Source: `tf.data.experimental.OptimizationOptions`."""

    _FIELDS: ClassVar[dict[str, Any]] = dict.fromkeys(
        (
            "apply_default_optimizations",
            "filter_fusion",
            "filter_parallelization",
            "inject_prefetch",
            "map_and_batch_fusion",
            "map_and_filter_fusion",
            "map_fusion",
            "map_parallelization",
            "noop_elimination",
            "parallel_batch",
            "seq_interleave_prefetch",
            "shuffle_and_repeat_fusion",
        ),
        bool,
    )


class ServiceOptions(_Parts):
    """Options of the data service. Source: `tf.data.experimental.ServiceOptions`."""

    _FIELDS: ClassVar[dict[str, Any]] = {"pinned": bool}


class ThreadingOptions(_Parts):
    """Options of threads. Source: `tf.data.ThreadingOptions`.

    >>> import tfcompat_tape as tf
    >>> options = tf.data.Options()
    >>> options.threading.private_threadpool_size = 2
    >>> tf.data.Dataset.range(3).with_options(options).options().threading.private_threadpool_size
    2
    """

    _FIELDS: ClassVar[dict[str, Any]] = {"max_intra_op_parallelism": int, "private_threadpool_size": int}


class Options(_Parts):
    """What a user says of how a dataset runs; `Dataset.with_options` takes it.

    Source: `tf.data.Options`.

    >>> import tfcompat_tape as tf
    >>> options = tf.data.Options()
    >>> options.deterministic = False
    >>> tf.data.Dataset.range(3).with_options(options).options().deterministic
    False
    """

    _FIELDS: ClassVar[dict[str, Any]] = {
        "dataset_name": str,
        "deterministic": bool,
        "experimental_external_state_policy": ExternalStatePolicy,
        "experimental_slack": bool,
        "experimental_symbolic_checkpoint": bool,
        "experimental_warm_start": bool,
        "framework_type": list,
    }
    _MADE: ClassVar[dict[str, Any]] = {
        "autotune": AutotuneOptions,
        "experimental_distribute": DistributeOptions,
        "experimental_optimization": OptimizationOptions,
        "experimental_service": ServiceOptions,
        "threading": ThreadingOptions,
    }
    _OLDER: ClassVar[dict[str, Any]] = {
        "experimental_deterministic": "deterministic",
        "experimental_threading": "threading",
    }

    def __getattr__(self, name: str) -> Any:
        return super().__getattr__(self._OLDER.get(name, name))

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(self._OLDER.get(name, name), value)

    def merge(self, options: Options) -> Options:
        """These options with what `options` says in addition."""
        found: Options = self._merged(options)
        return found
