"""`tf.GradientTape`: which values to trace, when to record, and the gradients of what was recorded."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from operator import attrgetter
from types import TracebackType
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core import hooks, wengert
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.handles import variable_of
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, Recording, state
from tfcompat_tape.tape import jacobians
from tfcompat_tape.tape.asking import ENVIRON, VARIABLE, Explaining, tracer_for
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.ends import (
    UnconnectedGradients,
    as_result,
    cotangent,
    flatten,
    listed_now,
    no_derivative,
    packed,
    parts,
    same_value,
    source_node,
    target_node,
    trainable,
    warn,
    zeros_or_none,
)
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tape.rows import Options

logger = logging.getLogger("tensorflow")


class GradientTape(Explaining):
    """Records operations, and differentiates what it recorded.

    Args:
      persistent: allow more than one call of `gradient`, `jacobian` or `batch_jacobian`.
      watch_accessed_variables: trace every trainable Variable that is read while recording.
      explain: note where everything is computed, so that `tape.explain` and `tape.listing` can tell. By default so if
        the environment says `TFCOMPAT_EXPLAIN=1`; then gradients that are `None` are also explained on stderr. Not in
        TensorFlow.

    Source: `tf.GradientTape`.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x**2
    >>> print(tape.gradient(y, x).numpy())
    6.0
    """

    def __init__(
        self,
        persistent: bool = False,
        watch_accessed_variables: bool = True,
        *,
        explain: bool | None = None,
    ) -> None:
        if explain or (explain is None and VARIABLE in ENVIRON):
            self._tracer = tracer_for(explain, watch_accessed_variables)
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._recording = False
        # What was recorded; `None` before the first use and after the last.
        self._record: Recording | None = None
        self._spent = False
        self._variables: tuple[Variable, ...] = ()

    def __enter__(self) -> GradientTape:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recording:
            self._stop("exit")

    def __del__(self, state: Any = state) -> None:
        # Entered, never left, and dropped: nobody can ask for its gradient any more.
        if getattr(self, "_recording", False) and self._record in state.recordings:
            self._stop()

    def _start(self) -> None:
        if self._recording:
            raise ValueError(
                "Tape is still recording. This can happen if you re-enter a tape that is already active."
            )
        if self._record is None:
            self._record = Recording(self._persistent, self._watch_accessed_variables)
        self._recording = True
        if self._tracer is not None:
            self._tracer.start(self._record)
        wengert.start(self._record)

    def _stop(self, cause: str = "exit") -> None:
        if not self._recording or self._record is None:
            raise ValueError("Tape is not recording.")
        self._recording = False
        wengert.stop(self._record)
        if self._tracer is not None:
            self._tracer.stop(cause)

    def watch(self, tensor: Any) -> None:
        """Trace `tensor`: a Tensor, a Variable, or a nested structure of these.

        Integers and booleans have no gradients: they are not traced, and a warning says so.

        As in TensorFlow, it has no effect while no tape is recording on this thread.

        Raises:
          ValueError: something in the structure is neither a Tensor nor a Variable.
          AttributeError: the tape was never entered.

        >>> import tfcompat_tape as tf
        >>> x = tf.constant(3.0)
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> print(tape.gradient(y, x).numpy())
        6.0
        """
        record = self._record
        for item in nest.flatten(tensor, expand_composites=True):
            value = variable_of(item)
            if not isinstance(value, (Tensor, Variable)):
                raise ValueError(
                    f"Passed in object {value!r} of type {type(value).__name__!r}, not tf.Tensor or tf.Variable or "
                    "ExtensionType."
                )
            if record is None:
                raise AttributeError(
                    "This GradientTape records nothing yet: call watch inside `with tf.GradientTape()`."
                )
            differentiable = trainable(value)
            if not differentiable:
                warn(
                    "The dtype of the watched tensor must be floating (e.g. tf.float32), got %r", value.dtype
                )
            if state.differentiating:
                of_variable = isinstance(value, Variable)
                if differentiable:
                    (wengert.watch_variable if of_variable else wengert.watch_value)(value, record.ids)
                if of_variable and value is item:  # a handle is watched, not accessed
                    record.note(value)
            if self._tracer is not None:
                self._tracer.watch(value, state.differentiating and differentiable)

    @contextlib.contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Within this context the tape records nothing.

        Raises:
          RuntimeError: the tape is not recording.

        >>> import tfcompat_tape as tf
        >>> x = tf.Variable(2.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x * x
        ...     with tape.stop_recording():
        ...         y_sum = y + x
        >>> print(tape.gradient(y_sum, x))
        None
        """
        if self._record is None:
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        self._stop("stop_recording")
        try:
            yield
        finally:
            self._start()

    def reset(self) -> None:
        """Forget everything recorded so far, as if the context were left and entered anew.

        >>> import tfcompat_tape as tf
        >>> x = tf.Variable(2.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x * x
        ...     tape.reset()
        ...     y = x * 3.0
        >>> print(tape.gradient(y, x).numpy())
        3.0
        """
        self._stop("reset")
        if self._record is not None:
            self._former |= self._record.ids
        self._record = None
        self._start()

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables that this tape watches, in the order in which they were made.

        >>> import tfcompat_tape as tf
        >>> v = tf.Variable(1.0, name="v")
        >>> with tf.GradientTape() as tape:
        ...     _ = v + 1.0
        >>> [w.name for w in tape.watched_variables()]
        ['v:0']
        """
        if self._record is not None:
            self._variables = _in_order(self._record)
        return self._variables

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
    ) -> Any:
        """Gradient of the sum of `target` with respect to `sources`.

        Args:
          target: a Tensor, or a nested structure of them; their gradients add up.
          sources: nested structure of Tensors or Variables.
          output_gradients: cotangents, one per target, that broadcast to the targets' shapes; ones by default.
          unconnected_gradients: `None` or zeros where the target does not depend on a source.

        Returns:
          The structure of `sources`, holding for each a Tensor (or IndexedSlices) of its shape and dtype, or `None`.

        Raises:
          RuntimeError: second use of a tape that is not persistent, or a tape that never recorded.
          TypeError: `target` is None.
          LookupError: an op on the way has no gradient.

        >>> import tfcompat_tape as tf
        >>> x = tf.Variable([1.0, 2.0])
        >>> with tf.GradientTape() as tape:
        ...     y = x * x
        >>> print(tape.gradient(y, {"x": x})["x"].numpy())
        [2. 4.]
        """
        record = self._prepare("gradient")
        if target is None:
            raise TypeError(
                "Argument `target` should be a list or nested structure of Tensors or Variables, got None."
            )
        targets = [target] if type(target) is Tensor else parts(nest.flatten(target))
        flat = flatten(sources)
        tape_id = record.id
        seeds = (
            []
            if output_gradients is None
            else [convert(seed) for seed in parts(nest.flatten(output_gradients))]
        )
        unconnected = unconnected_gradients
        if type(unconnected) is not UnconnectedGradients:
            unconnected = UnconnectedGradients(unconnected)
        recorded = state.differentiating
        nodes: list[Entry] = []
        cotangents = []
        source_nodes = [source_node(source, tape_id) for source in flat]
        for i, one in enumerate(targets):
            node = target_node(one, tape_id)
            if node is None:
                node = same_value(one, flat, source_nodes) or listed_now(one, record)
            if node is not None:
                nodes.append(node)
                cotangents.append(cotangent(one, seeds[i] if i < len(seeds) else None, recorded))
        walk = backward if self._tracer is None else self._tracer.backward
        try:
            grads = walk(
                record,
                nodes,
                cotangents,
                source_nodes,
                recorded=recorded,
                release=not self._persistent,
            )
        finally:
            self._finish()
        results = [
            Tensor(grad, None) if type(grad) is torch.Tensor else as_result(grad, source, unconnected)
            for grad, source in zip(grads, flat, strict=True)
        ]
        if self._tracer is not None:
            self._tracer.explain_none(self, targets, flat, results, sources)
        for hear in hooks.computed:
            hear("gradient", targets, flat, results)
        if flat is sources:
            return results
        return results[0] if flat and sources is flat[0] else packed(sources, results)

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
        *,
        progress: bool | None = None,
    ) -> Any:
        """Jacobian of `target` with respect to `sources`, by one vectorized walk along the list.

        Backwards it gives a row for each element of the target, forwards a column for each element of the sources;
        whichever are fewer. As many are computed at once as memory allows.

        Args:
          target: a Tensor.
          sources: nested structure of Tensors or Variables.
          unconnected_gradients: see `gradient`.
          parallel_iterations: how many rows to compute at once; by default as many as fit in free memory.
          experimental_use_pfor: False computes row by row in a loop.
          progress: tell the progress on stderr if it takes more than a few seconds. By default so, unless the
            environment says `TFCOMPAT_PROGRESS=0`. Not in TensorFlow.

        Returns:
          The structure of `sources`, holding Tensors of shape `target.shape + source.shape`, or `None`.

        Raises:
          RuntimeError: second use of a tape that is not persistent, or a loop with such a tape.
          ValueError: a loop over a target that is empty, with sources that are not scalars.
          ResourceExhaustedError: not even one row at a time fits in memory.

        >>> import tfcompat_tape as tf
        >>> x = tf.constant([1.0, 2.0])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> print(tape.jacobian(y, x).numpy())
        [[2. 0.]
         [0. 4.]]
        """
        flat = [variable_of(x) for x in nest.flatten(sources)]
        target = self._as_target(target)
        self._check_loop("jacobian", experimental_use_pfor, parallel_iterations)
        if not experimental_use_pfor and not target._t.numel() and any(source.shape.rank for source in flat):
            raise ValueError(
                f"jacobian: a loop over the empty target of shape {target.shape} has nothing to stack for sources that "
                "are not scalars. Leave experimental_use_pfor as it is."
            )
        record = self._prepare("jacobian")
        unconnected = UnconnectedGradients(unconnected_gradients)
        source_nodes = [source_node(source, record.id) for source in flat]
        node = target_node(target, record.id)
        try:
            results = jacobians.jacobian(
                record,
                target,
                node,
                flat,
                source_nodes,
                Options("jacobian", parallel_iterations, not experimental_use_pfor, progress),
            )
        finally:
            self._finish()
        shape = tuple(target._t.shape)
        if self._tracer is not None and unconnected is UnconnectedGradients.NONE:
            self._tracer.explain_none(self, [target], flat, results, sources)
        results = [
            zeros_or_none(source, unconnected, shape) if result is None else result
            for result, source in zip(results, flat, strict=True)
        ]
        for hear in hooks.computed:
            hear("jacobian", [target], flat, results)
        return nest.pack_sequence_as(sources, results)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
        *,
        progress: bool | None = None,
    ) -> Any:
        """Jacobians of the examples of a batch: `target[i]` depends on `source[i]` alone.

        Args:
          target: Tensor of shape `(b, ...)`.
          source: Tensor or Variable of shape `(b, ...)`.
          unconnected_gradients, parallel_iterations, experimental_use_pfor, progress: see `jacobian`.

        Returns:
          Tensor of shape `(b,) + target.shape[1:] + source.shape[1:]`; zeros where not connected.

        Raises:
          ValueError: the first dimensions differ, or a rank is below 2.
          IndexError: the target is a scalar.
          RuntimeError: second use of a tape that is not persistent.

        >>> import tfcompat_tape as tf
        >>> x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.batch_jacobian(y, x).shape
        TensorShape([2, 2, 2])
        """
        _check_example(target)
        if self._record is None:
            self._prepare("batch_jacobian")  # raises
        shape: Any = target.shape
        if shape.rank == 0:
            raise IndexError("batch_jacobian: the target is a scalar; it needs a first axis, of examples.")
        if shape.rank >= 2:
            _check_example(source)
        other: Any = source.shape if isinstance(source, (Tensor, Variable)) else TensorShape(None)
        if shape.rank < 2 or other.rank < 2:
            raise ValueError(
                "batch_jacobian: target and source need an axis of examples and one more, got "
                f"target {shape} and source {other}. Reshape a vector to (b, 1)."
            )
        if shape[0] != other[0]:
            raise ValueError(
                "Need the first dimension of the target shape and the source shape to match, got "
                f"target {shape} and source {other}."
            )
        if shape[0] == 0:
            raise ZeroDivisionError("batch_jacobian: the batch is empty.")
        UnconnectedGradients(unconnected_gradients)
        self._check_loop("batch_jacobian", experimental_use_pfor, parallel_iterations)
        target = self._as_target(target)
        record = self._prepare("batch_jacobian")
        source_entry = source_node(variable_of(source), record.id)
        node = target_node(target, record.id)
        try:
            result = jacobians.batch_jacobian(
                record,
                target,
                node,
                source,
                source_entry,
                Options("batch_jacobian", parallel_iterations, not experimental_use_pfor, progress),
            )
        finally:
            self._finish()
        if result is None:
            result = zeros_or_none(source, UnconnectedGradients.ZERO, tuple(shape.as_list()), batched=True)
        for hear in hooks.computed:
            hear("batch_jacobian", [target], [source], [result])
        return result

    def _prepare(self, method: str) -> Recording:
        """Stop recording before a walk, unless the tape is persistent."""
        record = self._record
        if record is None:
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
                if self._spent
                else "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians), "
                "of what it recorded; this one has recorded nothing yet: use `with tf.GradientTape() as tape:`."
            )
        if self._recording:
            if self._persistent:
                warn(
                    "Calling GradientTape.%s on a persistent tape inside its context records the gradient "
                    "computation too, which costs time and memory. Do so only for higher-order derivatives.",
                    method,
                )
            else:
                self._stop("gradient")
        return record

    def _as_target(self, target: Any) -> Tensor:
        """The target of a Jacobian as a Tensor; what that takes, such as reading a Variable, is recorded."""
        if type(target) is Tensor:
            return target
        if not isinstance(target, (Variable, IndexedSlices, np.ndarray)):
            raise no_derivative(
                f"The target of a jacobian must be a Tensor, got {target!r}.", target, "shape"
            )
        if self._recording or self._record is None:
            return convert(target)
        self._start()
        try:
            return convert(target)
        finally:
            self._stop()

    def _check_loop(self, method: str, vectorized: bool, rows: int | None) -> None:
        """As in TensorFlow, a loop of gradients needs a persistent tape, except within a `tf.function`."""
        if rows is not None and rows < 1:
            raise ValueError(f"{method}: parallel_iterations must be a positive number of rows, got {rows}.")
        if not vectorized and not self._persistent and not running.depth:
            raise RuntimeError(
                f"GradientTape must be created with persistent=True to compute the {method} with "
                "experimental_use_pfor set to False."
            )

    def _finish(self) -> None:
        """A tape that is not persistent lets go of everything after one use."""
        if not self._persistent and self._record is not None:
            self._variables = _in_order(self._record)
            self._record = None
            self._spent = True
            if self._tracer is not None:
                self._tracer.finish()


def _in_order(record: Recording) -> tuple[Variable, ...]:
    """The variables that a recording watches, in the order in which they were made."""
    variables = record.variables
    if len(variables) < 2:
        return tuple(variables.values())
    return tuple(sorted(variables.values(), key=attrgetter("_handle")))


def _check_example(value: Any) -> None:
    if type(value) is not Tensor and not isinstance(value, Variable):
        raise no_derivative(f"batch_jacobian takes Tensors and Variables, got {value!r}.", value, "shape")
