"""The registry of operations: name, kernel, gradient rule, and what the rule needs kept.

An operation is defined once, in `tfcompat_tape/ops/`. A gradient rule has TensorFlow's form, `rule(op, *grads)`. It
reads `op.inputs`, `op.outputs`, `op.get_attr(...)` and returns one gradient per input (`None`: no gradient). Rules of
this library also read `op.needs` and work on raw torch tensors; rules that a user registered always get Tensors.

Forward mode is the transpose of the gradient rule. Common ops also say directly how they push tangents forward (`jvp`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any

import torch

from tfcompat_tape.core.hooks import need

if TYPE_CHECKING:
    from tfcompat_tape.core.dtypes import DType

Kernel = Callable[..., Any]
Rule = Callable[..., Any]

HALVES = frozenset({torch.float16, torch.bfloat16})
FLOATS = HALVES | {torch.float32, torch.float64}
COMPLEX = frozenset({torch.complex64, torch.complex128})
INEXACT = FLOATS | COMPLEX
SIGNED = frozenset({torch.int8, torch.int16, torch.int32, torch.int64})
UNSIGNED = frozenset({torch.uint8, torch.uint16, torch.uint32, torch.uint64})
INTEGERS = SIGNED | UNSIGNED
BOOL = frozenset({torch.bool})
REALS = FLOATS | INTEGERS
NUMERIC = INEXACT | INTEGERS
ANY = NUMERIC | BOOL


class Keep(Enum):
    """Which tensors an entry keeps for the gradient rule."""

    NOTHING = "nothing"
    SHAPES = "shapes of the inputs"
    INPUTS = "inputs"
    CROSS = "each input whose partner needs a gradient"  # products: d(xy) = x dy + y dx
    QUOTIENT = (
        "the second input, and the output if that input needs a gradient"  # d(x/y) = (dx - (x/y) dy) / y
    )
    OUTPUTS = "outputs"
    BOTH = "inputs and outputs"


class Op:
    """A named operation.

    Attributes:
      name: TensorFlow's op type.
      kernel: pure function of raw torch tensors and keyword attributes.
      inputs: names of the tensor inputs; a name that starts with `*` stands for any number of tensors.
      defaults: names and default values of the attributes.
      outputs: number of outputs, 0 where it varies (the kernel returns a tuple then).
      dtypes: the torch dtypes that the first input may have.
      same: positions of the inputs that must share one dtype.
      preferred: the dtype that these inputs, or else the first, have if they can, where no tensor among them says one.
      keep: what an entry of this op keeps; `keep_inputs` may narrow `Keep.INPUTS` to some positions.
      keeps_inputs, keeps_outputs: the same as booleans, for dispatch.
      rule: the gradient rule, a `UserRule` if it came through `tf.RegisterGradient`; `None` while there is none.
      differentiable: False for an op that is registered as not differentiable: no tape records it.
      jvp: the same derivative in forward mode, `jvp(op, *tangents)`; `None` where it comes from the rule, by
        transposition.
      transposed: the JVP is the transpose of the rule, at every point.
      elementwise: element `i` of the result depends on element `i` of each input alone (of inputs of the result's
        shape; the others are broadcast).
      keeps_order: the result has the elements of its one input, in the same order, in another shape.
      fallback: takes over, with the arguments of the kernel, when that fails; NotImplemented leaves it a failure.
      none_ok: the rule takes `None` for the cotangent of an output that the target does not depend on.
      call: the operation as a function (see `core.dispatch`).
    """

    __slots__ = (
        "call",
        "defaults",
        "differentiable",
        "dtypes",
        "elementwise",
        "fallback",
        "inputs",
        "jvp",
        "keep",
        "keep_inputs",
        "keeps_inputs",
        "keeps_order",
        "keeps_outputs",
        "kernel",
        "name",
        "none_ok",
        "outputs",
        "preferred",
        "rule",
        "same",
        "transposed",
    )

    def __init__(
        self,
        name: str,
        kernel: Kernel,
        *,
        inputs: tuple[str, ...],
        defaults: dict[str, Any] | None = None,
        outputs: int = 1,
        dtypes: frozenset[torch.dtype] = ANY,
        same: tuple[int, ...] | None = None,
        preferred: DType | None = None,
        keep: Keep = Keep.BOTH,
        keep_inputs: tuple[int, ...] | None = None,
        none_ok: bool = False,
        differentiable: bool = True,
    ) -> None:
        self.name = name
        self.kernel = kernel
        self.inputs = inputs
        self.defaults = defaults or {}
        self.outputs = outputs
        self.dtypes = dtypes
        self.same = same
        self.preferred = preferred
        self.set_keep(keep, keep_inputs)
        self.none_ok = none_ok
        self.fallback: Kernel | None = None
        self.rule: Rule | None = None
        self.jvp: Rule | None = None
        self.elementwise = self.keeps_order = False
        self.transposed = True
        self.differentiable = differentiable
        self.call: Callable[..., Any] = kernel

    def set_keep(self, keep: Keep, keep_inputs: tuple[int, ...] | None = None) -> None:
        """Say what entries of this op keep."""
        self.keep = keep
        self.keep_inputs = keep_inputs
        self.keeps_inputs = keep is Keep.INPUTS or keep is Keep.BOTH
        self.keeps_outputs = keep is Keep.OUTPUTS or keep is Keep.BOTH

    def default_of(self, attr: str) -> Any:
        """The default of attribute `attr`; ValueError, as in TensorFlow, where the op has no such attribute."""
        try:
            return self.defaults[attr]
        except KeyError:
            raise ValueError(f"Operation {self.name!r} has no attr named {attr!r}.") from None

    def __repr__(self) -> str:
        return f"<Op {self.name}>"


class UserRule:
    """A gradient function of a user: it gets Tensors, its answer is checked, and everything is kept for it."""

    __slots__ = ("function",)

    def __init__(self, function: Rule) -> None:
        self.function = function

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)


OPS: dict[str, Op] = {}

# Rules registered before their op: the op takes them when it comes.
_waiting: dict[str, Rule | None] = {}


def add(op: Op) -> None:
    """Enter `op`; KeyError if the name is taken."""
    if op.name in OPS:
        raise KeyError(f"An op named {op.name!r} is registered already.")
    OPS[op.name] = op
    if op.name in _waiting:
        rule = _waiting.pop(op.name)
        if rule is None:
            op.differentiable = False
        else:
            _set_user_rule(op, rule)


def lookup(name: str) -> Op:
    """The op called `name`; KeyError where there is none."""
    return OPS[name]


def gradient(*names: str) -> Callable[[Rule], Rule]:
    """Decorator: the gradient rule of the ops `names`, for rules that follow this library's conventions."""

    def enter(rule: Rule) -> Rule:
        for name in names:
            op = OPS[name]
            if op.rule is not None or not op.differentiable:
                raise KeyError(f"The op {name!r} has a gradient already.")
            op.rule = rule
        return rule

    return enter


def jvp(*names: str) -> Callable[[Rule], Rule]:
    """Decorator: the forward-mode derivative of the ops `names`.

    `jvp(op, *tangents)` gets what a gradient rule gets, and a tangent per input, `None` where there is none (one there
    is). It returns the tangent of the result, or one per result; it works on raw tensors and on Tensors alike, and uses
    no more of `op` than the gradient rule does, for entries keep no more.
    """

    def enter(function: Rule) -> Rule:
        for name in names:
            op = OPS[name]
            if op.jvp is not None or op.rule is None:
                raise KeyError(
                    f"The op {name!r} has a JVP already, or no gradient rule to be the transpose of."
                )
            op.jvp = function
        return function

    return enter


def _set_user_rule(op: Op, rule: Rule) -> None:
    op.rule = UserRule(rule)
    op.set_keep(Keep.BOTH)


def _check_free(name: str) -> None:
    if name not in OPS:
        need()  # a plugin may bring it
    op = OPS.get(name)
    if name in _waiting or (op is not None and (op.rule is not None or not op.differentiable)):
        raise KeyError(f"Registering two gradient functions with name {name!r}: it has one already.")


class RegisterGradient:
    """Decorator that registers the gradient function of an op type.

    The function gets `op` (with `inputs`, `outputs`, `type`, `get_attr`) and a gradient Tensor per output, and returns
    one gradient per input. A name that no op has yet is remembered for when the op comes.

    Raises:
      TypeError: `op_type` is not a string.
      KeyError: the op type has a gradient already.

    Source: `tf.RegisterGradient`.

    >>> import tfcompat_tape as tf
    >>> @tf.RegisterGradient("MyOwnSquare")
    ... def grad(op, dy):
    ...     return 2.0 * op.inputs[0] * dy
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError(f"op_type must be a string, not {op_type!r}.")
        self._op_type = op_type

    def __call__(self, f: Rule) -> Rule:
        name = self._op_type
        _check_free(name)
        if name in OPS:
            _set_user_rule(OPS[name], f)
        else:
            _waiting[name] = f
        return f


def no_gradient(op_type: str) -> None:
    """Declare that ops of type `op_type` have no gradient: tapes give `None` through them.

    Raises:
      TypeError: `op_type` is not a string.
      KeyError: the op type has a gradient already.

    Source: `tf.no_gradient`.

    >>> import tfcompat_tape as tf
    >>> tf.no_gradient("MyOwnCounter")
    """
    if not isinstance(op_type, str):
        raise TypeError(f"op_type must be a string, not {op_type!r}.")
    _check_free(op_type)
    if op_type in OPS:
        OPS[op_type].differentiable = False
    else:
        _waiting[op_type] = None


def registered(name: str) -> Rule | None:
    """The gradient function that a user registered as `name`, be there such an op or not; `None` if there is none."""
    if name in _waiting:
        return _waiting[name] or _no_gradients
    rule = OPS[name].rule if name in OPS else None
    return rule.function if isinstance(rule, UserRule) else None


def _no_gradients(op: Any, *dys: Any) -> list[None]:
    """What `no_gradient` registers under a name that no op has."""
    return [None] * len(op.inputs)


def names(ops: Iterable[Op] | None = None) -> list[str]:
    """Names of all registered ops, sorted."""
    return sorted(op.name for op in (OPS.values() if ops is None else ops))
