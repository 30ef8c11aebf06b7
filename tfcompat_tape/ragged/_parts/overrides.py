"""Public functions that take RaggedTensors too.

While no RaggedTensor was ever made the functions are as they are. Then those listed here are replaced in the
namespaces: a call goes to the function as before, and only where that fails one looks for a RaggedTensor.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

from tfcompat_tape.ragged._parts import elementwise, joining, lookup, reductions

_UNARY = """
bitcast bitwise.invert cast clip_by_value debugging.check_numerics dtypes.saturate_cast identity
image.adjust_brightness image.adjust_gamma image.convert_image_dtype io.decode_base64 io.encode_base64
math.abs math.acos math.acosh math.angle math.asin math.asinh math.atan math.atanh math.bessel_i0
math.bessel_i0e math.bessel_i1 math.bessel_i1e math.ceil math.conj math.cos math.cosh math.digamma
math.erf math.erfc math.erfcinv math.erfinv math.exp math.expm1 math.floor math.imag math.is_finite
math.is_inf math.is_nan math.lgamma math.log math.log1p math.log_sigmoid math.logical_not math.ndtri
math.negative math.real math.reciprocal math.reciprocal_no_nan math.rint math.round math.rsqrt
math.sigmoid math.sign math.sin math.sinh math.softplus math.special.bessel_j0 math.special.bessel_j1
math.special.bessel_k0 math.special.bessel_k0e math.special.bessel_k1 math.special.bessel_k1e
math.special.bessel_y0 math.special.bessel_y1 math.special.dawsn math.special.expint
math.special.fresnel_cos math.special.fresnel_sin math.special.spence math.sqrt math.square math.tan
math.tanh nn.dropout nn.elu nn.gelu nn.leaky_relu nn.relu nn.relu6 nn.selu nn.silu nn.softsign
stop_gradient strings.as_string strings.length strings.lower strings.regex_full_match
strings.regex_replace strings.strip strings.substr strings.to_hash_bucket strings.to_hash_bucket_fast
strings.to_hash_bucket_strong strings.to_number strings.unicode_script strings.unicode_transcode
strings.upper nn.experimental.stateless_dropout
"""
_BINARY = """
bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor bitwise.left_shift bitwise.right_shift
dtypes.complex math.add math.atan2 math.divide math.divide_no_nan math.equal math.floordiv math.floormod
math.greater math.greater_equal math.less math.less_equal math.logical_and math.logical_or
math.logical_xor math.maximum math.minimum math.multiply math.multiply_no_nan math.nextafter
math.not_equal math.pow math.scalar_mul math.squared_difference math.subtract math.truediv math.xdivy
math.xlog1py math.xlogy math.zeta nn.sigmoid_cross_entropy_with_logits realdiv truncatediv truncatemod
"""
_MANY = "math.add_n strings.join"
_SPACES = "bitwise debugging dtypes image io linalg math math.special nn nn.experimental strings"


def _first(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """`function` on RaggedTensors among its first arguments, one or two, which act element by element."""
    parameters = [*inspect.signature(function).parameters][:count]

    def call(*args: Any, **kwargs: Any) -> Any:
        operands = [*args[:count], *[kwargs.pop(name) for name in parameters[len(args) :] if name in kwargs]]
        rest = args[count:]
        if elementwise.holds_ragged([*rest, *kwargs.values()]):
            raise TypeError(f"{function.__name__} takes a RaggedTensor only as {' or '.join(parameters)}.")
        if len(operands) == 1:
            flat = function(operands[0].flat_values, *rest, **kwargs)
            return operands[0].with_flat_values(flat)
        return elementwise.elementwise(lambda *flats: function(*flats, *rest, **kwargs), operands)

    return call


def _all_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of a list of tensors, element by element."""

    def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return elementwise.elementwise(lambda *flats: function(list(flats), *args, **kwargs), inputs)

    return call


def _too(function: Callable[..., Any], ragged: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, and `ragged` where it fails on a RaggedTensor."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception:
            if not elementwise.holds_ragged(args) and not elementwise.holds_ragged(kwargs.values()):
                raise
        return ragged(*args, **kwargs)

    return call


def _found(root: Any, path: str) -> Any:
    for name in path.split("."):
        root = vars(root).get(name)
        if root is None:
            return None
    return root


def _table(root: Any) -> dict[str, Callable[..., Any]]:
    """What takes the place of the public functions, by their paths."""
    table: dict[str, Any] = {}
    for paths, count in ((_UNARY, 1), (_BINARY, 2)):
        for path in paths.split():
            function = _found(root, path)
            if function is not None:
                table[path] = _first(function, count)
    for path in _MANY.split():
        table[path] = _all_of(_found(root, path)) if _found(root, path) else None
    for name, reduce in reductions.REDUCTIONS.items():
        table[f"math.{name}"] = reduce
    for kind in ("sum", "prod", "max", "min", "mean", "sqrt_n"):
        path = f"math.unsorted_segment_{kind}"
        if _found(root, path) is not None:
            table[path] = reductions.segment_function(_found(root, path))
    for name in ("concat", "expand_dims", "squeeze", "stack", "tile"):
        table[name] = getattr(joining, name)
    for name in ("gather", "gather_nd", "where", "reverse", "one_hot", "size", "rank", "split", "reshape"):
        table[name] = getattr(lookup, name)
    for name in ("zeros_like", "ones_like"):
        table[name] = lookup.like(_found(root, name))
    table["dynamic_partition"] = lookup.dynamic_partition
    table["nn.softmax"] = reductions.softmax
    return table


def install() -> None:
    """Put the functions that take RaggedTensors in the place of those that do not."""
    import tfcompat_tape as root

    replaced: dict[int, Any] = {}
    for path, ragged in _table(root).items():
        function = _found(root, path)
        if function is not None and ragged is not None:
            replaced[id(function)] = _too(function, ragged)
    for function in replaced.values():  # pickle finds functions where they were defined
        home = sys.modules.get(function.__module__)
        if getattr(home, function.__qualname__, None) is function.__wrapped__:
            setattr(home, function.__qualname__, function)
    for space in [root, *[_found(root, path) for path in _SPACES.split()]]:
        for name, value in [*vars(space).items()] if space is not None else ():
            if id(value) in replaced and not name.startswith("_"):
                setattr(space, name, replaced[id(value)])
