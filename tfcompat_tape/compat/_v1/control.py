"""Control flow and functions over functions, with the arguments of version 1."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

import tfcompat_tape as tf
from tfcompat_tape import nest


def cond(
    pred: Any,
    true_fn: Any = None,
    false_fn: Any = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Any = None,
    fn2: Any = None,
) -> Any:
    """`tf.cond` with the arguments of version 1; without `strict`, lists of one element are that element.

    Raises:
      TypeError: no function, or one by both of its names.

    Source: `tf.compat.v1.cond`.
    """
    for new, old, names in ((true_fn, fn1, ("true_fn", "fn1")), (false_fn, fn2, ("false_fn", "fn2"))):
        if new is not None and old is not None:
            raise TypeError(f"cond(): '{names[0]}' and '{names[1]}' may not be set simultaneously.")
        if new is None and old is None:
            raise TypeError(f"cond(): '{names[0]}' argument required")
    result = tf.cond(pred, fn1 if true_fn is None else true_fn, fn2 if false_fn is None else false_fn)
    return result if strict else _single(result)


def case(
    pred_fn_pairs: Any, default: Any = None, exclusive: bool = False, strict: bool = False, name: str = "case"
) -> Any:
    """`tf.case` with the arguments of version 1. Source: `tf.compat.v1.case`."""
    return tf.case(pred_fn_pairs, default, exclusive, strict)


def _single(result: Any) -> Any:
    one = isinstance(result, (list, builtins.tuple)) and len(result) == 1 and not hasattr(result, "_fields")
    return result[0] if one else result


def while_loop(
    cond: Any,
    body: Any,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """`tf.while_loop` with the arguments of version 1.

    A single loop variable need not stand in a list in what `body` returns, and does not in the result, unless
    `return_same_structure`.

    Source: `tf.compat.v1.while_loop`.
    """
    single = (
        not return_same_structure and isinstance(loop_vars, (list, builtins.tuple)) and len(loop_vars) == 1
    )

    def packed(*values: Any) -> Any:
        found = body(*values)
        return found if isinstance(found, (list, builtins.tuple)) else [found]

    result = tf.while_loop(
        cond,
        packed if single else body,
        loop_vars,
        shape_invariants=shape_invariants,
        parallel_iterations=parallel_iterations,
        maximum_iterations=maximum_iterations,
    )
    return result[0] if single else result


def map_fn(
    fn: Any,
    elems: Any,
    dtype: Any = None,
    parallel_iterations: Any = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """`tf.map_fn`. Source: `tf.compat.v1.map_fn`."""
    return tf.map_fn(fn, elems, dtype=dtype, infer_shape=infer_shape, fn_output_signature=fn_output_signature)


def scan(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """`tf.scan`. Source: `tf.compat.v1.scan`."""
    return tf.scan(fn, elems, initializer, infer_shape=infer_shape, reverse=reverse)


def foldl(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """`tf.foldl`. Source: `tf.compat.v1.foldl`."""
    return tf.foldl(fn, elems, initializer)


def foldr(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """`tf.foldr`. Source: `tf.compat.v1.foldr`."""
    return tf.foldr(fn, elems, initializer)


def tuple(tensors: Any, name: str | None = None, control_inputs: Any = None) -> Any:
    """`tf.tuple` with the arguments of version 1. Source: `tf.compat.v1.tuple`."""
    return tf.tuple(tensors, control_inputs)


def py_func(func: Any, inp: Any, Tout: Any, stateful: bool = True, name: str | None = None) -> Any:
    """`func(*inp)`, a function of NumPy arrays. It has no gradient. Source: `tf.compat.v1.py_func`.

    >>> import tfcompat_tape as tf
    >>> print(tf.compat.v1.py_func(lambda x: x + 1, [tf.constant(1)], tf.int32).numpy())
    2
    """
    found = nest.flatten(func(*[np.array(x) for x in inp]))
    made = [None if x is None else tf.convert_to_tensor(x) for x in found]
    return made[0] if len(made) == 1 else made


def Print(
    input_: Any,
    data: Any,
    message: Any = None,
    first_n: Any = None,
    summarize: Any = None,
    name: str | None = None,
) -> Any:
    """Print `message` and `data` to the standard error; the input comes back.

    Args:
      first_n: how often calls with these arguments print; always if None or negative.
      summarize: how many elements of a tensor are shown; all if negative.

    Source: `tf.compat.v1.Print`.
    """
    return tf.raw_ops.Print(
        input=input_,
        data=data,
        message=message or "",
        first_n=-1 if first_n is None else first_n,
        summarize=3 if summarize is None else summarize,
    )


def wrap_function(fn: Any, signature: Any, name: str | None = None) -> Any:
    """`fn` for arguments of a signature: `tf.function`. Source: `tf.compat.v1.wrap_function`."""
    return tf.function(fn, input_signature=signature)


def multinomial(
    logits: Any, num_samples: Any, seed: Any = None, name: str | None = None, output_dtype: Any = None
) -> Any:
    """`tf.random.categorical` with the arguments of version 1. Source: `tf.compat.v1.multinomial`."""
    return tf.random.categorical(
        logits, num_samples, tf.int64 if output_dtype is None else output_dtype, seed
    )


def stateless_multinomial(
    logits: Any, num_samples: Any, seed: Any, output_dtype: Any = tf.int64, name: str | None = None
) -> Any:
    """`tf.random.stateless_categorical`. Source: `tf.compat.v1.random.stateless_multinomial`."""
    return tf.random.stateless_categorical(logits, num_samples, seed, output_dtype)


def random_poisson(
    lam: Any, shape: Any, dtype: Any = tf.float32, seed: Any = None, name: str | None = None
) -> Any:
    """`tf.random.poisson` with the rates first. Source: `tf.compat.v1.random_poisson`."""
    return tf.random.poisson(shape, lam, dtype, seed)


poisson = random_poisson


def set_random_seed(seed: Any) -> None:
    """`tf.random.set_seed`. Source: `tf.compat.v1.set_random_seed`."""
    tf.random.set_seed(seed)


def get_seed(op_seed: Any) -> Any:
    """The two seeds of an op: of the thread, and its own. Source: `tf.compat.v1.get_seed`."""
    from tfcompat_tape.ops.seeds import get_seed as of_op

    return of_op(op_seed)
