"""What hooks return: ops, gradients and observers, as data.

Functions may be given as strings, "package.module:function" or ".module:function" (relative to the plugin's package).
They are imported when they are first called, so what they import in turn costs nothing until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from tfcompat_tape.core.registry import Keep

Function = Callable[..., Any] | str
Style = Literal["tensorflow", "library"]


class _Required:
    """The default of an attribute that has none: every call must give it."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Any = _Required()


class Example:
    """Inputs and attributes of one call of an op, for the checker.

    >>> Example([1.0, 2.0], power=3)
    Example([1.0, 2.0], power=3)
    """

    __slots__ = ("attrs", "inputs")

    def __init__(self, *inputs: Any, **attrs: Any) -> None:
        self.inputs = inputs
        self.attrs = attrs

    def __repr__(self) -> str:
        words = [*map(repr, self.inputs), *[f"{name}={value!r}" for name, value in self.attrs.items()]]
        return f"Example({', '.join(words)})"


@dataclass(frozen=True)
class OpDefinition:
    """A new op.

    Attributes:
      name: the op type, in TensorFlow's manner: "FusedGelu".
      kernel: `kernel(*tensors, **attrs)` on torch tensors. Returns a torch tensor, or a tuple of them if there are
        several outputs. It must be a pure function and must not write into its arguments.
      inputs: names of the tensors, "x y"; `*xs` stands for any number of them.
      gradient: `gradient(op, *cotangents)`, one cotangent per output; returns a gradient per input, `None` where
        there is none. Without one, differentiating the op is an error, as for any op in TensorFlow that has no
        gradient.
      attrs: names of the attributes with their default values (`REQUIRED`: there is none).
      outputs: how many; or their names, "values indices"; 0 if the kernel decides.
      dtypes: dtypes of the first input: torch's or TensorFlow's, or one of "any", "numeric", "real", "inexact"
        (floating or complex), "floating".
      same: names of the inputs that must have one dtype; by default all of them. "" for none.
      keep: what a gradient in the library's style reads, and an entry of the list therefore keeps: "nothing", "inputs"
        (the default), "outputs", "both", or names of inputs, "x y", and no others; `Keep` has more. Shapes of the
        inputs are always there (`op.shapes`). In TensorFlow's style everything is kept.
      jvp: `jvp(op, *tangents)`, a tangent per input (`None` where there is none): the tangent of the output, or a
        tuple of them. Without one, forward mode transposes the gradient.
      batching: how `torch.func.vmap` runs the kernel, where torch has no rule for what it calls: "loop" (one example at
        a time), or `batching(in_dims, *tensors, **attrs)`, which returns the result and its batch dimension (tuples, if
        there are several outputs), as in JAX. In `in_dims` `None` stands for a tensor without a batch.
      style: the conventions of `gradient` and `jvp`. "tensorflow": they get Tensors and compute with them, like
        functions that are registered with `tf.RegisterGradient`. "library": they get torch tensors, or Tensors while
        an outer tape listens, and must do with both, which is faster. They also read `op.needs`, and must never look
        at values.
      differentiable: False: the outputs are constants to every tape.
      elementwise: element `i` of the output depends on element `i` of each input alone. Makes diagonals of Jacobians
        and Hessians cheap.
      surrogate: the gradient is not the derivative, on purpose (straight-through estimators): the checker then
        compares no finite differences.
      examples: calls for the checker: a sequence of `Example`s (or tuples of inputs), or a function that returns one.
      doc: one line that says what the op does.

    >>> import tfcompat_tape as tf
    >>> class Cubes:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_ops(self):
    ...         cube = tf.plugins.OpDefinition(
    ...             "DocCube", kernel=lambda x: x**3, inputs="x", gradient=lambda op, dy: 3.0 * op.inputs[0] ** 2 * dy
    ...         )
    ...         return [cube]
    >>> x = tf.Variable(2.0)
    >>> with tf.plugins.load(Cubes()), tf.GradientTape() as tape:
    ...     y = tf.plugins.ops.DocCube(x)
    >>> print(y.numpy(), tape.gradient(y, x).numpy())
    8.0 12.0
    """

    name: str
    kernel: Function
    inputs: str | Sequence[str]
    gradient: Function | None = None
    attrs: Mapping[str, Any] = field(default_factory=dict)
    outputs: int | str | Sequence[str] = 1
    dtypes: str | Iterable[Any] = "any"
    same: str | Sequence[str] | None = None
    keep: str | Keep | None = None
    jvp: Function | None = None
    batching: Function | None = None
    style: Style = "tensorflow"
    differentiable: bool = True
    elementwise: bool = False
    surrogate: bool = False
    examples: Sequence[Any] | Function = ()
    doc: str = ""


@dataclass(frozen=True)
class GradientDefinition:
    """Another gradient for an op that exists: a named alternative, a new default, or both.

    Attributes:
      op_type: the op that it is for.
      gradient: `gradient(op, *cotangents)`, see `OpDefinition`.
      name: the name for `gradient_override_map`: `{op_type: name}`. Gets Tensors, with all inputs and outputs kept.
      default: make it the gradient of the op, for as long as the plugin is loaded.
      keep, jvp, style: see `OpDefinition`; for the default only.
      surrogate: False if it is the true derivative, which the checker then compares with finite differences.
        Gradients that are brought for the sake of another result, such as guided backpropagation, are not.
      examples: see `OpDefinition`.
      doc: one line that says what it is.

    >>> import tfcompat_tape as tf
    >>> class Passing:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_gradients(self):
    ...         return [tf.plugins.GradientDefinition("Sign", lambda op, dy: dy, default=True)]
    >>> x = tf.Variable(-2.0)
    >>> with tf.plugins.load(Passing()), tf.GradientTape() as tape:
    ...     print(tape.gradient(tf.sign(x), x).numpy())
    1.0
    """

    op_type: str
    gradient: Function
    name: str | None = None
    default: bool = False
    keep: str | Keep | None = None
    jvp: Function | None = None
    style: Style = "tensorflow"
    surrogate: bool = True
    examples: Sequence[Any] | Function = ()
    doc: str = ""


# -- observers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpRecorded:
    """An op was recorded.

    Attributes:
      op_type: its type.
      number: its place in the list; later ops have larger numbers.
      parents: for each input the place of what computed it, `None` where no tape traces that input.
      outputs: the results, as torch tensors. Do not write into them. In a vectorized function they are those of one
        example, without values.
      attrs: the attributes that the call gave.
    """

    op_type: str
    number: int
    parents: tuple[int | None, ...]
    outputs: tuple[Any, ...]
    attrs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GradientComputed:
    """A tape computed a gradient or a Jacobian.

    Attributes:
      kind: "gradient" (also `tf.gradients`), "jacobian" or "batch_jacobian".
      targets, sources: what was differentiated, and with respect to what.
      results: for each source the result, `None` where it is not connected.
    """

    kind: str
    targets: tuple[Any, ...]
    sources: tuple[Any, ...]
    results: tuple[Any, ...]


@runtime_checkable
class Observer(Protocol):
    """Someone who wants to know; either method may be missing.

    Both are called in the thread that does the work, and what they raise is raised there. What they compute is
    observed by nobody.

    >>> import tfcompat_tape as tf
    >>> class Counter:
    ...     seen = []
    ...     def op_recorded(self, event):
    ...         self.seen.append(event.op_type)
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_observers(self):
    ...         return [self]
    >>> x = tf.Variable(2.0)
    >>> with tf.plugins.load(counter := Counter()), tf.GradientTape() as tape:
    ...     y = tf.exp(x * x)
    >>> counter.seen
    ['Mul', 'Exp']
    """

    def op_recorded(self, event: OpRecorded) -> None:
        """An op was recorded by a tape of this thread."""

    def gradient_computed(self, event: GradientComputed) -> None:
        """A tape computed a gradient or a Jacobian."""
