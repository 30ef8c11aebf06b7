"""Functions of TensorFlow for types of a user's own: `tf.experimental.dispatch_for_api` and its kin."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from typing import Any

from tfcompat_tape._elementwise import ASSERT, BINARY, UNARY, functions, named
from tfcompat_tape.control.scopes import name_scope
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.overloads import Answer, overloads, written
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import comparison

Function = Callable[..., Any]

_PACKAGE = __name__.partition(".")[0]

# Functions that TensorFlow does not let anyone take over.
_REFUSED = """
constant custom_gradient einsum executing_eagerly function get_static_value grad_pass_through gradients group
guarantee_const hessians init_scope inside_function is_symbolic_tensor is_tensor linalg.banded_triangular_solve
linalg.einsum linalg.logm linalg.slogdet make_ndarray make_tensor_proto map_fn meshgrid
no_gradient nondifferentiable_batch_function print ragged.map_flat_values recompute_grad
register_tensor_conversion_function required_space_to_batch_paddings signal.fftnd signal.ifftnd signal.irfft
signal.irfft2d signal.irfft3d signal.irfftnd signal.rfft signal.rfft2d signal.rfft3d signal.rfftnd sparse.add
sparse.concat sparse.cross sparse.cross_hashed sparse.expand_dims sparse.eye sparse.fill_empty_rows
sparse.from_dense sparse.map_values sparse.mask sparse.maximum sparse.minimum sparse.reduce_max
sparse.reduce_sum sparse.reorder sparse.reset_shape sparse.retain sparse.sampled_addmm sparse.segment_mean
sparse.segment_sqrt_n sparse.segment_sum sparse.slice sparse.softmax sparse.sparse_dense_matmul sparse.split
sparse.to_dense sparse.to_indicator sparse.transpose switch_case type_spec_from_value vectorized_map while_loop
"""

# The comparisons of Tensors are these ops themselves, and so are taken over together with the functions.
_COMPARED = {
    "math.greater": comparison.greater,
    "math.greater_equal": comparison.greater_equal,
    "math.less": comparison.less,
    "math.less_equal": comparison.less_equal,
}
_REFLECTED = {
    "sub": "math.subtract",
    "mul": "math.multiply",
    "truediv": "math.divide",
    "floordiv": "math.floordiv",
    "mod": "math.floormod",
    "pow": "math.pow",
    "and": "math.logical_and",
    "or": "math.logical_or",
    "xor": "math.logical_xor",
}

# What was registered: for each target the lists that have its answers. And the handlers, by their types.
_registered: list[tuple[Function, list[tuple[list[Answer], Answer]]]] = []
_handlers: dict[tuple[str, Any], Function] = {}


def dispatch_for_api(api: Function, *signatures: Any) -> Callable[[Function], Function]:
    """Decorator of a function that takes over `api` where the arguments have certain types.

    Args:
      api: a public function.
      signatures: dicts from names or positions of parameters to types, to `typing.Union[...]` or `typing.List[...]`.
        The function is called where the arguments of one of them all have these types, and at least one argument
        is or holds a composite value. Without signatures, the annotations of the function are the signature.

    Returns:
      A decorator. The function's parameters are those of `api`; it may leave `name` out.

    Raises:
      TypeError: a signature that is no dict.
      ValueError: `api` is no public function, or may not be taken over; a parameter that it does not have; an
        annotation of another kind; a function with other parameters; no signature at all.

    Calls raise ValueError where several functions take over.

    Source: `tf.experimental.dispatch_for_api`.

    >>> import tfcompat_tape as tf
    >>> @tf.experimental.dispatch_for_api(tf.nn.l2_loss, {"t": tf.SparseTensor})
    ... def sparse_loss(t):
    ...     return tf.nn.l2_loss(t.values)
    >>> tf.nn.l2_loss(tf.sparse.eye(4)).numpy()
    np.float32(2.0)
    >>> tf.experimental.unregister_dispatch_for(sparse_loss)
    """
    parameters = _parameters(api)
    for signature in signatures:
        if not isinstance(signature, dict):
            raise TypeError("signatures must be dictionaries mapping parameter names to type annotations.")
    given = [_checked(signature, parameters) for signature in signatures]

    def decorate(target: Function) -> Function:
        found = given or [_checked(_annotations(target), parameters)]
        target = _fitted(target, api)
        _register(target, [(api, _Target(target, api, found))])
        return target

    return decorate


def dispatch_for_unary_elementwise_apis(x_type: Any) -> Callable[[Function], Function]:
    """Decorator of a handler that takes over all unary elementwise functions where the first argument is an `x_type`.

    Args:
      x_type: a type, `typing.Union[...]` or `typing.List[...]`.

    Returns:
      A decorator of `handler(api_func, x)`, where `api_func` is the function, with the other arguments of the call.

    Raises:
      ValueError: an annotation of another kind, or one that has a handler.

    Source: `tf.experimental.dispatch_for_unary_elementwise_apis`.

    >>> import tfcompat_tape as tf
    >>> @tf.experimental.dispatch_for_unary_elementwise_apis(tf.SparseTensor)
    ... def of_values(api_func, x):
    ...     return x.with_values(api_func(x.values))
    >>> tf.nn.relu(tf.sparse.eye(2)).values.numpy()
    array([1., 1.], dtype=float32)
    >>> tf.experimental.unregister_dispatch_for(of_values)
    """
    return _handled("unary elementwise", UNARY, (x_type,))


def dispatch_for_binary_elementwise_apis(x_type: Any, y_type: Any) -> Callable[[Function], Function]:
    """Decorator of a handler that takes over all binary elementwise functions of an `x_type` and a `y_type`.

    Args:
      x_type, y_type: a type, `typing.Union[...]` or `typing.List[...]`.

    Returns:
      A decorator of `handler(api_func, x, y)`, where `api_func` is the function, with the other arguments of the call.

    Raises:
      ValueError: an annotation of another kind, or a pair that has a handler.

    Source: `tf.experimental.dispatch_for_binary_elementwise_apis`.

    >>> import tfcompat_tape as tf
    >>> @tf.experimental.dispatch_for_binary_elementwise_apis(tf.SparseTensor, tf.SparseTensor)
    ... def of_values(api_func, x, y):
    ...     return x.with_values(api_func(x.values, y.values))
    >>> tf.maximum(tf.sparse.eye(2), tf.sparse.eye(2) * 2.0).values.numpy()
    array([2., 2.], dtype=float32)
    >>> tf.experimental.unregister_dispatch_for(of_values)
    """
    return _handled("binary elementwise", BINARY, (x_type, y_type))


def dispatch_for_binary_elementwise_assert_apis(x_type: Any, y_type: Any) -> Callable[[Function], Function]:
    """Decorator of a handler that takes over all assertions about two values, of an `x_type` and a `y_type`.

    Args:
      x_type, y_type: a type, `typing.Union[...]` or `typing.List[...]`.

    Returns:
      A decorator of `handler(assert_func, x, y)`, where `assert_func` has the other arguments of the call.

    Raises:
      ValueError: an annotation of another kind, or a pair that has a handler.

    Source: `tf.experimental.dispatch_for_binary_elementwise_assert_apis`.

    >>> import tfcompat_tape as tf
    >>> @tf.experimental.dispatch_for_binary_elementwise_assert_apis(tf.SparseTensor, tf.SparseTensor)
    ... def of_values(assert_func, x, y):
    ...     return assert_func(x.values, y.values)
    >>> tf.debugging.assert_equal(tf.sparse.eye(2), tf.sparse.eye(2))
    >>> tf.experimental.unregister_dispatch_for(of_values)
    """
    return _handled("binary elementwise assert", ASSERT, (x_type, y_type))


def unregister_dispatch_for(dispatch_target: Function) -> None:
    """Take back what a decorator of `tf.experimental.dispatch_for_*` registered, by what the decorator returned.

    Raises:
      ValueError: the function was not registered.

    Source: `tf.experimental.unregister_dispatch_for`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.unregister_dispatch_for(print)
    Traceback (most recent call last):
    ValueError: Function <built-in function print> was not registered using a `@dispatch_for_*` decorator.
    """
    found = [entry for entry in _registered if entry[0] is dispatch_target]
    if not found:
        raise ValueError(
            f"Function {dispatch_target} was not registered using a `@dispatch_for_*` decorator."
        )
    for entry in found:
        for answers, answer in entry[1]:
            answers.remove(answer)
        _registered.remove(entry)
    for key in [key for key, handler in _handlers.items() if handler is dispatch_target]:
        del _handlers[key]


# -- what is registered ------------------------------------------------------------------------------------------------


def _register(target: Function, answers: list[tuple[Function, Answer]]) -> None:
    _take_operators()
    places = []
    for function, answer in answers:
        before = overloads(function).before
        if not before:
            before.append(_Agreement(function))
        before[0].answers.append(answer)  # type: ignore[attr-defined]
        places.append((before[0].answers, answer))  # type: ignore[attr-defined]
    _registered.append((target, places))


class _Agreement:
    """The answer of the one target that takes over a function; there must not be two."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.answers: list[Any] = []

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        found = [answer for answer in self.answers if answer.matches(args, kwargs)]
        if not found:
            return NotImplemented
        targets = [answer.target for answer in found]
        if overloads(self.function).applies(args, kwargs):  # the library's own, for RaggedTensors
            targets.append(self.function)
        if len(targets) > 1:
            raise ValueError(
                f"Multiple dispatch targets that were registered with tf.dispatch_for ({targets[0]} and {targets[1]}) "
                f"match the arguments to {self.function.__name__}"
            )
        return found[0](args, kwargs)


class _Target:
    """A function that takes over another where the arguments have the types of one signature."""

    def __init__(self, target: Function, api: Function, signatures: Any) -> None:
        self.target = target
        self.function = api
        self.form = inspect.signature(api)
        parameters = [*self.form.parameters]
        self.signatures = [
            [(parameters.index(name), name, annotation) for name, annotation in signature.items()]
            for signature in signatures
        ]

    def matches(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        for signature in self.signatures:
            composite = False
            for at, name, annotation in signature:
                value = args[at] if at < len(args) else kwargs.get(name, _MISSING)
                if not _is_a(value, annotation):
                    break
                composite = composite or _composite(value)
            else:
                if composite:
                    return True
        return False

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        bound = self.form.bind(*args, **kwargs)
        bound.apply_defaults()
        return self.target(*bound.args, **bound.kwargs)


_MISSING = object()


def _composite(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_composite(item) for item in value)
    return isinstance(value, CompositeTensor)


def _is_a(value: Any, annotation: Any) -> bool:
    """Whether a value has the type of an annotation."""
    origin = typing.get_origin(annotation)
    if origin is typing.Union:
        return any(_is_a(value, option) for option in typing.get_args(annotation))
    if origin is list:
        (item,) = typing.get_args(annotation)
        return isinstance(value, (list, tuple)) and all(_is_a(one, item) for one in value)
    return annotation is not Any and isinstance(value, annotation)


def _handled(kind: str, paths: str, types: tuple[Any, ...]) -> Callable[[Function], Function]:
    def decorate(handler: Function) -> Function:
        for annotation in types:
            _check_annotation(annotation)
        key = (kind, types if len(types) > 1 else types[0])
        if key in _handlers:
            raise ValueError(
                f"A {kind} dispatch handler ({_handlers[key]}) has already been registered for {key[1]}."
            )
        answers = []
        for path, function in functions(paths):
            parameters = [*inspect.signature(function).parameters]
            types_of = dict(zip(parameters, types, strict=False))
            answer = _Handler(handler, function, [types_of])
            answers.append((function, answer))
            if path in _COMPARED:
                answers.append((_COMPARED[path], _OfTensors(answer)))
        _register(handler, answers)
        _handlers[key] = handler
        return handler

    return decorate


class _OfTensors:
    """The answer of an operator, which reads Variables first."""

    def __init__(self, answer: _Target) -> None:
        self.answer = answer
        self.target = answer.target

    def matches(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        return self.answer.matches(_read(args), kwargs)

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.answer(_read(args), kwargs)


def _read(args: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([x._read() if hasattr(x, "_read") else x for x in args])


class _Handler(_Target):
    """A handler that takes over an elementwise function."""

    def __init__(self, handler: Function, api: Function, signatures: Any) -> None:
        super().__init__(handler, api, signatures)
        self.operands = [name for _, name, _ in self.signatures[0]]

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        count = len(self.operands)
        operands = [*args[:count], *[kwargs[name] for name in self.operands[len(args) :]]]
        rest = {name: value for name, value in kwargs.items() if name not in self.operands}
        name = rest.pop("name", None)
        function = self.function
        if args[count:] or rest:
            function = _with_rest(function, args[count:], rest)
        with name_scope(name or self.function.__name__):
            return self.target(function, *operands)


def _with_rest(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Function:
    """`function` with the arguments of the call that are no operands."""
    return lambda *operands: function(*operands, *args, **kwargs)


# -- checks ------------------------------------------------------------------------------------------------------------


@functools.cache
def _refused() -> frozenset[int]:
    return frozenset(id(written(function)) for _, function in functions(_REFUSED))


def refuses(api: Function) -> bool:
    """Whether TensorFlow lets nobody take over this public function."""
    return id(written(api)) in _refused()


def _parameters(api: Any) -> list[str]:
    """The names of the parameters of a function that may be taken over."""
    public = inspect.isfunction(api) and api.__module__.partition(".")[0] == _PACKAGE
    if not public or "." in api.__qualname__ or api.__name__.startswith("_") or refuses(api):
        raise ValueError(f"{api} does not support dispatch.")
    return [*inspect.signature(api).parameters]


def _checked(signature: dict[Any, Any], parameters: list[str]) -> dict[str, Any]:
    """A signature by the names of the parameters."""
    found = {}
    for key, annotation in signature.items():
        known = 0 <= key < len(parameters) if isinstance(key, int) else key in parameters
        if not known:
            raise ValueError(f"signature includes annotation for unknown parameter {key!r}.")
        _check_annotation(annotation)
        found[parameters[key] if isinstance(key, int) else key] = annotation
    return found


def _check_annotation(annotation: Any) -> None:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, list):
        for inner in typing.get_args(annotation):
            _check_annotation(inner)
    elif origin is not None or not (isinstance(annotation, type) or annotation is Any):
        raise ValueError(
            f"Type annotation {annotation} is not currently supported by dispatch.  "
            "Supported annotations: type objects,  List[...], and Union[...]"
        )


def _annotations(target: Function) -> dict[str, Any]:
    found = typing.get_type_hints(target)
    found.pop("return", None)
    if not found:
        raise ValueError(
            "The dispatch_for_api decorator must be called with at least one signature, or applied to a function that "
            "has type annotations on its parameters."
        )
    return found


def _fitted(target: Function, api: Function) -> Function:
    """`target` as a function that takes the parameters of `api`: also `name`, as a scope, if it leaves that out."""
    wanted = inspect.signature(api)
    own = inspect.signature(target)
    kinds = [parameter.kind for parameter in own.parameters.values()]
    if kinds == [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]:
        return target
    names = [*own.parameters]
    nameless = "name" in wanted.parameters and "name" not in names
    if nameless:
        names.append("name")
    if names != [*wanted.parameters] or set(kinds) - {inspect.Parameter.POSITIONAL_OR_KEYWORD}:
        raise ValueError(
            f"Dispatch function's signature {own} does not match API's signature {wanted}: the parameters must have "
            "the same names in the same order."
        )
    if not nameless:
        return target
    at = [*wanted.parameters].index("name")

    @functools.wraps(target)
    def call(*args: Any, name: Any = None, **kwargs: Any) -> Any:
        if len(args) > at:
            name, args = args[at], args[:at]
        if name is None:
            return target(*args, **kwargs)
        with name_scope(name):
            return target(*args, **kwargs)

    return call


def _take_operators() -> None:
    """A composite value to the right of a Tensor has the function of the operator answer."""
    for name, path in _REFLECTED.items():
        method = f"__r{name}__"
        if method not in vars(CompositeTensor):
            setattr(CompositeTensor, method, _reflected(named(path)))


def _reflected(function: Function) -> Function:
    def call(self: Any, other: Any) -> Any:
        (other,) = _read((other,))
        return function(other, self) if isinstance(other, Tensor) else NotImplemented

    return call
