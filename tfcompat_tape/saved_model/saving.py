"""`tf.saved_model.save`: objects, their values and their functions, in TensorFlow's form."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from typing import Any

from tfcompat_tape.checkpoint import bundle, files
from tfcompat_tape.checkpoint.graph import Graph
from tfcompat_tape.checkpoint.saving import tensors_of
from tfcompat_tape.core import errors, reading
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.io.paths import local, make_directories, told
from tfcompat_tape.saved_model import functions
from tfcompat_tape.saved_model.object_writer import ObjectWriter
from tfcompat_tape.saved_model.options import (
    ASSETS_DIRECTORY,
    SAVED_MODEL_FILENAME_PB,
    VARIABLES_DIRECTORY,
    VARIABLES_FILENAME,
    SaveOptions,
)
from tfcompat_tape.saved_model.restored import Signature
from tfcompat_tape.saved_model.view import ModelView
from tfcompat_tape.tracing.concrete_function import ConcreteFunction, Symbol
from tfcompat_tape.tracing.function import Function


def save(obj: Any, export_dir: Any, signatures: Any = None, options: SaveOptions | None = None) -> None:
    """Write an object, what hangs on it, the values of its Variables, and its functions.

    Args:
      obj: a `tf.Module`, or another trackable object. Of its `tf.function`s those are written that have an input
        signature or were called; Python values on attributes are not.
      export_dir: a directory, which is made.
      signatures: a `tf.function` with an input signature, a concrete function, or a dict of them: what is to be found
        under `signatures`, called by names, and giving a dict.

    Raises:
      ValueError: `obj` cannot be tracked, or a signature is no such function.
      UnimplementedError: a function does what no graph of TensorFlow's says, or this package does not write.
      AssertionError: a function uses a Variable that is no dependency of the object.

    TensorFlow loads it: functions are graphs of its ops. What no graph says raises, with the name of the function.
    Source: `tf.saved_model.save`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> class Line(tf.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w = tf.Variable(2.0)
    ...     @tf.function(input_signature=[tf.TensorSpec([None])])
    ...     def __call__(self, x):
    ...         return self.w * x
    >>> place = tempfile.mkdtemp()
    >>> tf.saved_model.save(Line(), place)
    >>> tf.saved_model.load(place)(tf.constant([1.0, 3.0])).numpy().tolist()
    [2.0, 6.0]
    """
    reading.at_each_call("a SavedModel")
    if not isinstance(obj, Trackable):
        raise ValueError(
            "Expected an object of type `Trackable`, such as `tf.Module` or a subclass of the `Trackable` class, for "
            f"export. Got {obj} with type {type(obj)}."
        )
    place = local(export_dir)
    found = _signatures(_default(obj) if signatures is None else signatures)
    # Functions are traced first: that may make Variables, and is what may fail.
    view = ModelView(obj)
    written = ObjectWriter(view, found)
    for part in ("", VARIABLES_DIRECTORY, ASSETS_DIRECTORY):
        make_directories(os.path.join(place, part))
    graph = Graph(view)
    model = written.message(graph, options or SaveOptions())
    with contextlib.ExitStack() as stack:
        # All of it is written before anything takes the place of what is there.
        file = stack.enter_context(files.replacing(os.path.join(place, SAVED_MODEL_FILENAME_PB)))
        file.write(model.SerializeToString())
        file.flush()
        for name, path in written.assets.names.items():
            file = stack.enter_context(files.replacing(os.path.join(place, ASSETS_DIRECTORY, name)))
            with told(path):
                source = stack.enter_context(open(path, "rb"))
            shutil.copyfileobj(source, file)
            file.flush()
        bundle.write(os.path.join(place, VARIABLES_DIRECTORY, VARIABLES_FILENAME), tensors_of(graph))


def _default(obj: Any) -> Any:
    """What is found under `serving_default` where no signatures are given: the one function that can be a signature."""
    named = None
    with contextlib.suppress(Exception):  # an attribute that fails is none, as in TensorFlow
        named = getattr(obj, "_default_save_signature", None)
    if isinstance(named, (Function, ConcreteFunction)):
        return named
    signed = [
        f for _, f in functions.of_object(obj) if isinstance(f, Function) and f.input_signature is not None
    ]
    possible = [f for f in signed if _may_be_signature(f.get_concrete_function())]
    return possible[0] if len(possible) == 1 else None


def _may_be_signature(function: ConcreteFunction) -> bool:
    """Whether a function gives Tensors, in a list or in a dict."""
    try:
        result = function.structured_outputs
    except (errors.UnimplementedError, *functions.WITHOUT_VALUES):
        return False
    if isinstance(result, dict):
        result = list(result.values()) if all(isinstance(key, str) for key in result) else None
    flat = result if isinstance(result, (list, tuple)) else [result]
    return all(isinstance(x, Symbol) for x in flat)


def _signatures(given: Any) -> dict[str, Any]:
    """The functions to be called by names."""
    if given is None:
        return {}
    found = dict(given) if isinstance(given, Mapping) else {"serving_default": given}
    made: dict[str, Any] = {}
    for name, function in found.items():
        if isinstance(function, Function) and function._input_signature is not None:
            made[name] = function.get_concrete_function()
        elif isinstance(function, (ConcreteFunction, Signature)):
            made[name] = function
        else:
            raise ValueError(
                f"Expected a TensorFlow function for which to generate a signature, but got {function}. Only "
                "`tf.functions` with an input signature or concrete functions can be used as a signature."
            )
    return made
