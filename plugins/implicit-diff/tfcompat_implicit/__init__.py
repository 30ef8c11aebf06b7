"""Roots and fixed points, whose gradients come from the implicit function theorem and not from the solver's steps.

The ops take a Python function as an attribute: the kernel solves with it, the gradient differentiates it.
"""

from tfcompat_tape.plugins import REQUIRED, OpDefinition, hookimpl

from .api import NotConvergedError, find_root, fixed_point

__all__ = ["NotConvergedError", "find_root", "fixed_point"]


@hookimpl
def tfcompat_ops():
    attrs = {"function": REQUIRED, "tolerance": None, "max_iterations": 100, "damping": 1.0, "batch_dims": 0}
    return [
        OpDefinition(
            "ImplicitRoot",
            kernel=".kernels:root",
            inputs="start *params",
            attrs=attrs,
            gradient=".rules:root_gradient",
            batching=".kernels:batched_root",
            dtypes=("float32", "float64"),
            same="start",
            examples=".examples:of_root",
            doc="x with function(x, *params) = 0, by Newton's method",
        ),
        OpDefinition(
            "ImplicitFixedPoint",
            kernel=".kernels:fixed_point",
            inputs="start *params",
            attrs={**attrs, "memory": 0},
            gradient=".rules:fixed_point_gradient",
            batching=".kernels:batched_fixed_point",
            dtypes=("float32", "float64"),
            same="start",
            examples=".examples:of_fixed_point",
            doc="x with function(x, *params) = x, by damped iteration or Anderson acceleration",
        ),
    ]
