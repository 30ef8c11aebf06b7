"""Dispatch: from a call of an op to its result, `convert -> kernel -> record`.

An op called on raw torch tensors is just its kernel; that is how gradient rules run at torch's speed. Called on Tensors
it also records, if a tape of this thread traces one of them. Unary and binary ops have paths of their own, because
these few lines are what every operation costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape.core import autocast, hooks, registry
from tfcompat_tape.core.convert import constants, convert, match, number
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.failures import recover, refused
from tfcompat_tape.core.registry import INEXACT, Keep, Kernel, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import (
    Entry,
    TapeIds,
    append,
    listening,
    output,
    project,
    ref,
    state,
    tapes_of,
    unlisted,
)

cross = Keep.CROSS
_NO_TENSORS: tuple[Any, ...] = ()
_NO_ATTRS: dict[str, Any] = {}
_ONE = (True,)
_BOTH = (True, True)
_LEFT = (True, False)
_RIGHT = (False, True)
_NUMBERS = (float, int, bool, complex)


def unary(
    name: str, kernel: Kernel, *, dtypes: Any = INEXACT, keep: Keep = Keep.INPUTS, differentiable: bool = True
) -> Any:
    """Define the op `name` of one tensor `x` without attributes; returns it as a function."""
    op = Op(name, kernel, inputs=("x",), dtypes=dtypes, keep=keep, differentiable=differentiable)
    registry.add(op)

    def call(x: Any) -> Any:
        if type(x) is not Tensor:
            if isinstance(x, torch.Tensor):
                return kernel(x)
            x = convert(x)
        raw = x._t
        if raw.dtype not in dtypes:
            raise refused(op, (raw,))
        try:
            result = kernel(raw)
        except Exception as error:
            result = recover(op, error, (raw,), _NO_ATTRS)
        node = x._node
        if node is None or not listening:
            return Tensor(result, None)
        tapes = node.tapes
        if tapes is not state.recording:
            tapes = tapes & state.recording
            if not tapes:
                return Tensor(result, None)
        if not differentiable:
            return unrecorded(op, (x,), (raw,), result, _NO_ATTRS)
        entry = Entry(
            op,
            (node,),
            (raw,) if op.keeps_inputs else _NO_TENSORS,
            (result,) if op.keeps_outputs else _NO_TENSORS,
            None,
            _NO_ATTRS,
            _ONE,
            tapes,
        )
        enlist = state.append
        if enlist is not None and entry.number & 1023:
            enlist(ref(entry))
        else:
            append(entry, result)
        return Tensor(result, entry)

    return _finish(op, call)


def binary(
    name: str,
    kernel: Kernel,
    *,
    dtypes: Any = registry.NUMERIC,
    keep: Keep = Keep.INPUTS,
    differentiable: bool = True,
) -> Any:
    """Define the elementwise, broadcasting op `name` of two tensors of one dtype; returns it as a function.

    Its entries keep the inputs' shapes where they differ (`op.shapes`), for `unbroadcast`.
    """
    op = Op(
        name, kernel, inputs=("x", "y"), dtypes=dtypes, same=(0, 1), keep=keep, differentiable=differentiable
    )
    registry.add(op)
    return _finish(op, binary_call(op))


def binary_call(
    op: Op,
    operands: Callable[..., Any] | None = None,
    otherwise: Callable[..., Any] | None = None,
    kernel: Kernel | None = None,
    dtypes: Any = None,
) -> Any:
    """A function that calls the op `op` of two tensors; an operator may need another one than `tf.raw_ops` has.

    Args:
      operands: `operands(x, y)` turns what are not both tensors into `(raw x, entry of x, raw y, entry of y)`,
        or gives NotImplemented.
      otherwise: `otherwise(op, x, y, raw x, raw y)` answers for dtypes that the op does not take, or raises.
      kernel, dtypes: in place of those of the op.
    """
    kernel = kernel or op.kernel
    dtypes = dtypes or op.dtypes
    differentiable = op.differentiable
    operands = operands or match_operands
    otherwise = otherwise or refuse

    def call(x: Any, y: Any) -> Any:
        if type(x) is Tensor and type(y) is Tensor:
            a = x._t
            b = y._t
            p = x._node
            q = y._node
        elif type(x) is Tensor and type(y) in _NUMBERS:
            a = x._t
            p = x._node
            q = None
            try:
                b = constants[y, a.dtype, type(y)]
            except KeyError:
                found = operands(x, y)
                if found is NotImplemented:
                    return NotImplemented
                a, p, b, q = found
        elif type(x) is Tensor and type(y) is Variable:
            y = y._read()
            a = x._t
            b = y._t
            p = x._node
            q = y._node
        else:
            if isinstance(x, torch.Tensor) and (isinstance(y, torch.Tensor) or type(y) in _NUMBERS):
                return kernel(x, y)
            if isinstance(y, torch.Tensor) and type(x) in _NUMBERS:
                return kernel(x, y)
            found = operands(x, y)
            if found is NotImplemented:
                return NotImplemented
            a, p, b, q = found
        dtype = a.dtype
        if dtype is not b.dtype or dtype not in dtypes:
            return otherwise(op, x, y, a, b)
        try:
            result = kernel(a, b)
        except Exception as error:
            result = recover(op, error, (a, b), _NO_ATTRS)
        if (p is None and q is None) or not listening:
            return Tensor(result, None)
        recording = state.recording
        if p is not None and (p.tapes is not recording and not p.tapes & recording):
            p = None
        if q is not None and (q.tapes is not recording and not q.tapes & recording):
            q = None
        if q is None:
            if p is None:
                return Tensor(result, None)
            tapes = p.tapes
            needs = _LEFT
        elif p is None:
            tapes = q.tapes
            needs = _RIGHT
        else:
            tapes = p.tapes
            if q.tapes is not tapes:
                tapes = tapes | q.tapes
            needs = _BOTH
        if tapes is not recording:
            tapes = recording if tapes >= recording else tapes & recording
        if not differentiable:
            return unrecorded(op, (Tensor(a, p), Tensor(b, q)), (a, b), result, _NO_ATTRS)
        keep = op.keep
        outputs = _NO_TENSORS
        if keep is cross:
            kept = (a if q is not None else None, b if p is not None else None)
        elif keep is quotient:
            kept = (None, b)
            if q is not None:
                outputs = (result,)
        else:
            kept = (a, b) if op.keeps_inputs else _NO_TENSORS
            if op.keeps_outputs:
                outputs = (result,)
        shape = a.shape
        other = b.shape
        entry = Entry(
            op,
            (p, q),
            kept,
            outputs,
            None if shape == other else (shape, other),
            _NO_ATTRS,
            needs,
            tapes,
        )
        enlist = state.append
        if enlist is not None and entry.number & 1023:
            enlist(ref(entry))
        else:
            append(entry, result)
        return Tensor(result, entry)

    return listed(op, call)


quotient = Keep.QUOTIENT


def refuse(op: Op, x: Any, y: Any, a: Any, b: Any) -> Any:
    """The `otherwise` of ops that take no other dtypes."""
    return autocast.agree(op, (x, y), (a, b), _NO_ATTRS)


def match_operands(x: Any, y: Any) -> Any:
    """Raw value and entry of both operands; what is not a tensor takes the dtype of the other one."""
    if type(x) is Tensor or type(x) is Variable:
        if type(y) in _NUMBERS:
            x = x._read() if type(x) is Variable else x
            if isinstance(x._t, torch.Tensor):
                return x._t, x._node, number(y, x._t.dtype), None
        elif type(y) is Tensor or type(y) is Variable:
            x = x._read() if type(x) is Variable else x
            y = y._read() if type(y) is Variable else y
            return x._t, x._node, y._t, y._node
    elif type(y) is Tensor and type(x) in _NUMBERS and isinstance(y._t, torch.Tensor):
        return number(x, y._t.dtype), None, y._t, y._node
    x, y = match((x, y))
    return x._t, x._node, y._t, y._node


def primitive(
    name: str,
    kernel: Kernel,
    *,
    inputs: str,
    defaults: dict[str, Any] | None = None,
    outputs: int = 1,
    dtypes: Any = registry.ANY,
    same: tuple[int, ...] | None = (),
    preferred: DType | None = None,
    keep: Keep = Keep.INPUTS,
    keep_inputs: tuple[int, ...] | None = None,
    none_ok: bool = False,
    differentiable: bool = True,
) -> Any:
    """Define an op of any form; returns it as a function `call(*tensors, **attrs)`.

    Args:
      name: TensorFlow's op type.
      kernel: `kernel(*raw_tensors, **attrs)`; returns a tuple if the op has several outputs.
      inputs: names of the tensor inputs, separated by blanks; `*name` stands for any number of tensors.
      defaults: the attributes with their default values, by TensorFlow's names.
      outputs: number of outputs, 0 if the kernel decides.
      dtypes: dtypes that the first input may have.
      same: positions of inputs that share one dtype (`None`: all of them).
      preferred: the dtype that these inputs, or else the first, have if they can, where no tensor among them says one.
      keep: what the gradient rule uses; with `keep_inputs`, just the inputs at these positions.
      none_ok: the rule takes `None` as the cotangent of an output that does not matter.
      differentiable: False for an op whose outputs are constants to every tape.
    """
    op = Op(
        name,
        kernel,
        inputs=tuple(inputs.split()),
        defaults=defaults,
        outputs=outputs,
        dtypes=dtypes,
        same=same,
        preferred=preferred,
        keep=keep,
        keep_inputs=keep_inputs,
        none_ok=none_ok,
        differentiable=differentiable,
    )
    registry.add(op)
    return call_of(op)


def call_of(op: Op) -> Callable[..., Any]:
    """`op` as a function, by the shortest path for its form; for an op that is not registered, too."""
    build = _of_many
    if op.outputs == 1 and not any(name.startswith("*") for name in op.inputs):
        build = {1: _of_one, 2: _of_two}.get(len(op.inputs), _of_many)
    return _finish(op, build(op))


def _of_one(op: Op) -> Callable[..., Any]:
    """The call of an op of one tensor with attributes."""
    kernel = op.kernel
    dtypes = op.dtypes
    differentiable = op.differentiable

    def call(x: Any, **attrs: Any) -> Any:
        if type(x) is not Tensor:
            if isinstance(x, torch.Tensor):
                return kernel(x, **attrs)
            x = convert(x, None, op.preferred)
        raw = x._t
        if raw.dtype not in dtypes:
            raise refused(op, (raw,))
        try:
            result = kernel(raw, **attrs)
        except Exception as error:
            result = recover(op, error, (raw,), attrs)
        node = x._node
        if node is None or not listening:
            return Tensor(result, None)
        tapes = node.tapes
        if tapes is not state.recording:
            tapes = tapes & state.recording
            if not tapes:
                return Tensor(result, None)
        if not differentiable or result.dtype not in INEXACT:
            return unrecorded(op, (x,), (raw,), result, attrs)
        entry = Entry(
            op,
            (node,),
            (raw,) if op.keeps_inputs else _NO_TENSORS,
            (result,) if op.keeps_outputs else _NO_TENSORS,
            (raw.shape,),
            attrs,
            _ONE,
            tapes,
        )
        enlist = state.append
        if enlist is not None and entry.number & 1023:
            enlist(ref(entry))
        else:
            append(entry, result)
        return Tensor(result, entry)

    return call


def _of_two(op: Op) -> Callable[..., Any]:
    """The call of an op of two tensors with attributes."""
    kernel = op.kernel
    dtypes = op.dtypes
    differentiable = op.differentiable
    same = op.same is None or op.same == (0, 1)

    def call(x: Any, y: Any, **attrs: Any) -> Any:
        if type(x) is not Tensor or type(y) is not Tensor:
            if type(x) is Tensor and type(y) is Variable:
                y = y._read()
            else:
                if _all_raw((x, y)):
                    return kernel(x, y, **attrs)
                x, y = _convert_inputs(op, (x, y))
        a = x._t
        b = y._t
        if a.dtype not in dtypes or (same and a.dtype is not b.dtype):
            return autocast.agree(op, (x, y), (a, b), attrs)
        try:
            result = kernel(a, b, **attrs)
        except Exception as error:
            result = recover(op, error, (a, b), attrs)
        p = x._node
        q = y._node
        if (p is None and q is None) or not listening:
            return Tensor(result, None)
        recording = state.recording
        if p is not None and p.tapes is not recording and not p.tapes & recording:
            p = None
        if q is not None and q.tapes is not recording and not q.tapes & recording:
            q = None
        if p is None and q is None:
            return Tensor(result, None)
        if not differentiable or result.dtype not in INEXACT:
            return unrecorded(op, (x, y), (a, b), result, attrs)
        if op.keep is cross:
            kept = (a if q is not None else None, b if p is not None else None)
        elif not op.keeps_inputs:
            kept = _NO_TENSORS
        elif op.keep_inputs is None:
            kept = (a, b)
        else:
            kept = (a if 0 in op.keep_inputs else None, b if 1 in op.keep_inputs else None)
        entry = Entry(
            op,
            (p, q),
            kept,
            (result,) if op.keeps_outputs else _NO_TENSORS,
            (a.shape, b.shape),
            attrs,
            _RIGHT if p is None else _LEFT if q is None else _BOTH,
            recording
            if (p is not None and p.tapes is recording) or (q is not None and q.tapes is recording)
            else tapes_of((p, q), recording),
        )
        enlist = state.append
        if enlist is not None and entry.number & 1023:
            enlist(ref(entry))
        else:
            append(entry, result)
        return Tensor(result, entry)

    return call


def _of_many(op: Op) -> Callable[..., Any]:
    """The call of an op of any number of tensors, with any number of results."""
    kernel = op.kernel

    def call(*args: Any, **attrs: Any) -> Any:
        tensors: Any = args
        for x in args:
            if type(x) is not Tensor:
                if _all_raw(args):
                    return kernel(*args, **attrs)
                tensors = _convert_inputs(op, args)
                break
        raws = [x._t for x in tensors]
        if raws and _misfit(op, raws):
            return autocast.agree(op, tensors, raws, attrs)
        try:
            result = kernel(*raws, **attrs)
        except Exception as error:
            result = recover(op, error, raws, attrs)
        if listening:
            for x in tensors:
                if x._node is not None:
                    return record_call(op, tensors, raws, result, attrs)
        if op.outputs == 1:
            return Tensor(result, None)
        return tuple([Tensor(item, None) for item in result])

    return call


def record_call(op: Op, tensors: Any, raws: Any, result: Any, attrs: dict[str, Any]) -> Any:
    """The result of a call as Tensors, recorded if a tape of this thread traces one of the inputs."""
    tapes = tapes_of([x._node for x in tensors], state.recording)
    if not tapes:
        return _constants(op, result)
    if not op.differentiable or not any(_trainable(x) for x in ((result,) if op.outputs == 1 else result)):
        return unrecorded(op, tensors, raws, result, attrs)
    return _enter(op, tensors, raws, result, attrs, tapes)


def unrecorded(op: Op, tensors: Any, raws: Any, result: Any, attrs: dict[str, Any]) -> Any:
    """The result of a call that no tape can differentiate, because of the op or of the result's dtype.

    A gradient from `gradient_override_map` makes it differentiable all the same; and an observer wants to know.
    """
    override = state.overrides.get(op.name)
    if override is None and op.differentiable:
        override = op  # a plugin gave it a gradient after its call was made
    if override is not None and _trainable(result):
        tapes = tapes_of([x._node for x in tensors], state.recording)
        return _enter(override, tensors, raws, result, attrs, tapes)
    if state.observer is None:
        if op.rule is None and op.differentiable and op.outputs == 1:
            return Tensor(result, unlisted(op, tuple([x._node for x in tensors])))
        return _constants(op, result)
    return _enter(op, tensors, raws, result, attrs, state.observer.ids)


def _constants(op: Op, result: Any) -> Any:
    """The result as Tensors that no tape traces."""
    return Tensor(result, None) if op.outputs == 1 else tuple([Tensor(item, None) for item in result])


def _enter(op: Op, tensors: Any, raws: Any, result: Any, attrs: dict[str, Any], tapes: TapeIds) -> Any:
    """The result of a call as Tensors, recorded by `tapes`."""
    parents = tuple(
        [x._node if x._node is not None and x._node.tapes & state.recording else None for x in tensors]
    )
    kept: tuple[Any, ...] = _NO_TENSORS
    if op.keep is cross:
        p, q = parents
        kept = (raws[0] if q is not None else None, raws[1] if p is not None else None)
    elif op.keeps_inputs:
        if op.keep_inputs is None:
            kept = tuple(raws)
        else:
            kept = tuple([raw if i in op.keep_inputs else None for i, raw in enumerate(raws)])
    single = op.outputs == 1
    outputs = (result,) if single else tuple(result)
    entry = Entry(
        op,
        parents,
        kept,
        outputs if op.keeps_outputs else _NO_TENSORS,
        tuple([raw.shape for raw in raws]),
        attrs,
        tuple([p is not None for p in parents]),
        tapes,
    )
    if single:
        append(entry, result)
        return Tensor(result, entry)
    # The shape and dtype of every output, for zeros in place of a cotangent that is missing.
    entry.attrs = {**attrs, "_outputs": tuple([(item.shape, item.dtype, item.device) for item in outputs])}
    append(entry, outputs)
    return tuple([Tensor(item, _output_node(entry, i, item)) for i, item in enumerate(outputs)])


def _output_node(entry: Entry, index: int, item: Any) -> Entry:
    """The entry of one output; what has no gradient is listed by the observer alone."""
    if _trainable(item):
        return project(entry, index, item)
    if state.observer is None:
        return unlisted(output(index), (entry,))
    return project(entry, index, item, state.observer.ids)


def _trainable(raw: Any) -> bool:
    """Whether gradients flow through values of this dtype at all."""
    return raw is not None and isinstance(raw, torch.Tensor) and raw.dtype in INEXACT


# Every function that calls an op, with the op: its variable `kernel` is what it computes with.
CALLS: list[tuple[Op, Any]] = []


def listed(op: Op, call: Any) -> Any:
    """Enter `call`, a function with a variable `kernel` that calls `op`, in `CALLS`."""
    CALLS.append((op, call))
    for tell in hooks.defined:
        tell(op, call)
    return call


def _finish(op: Op, call: Callable[..., Any]) -> Callable[..., Any]:
    if not CALLS or CALLS[-1][1] is not call:
        listed(op, call)
    if op.name in autocast.LOWER:
        call = autocast.lowering(op, call)
    op.call = call
    call.__name__ = call.__qualname__ = op.name
    call.__doc__ = f"The op {op.name}."
    call.op = op  # type: ignore[attr-defined]
    return call


def _all_raw(args: tuple[Any, ...]) -> bool:
    """Raw torch tensors only (Python numbers may stand between them)."""
    found = False
    for x in args:
        if isinstance(x, torch.Tensor):
            found = True
        elif type(x) not in _NUMBERS:
            return False
    return found


def _convert_inputs(op: Op, args: tuple[Any, ...]) -> list[Tensor]:
    """All inputs as Tensors; a number or list takes the dtype of the Tensors it must agree with."""
    same = None if op.same is None else [i for i in op.same if i < len(args)]
    return match(args, same, op.preferred)


def _misfit(op: Op, raws: list[Any]) -> bool:
    """Whether the op does not take inputs of these dtypes."""
    if raws[0].dtype not in op.dtypes:
        return True
    same = op.same
    if same is None:
        first = raws[0].dtype
        for raw in raws:
            if raw.dtype is not first:
                return True
    elif same:
        first = raws[same[0]].dtype
        for i in same:
            if i < len(raws) and raws[i].dtype is not first:
                return True
    return False
