"""Every public function and class has a docstring with an example, which is a test, or stands here with the reason."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import tfcompat_tape as tf

sys.path.append(str(Path(__file__).parent.parent / "docs" / "extensions"))
names = import_module("reference_names")

WITHOUT = {
    "no line brings it about; tf.errors.OpError has an example for them all": """
        tf.errors.AbortedError tf.errors.DeadlineExceededError tf.errors.InternalError tf.errors.PermissionDeniedError
        tf.errors.ResourceExhaustedError tf.errors.UnauthenticatedError tf.errors.UnavailableError
        tf.errors.UnimplementedError tf.errors.UnknownError tf.errors.OperatorNotAllowedInGraphError
    """,
    "a class that others are instances of": """
        tf.distribute.CrossDeviceOps tf.distribute.DistributedDataset tf.distribute.DistributedIterator
        tf.distribute.DistributedValues tf.distribute.cluster_resolver.ClusterResolver
        tf.types.experimental.AtomicFunction tf.types.experimental.TensorLike
        tf.types.experimental.distributed.Mirrored tf.types.experimental.distributed.PerReplica
    """,
    "words or fields of something that has an example": """
        tf.data.experimental.AutotuneAlgorithm tf.data.experimental.AutotuneOptions
        tf.data.experimental.DistributeOptions tf.data.experimental.ExternalStatePolicy
        tf.data.experimental.OptimizationOptions tf.data.experimental.ServiceOptions
        tf.distribute.InputReplicationMode tf.distribute.experimental.ValueContext tf.lookup.TextFileIndex
    """,
    "taken for compatibility, without an effect": """
        tf.distribute.HierarchicalCopyAllReduce tf.distribute.NcclAllReduce tf.distribute.ReductionToOneDevice
        tf.distribute.experimental.CollectiveHints tf.distribute.experimental.CommunicationImplementation
    """,
    "it changes the process, and so the examples after it": """
        tf.data.experimental.enable_debug_mode tf.experimental.numpy.experimental_enable_numpy_behavior
    """,
    "it takes several processes: docs/distributed.md has them": """
        tf.derivatives.batch_jacobian tf.derivatives.jacobian
    """,
    "what plugins are told, and told of: docs/plugins.md has them": """
        tf.plugins.Failure tf.plugins.GradientComputed tf.plugins.OpRecorded tf.plugins.PluginWarning
        tf.plugins.hookimpl
    """,
    "a dtype of NumPy's": """
        tf.experimental.numpy.bool_ tf.experimental.numpy.complex128 tf.experimental.numpy.complex64
        tf.experimental.numpy.float16 tf.experimental.numpy.float32 tf.experimental.numpy.float64
        tf.experimental.numpy.inexact tf.experimental.numpy.int16 tf.experimental.numpy.int32
        tf.experimental.numpy.int64 tf.experimental.numpy.int8 tf.experimental.numpy.object_
        tf.experimental.numpy.string_ tf.experimental.numpy.uint16 tf.experimental.numpy.uint32
        tf.experimental.numpy.uint64 tf.experimental.numpy.uint8
    """,
}


def texts(value: Any) -> Iterator[str]:
    """The docstring of a function; those of a class and its methods."""
    yield value.__doc__ or ""
    if isinstance(value, type):
        for base in value.__mro__:
            if base.__module__.startswith(("tfcompat_tape", "tensorflow")):
                yield from (
                    member.__doc__ or "" for member in map(plain, vars(base).values()) if callable(member)
                )


def plain(member: Any) -> Any:
    return member.fget if isinstance(member, property) else getattr(member, "__func__", member)


def described() -> dict[str, Any]:
    """What has an entry of its own in the reference, and can have an example."""
    entries = dict(names.public_names())
    homes = names.described([names.Entry(*one) for one in entries.items()])
    return {
        name: value
        for name, value in entries.items()
        if homes[name] == name and callable(value) and not isinstance(value, tf.DType)
    }


def test_everything_public_has_an_example_or_a_reason() -> None:
    bare = {name for name, value in described().items() if not any(">>> " in text for text in texts(value))}
    reasons = [name for listed in WITHOUT.values() for name in listed.split()]
    assert len(reasons) == len(set(reasons))
    assert bare == set(reasons)


def test_everything_public_has_a_docstring() -> None:
    assert not [
        name for name, value in described().items() if not inspect.getdoc(value) and "TensorLike" not in name
    ]
