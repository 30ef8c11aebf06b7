"""ResourceApply* and ResourceSparseApply*: variables and slots after a step of an optimizer."""

import numpy as np
from conformance_kit import raises, script

# Roots and powers differ in the last digits between libraries.
TOL = {"float32": 2e-6, "float64": 1e-12, "float16": 4e-3, "bfloat16": 3e-2, "complex64": 4e-6}
SIGNED = ("var", "m", "mom", "mg", "linear", "gradient_accumulator")
RMS = {"lr": 0.1, "rho": 0.9, "momentum": 0.8, "epsilon": 0.5}
ADAM = {"beta1_power": 0.8, "lr": 0.1, "beta1": 0.85, "beta2": 0.95, "epsilon": 0.01}
FTRL = {"lr": 0.1, "l1": 0.05, "l2": 0.2, "lr_power": -0.5}
PROXIMAL = {"l1": 0.05, "l2": 0.2}

# By op: the slots, the numbers, and other attributes and numbers to try.
STEPS = {
    "GradientDescent": ("", {"alpha": 0.1}, []),
    "ProximalGradientDescent": ("", {"alpha": 0.1} | PROXIMAL, [{"l1": 0.0}]),
    "Momentum": ("accum", {"lr": 0.1, "momentum": 0.9}, [{"use_nesterov": True}]),
    "KerasMomentum": ("accum", {"lr": 0.1, "momentum": 0.9}, [{"use_nesterov": True}]),
    "Adagrad": ("accum", {"lr": 0.1}, [{"update_slots": False}]),
    "AdagradV2": ("accum", {"lr": 0.1, "epsilon": 0.01}, [{"update_slots": False}]),
    "ProximalAdagrad": ("accum", {"lr": 0.1} | PROXIMAL, [{"l1": 0.0}]),
    "AdagradDA": (
        "gradient_accumulator gradient_squared_accumulator",
        {"lr": 0.1, "global_step": 7} | PROXIMAL,
        [{"l1": 0.0}],
    ),
    "Adadelta": ("accum accum_update", {"lr": 0.1, "rho": 0.9, "epsilon": 0.01}, []),
    "Adam": ("m v", {"beta2_power": 0.9} | ADAM, [{"use_nesterov": True}]),
    "AdamWithAmsgrad": ("m v vhat", {"beta2_power": 0.9} | ADAM, []),
    "AdaMax": ("m v", ADAM, []),
    "RMSProp": ("ms mom", RMS, []),
    "CenteredRMSProp": ("mg ms mom", RMS, []),
    "Ftrl": ("accum linear", FTRL, [{"lr_power": -0.7}, {"multiply_linear_by_lr": True}]),
    "FtrlV2": (
        "accum linear",
        {"l2_shrinkage": 0.3} | FTRL,
        [{"lr_power": -0.7}, {"multiply_linear_by_lr": True}],
    ),
    "AddSign": ("m", {"lr": 0.1, "alpha": 1.2, "sign_decay": 0.9, "beta": 0.8}, []),
    "PowerSign": ("m", {"lr": 0.1, "logbase": 1.2, "sign_decay": 0.9, "beta": 0.8}, []),
}
NO_SPARSE = ("GradientDescent", "Adam", "AdamWithAmsgrad", "AdaMax", "AddSign", "PowerSign")


def values(name, place):
    rng = np.random.RandomState(31 + place)
    return rng.randn(3, 2) if name in SIGNED else rng.uniform(0.1, 1.0, (3, 2))


def step(tf, op, slots, numbers, dtype, indices=None, spoilt=None):
    """What a step returns or raises, and its variables after it."""
    names = ["var", *slots.split()]
    variables = {
        name: tf.Variable(tf.cast(tf.constant(values(name, place)), dtype))
        for place, name in enumerate(names)
    }
    given = {}
    for name, number in numbers.items():
        if name == "global_step":
            given[name] = tf.constant(number, tf.int64)
        else:
            given[name] = tf.cast(tf.constant(number, tf.float64), dtype) if type(number) is float else number
    grad = np.random.RandomState(3).randn(3, 2)
    if indices is None:
        given["delta" if op.endswith("Descent") else "grad"] = tf.cast(tf.constant(grad), dtype)
    else:
        given |= {"grad": tf.cast(tf.constant(grad[: len(indices)]), dtype), "indices": tf.constant(indices)}
    for name, value in (spoilt or {}).items():
        if name in given:
            given[name] = tf.constant(value)
    call = getattr(tf.raw_ops, f"Resource{'Sparse' if indices is not None else ''}Apply{op}")
    handles = {name: variable.handle for name, variable in variables.items()}
    if spoilt and "slot" in spoilt:
        handles[names[1]] = tf.Variable(tf.ones([4, 2])).handle
    return raises(lambda: call(**handles, **given)), [variable.value() for variable in variables.values()]


BAD = {
    "a vector for a number": {"lr": [0.1, 0.1], "alpha": [0.1, 0.1]},
    "a gradient of another shape": {"grad": [[1.0, 2.0, 3.0]] * 2, "delta": [[1.0, 2.0, 3.0]] * 2},
    "indices out of range": {"indices": [0, 3]},
    "a matrix of indices": {"indices": [[0, 1]]},
    "an index too few": {"indices": [0]},
    "indices of floats": {"indices": [0.0, 1.0]},
    "a slot of another shape": {"slot": True},
}
for _name, (_slots, _numbers, _others) in STEPS.items():

    @script(_name, tol=TOL)
    def _(tf, op=_name, slots=_slots, numbers=_numbers, others=_others):
        found = {}
        for dtype in (tf.float32, tf.float64, tf.float16, tf.bfloat16, tf.complex64, tf.int32):
            found[dtype.name] = step(tf, op, slots, numbers, dtype)
        for other in others:
            found[f"{other}"] = step(tf, op, slots, numbers | other, tf.float32)
        for what, spoilt in BAD.items():
            if "indices" not in spoilt and (slots or "slot" not in spoilt):
                found[what] = step(tf, op, slots, numbers, tf.float32, spoilt=spoilt)[0]
        return found

    if _name not in NO_SPARSE:

        @script(f"{_name}, sparse", tol=TOL)
        def _(tf, op=_name, slots=_slots, numbers=_numbers, others=_others):
            found = {}
            for dtype in (tf.float32, tf.float64, tf.float16, tf.complex64, tf.int32):
                found[dtype.name] = step(tf, op, slots, numbers, dtype, [2, 0])
            found["a row twice"] = step(tf, op, slots, numbers, tf.float32, [1, 1])
            for other in others:
                found[f"{other}"] = step(tf, op, slots, numbers | other, tf.float32, [2, 0])
            for what, spoilt in BAD.items():
                if slots or "slot" not in spoilt:
                    found[what] = step(tf, op, slots, numbers, tf.float32, [2, 0], spoilt)[0]
            return found


@script("numbers and lists in a step")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    tf.raw_ops.ResourceApplyGradientDescent(var=v.handle, alpha=0.5, delta=[1.0, 1.0])
    wide = tf.Variable(tf.constant([1.0, 2.0], tf.float64))
    tf.raw_ops.ResourceApplyMomentum(
        var=wide.handle,
        accum=tf.Variable(tf.zeros([2], tf.float64)).handle,
        lr=0.5,
        grad=tf.constant([1.0, 2.0], tf.float64),
        momentum=0.25,
        use_locking=True,
    )
    return v.value(), wide.value()
