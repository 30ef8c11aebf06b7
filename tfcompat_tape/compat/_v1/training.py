"""The optimizers of `tf.compat.v1.train`."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.optimizers import Optimizer, by_rows, whole

# Each `_step(self, variable, grad, value, *slots)` returns the new value and the new slots.


class GradientDescentOptimizer(Optimizer):
    """`v -= learning_rate * grad`. Source: `tf.compat.v1.train.GradientDescentOptimizer`.

    >>> import tfcompat_tape as tf
    >>> v = tf.Variable(3.0)
    >>> tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(lambda: v * v)
    >>> print(v.numpy())
    2.4
    """

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._rate = learning_rate

    def _step(self, variable: Any, grad: Any, value: Any) -> Any:
        return (value - self._number(self._rate, variable) * grad,)

    _dense = whole(_step)
    _sparse = by_rows(_step)


class MomentumOptimizer(Optimizer):
    """`a = momentum * a + grad; v -= learning_rate * a`; with Nesterov's momentum by `grad + momentum * a`.

    Source: `tf.compat.v1.train.MomentumOptimizer`.
    """

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._rate, self._momentum, self._nesterov = learning_rate, momentum, use_nesterov

    def _slots(self, variable: Any) -> dict[str, Any]:
        return {"momentum": tf.zeros(variable.shape, variable.dtype)}

    def _step(self, variable: Any, grad: Any, value: Any, kept: Any) -> Any:
        rate, momentum = self._number(self._rate, variable), self._number(self._momentum, variable)
        kept = kept * momentum + grad
        step = grad * rate + kept * momentum * rate if self._nesterov else kept * rate
        return value - step, kept

    _dense = whole(_step)
    _sparse = by_rows(_step)


class AdamOptimizer(Optimizer):
    """Adam: by running means of the gradient and of its square. Source: `tf.compat.v1.train.AdamOptimizer`."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
        use_own_namescope_for_non_slot_vars: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._rate, self._beta1, self._beta2, self._epsilon = learning_rate, beta1, beta2, epsilon

    def _slots(self, variable: Any) -> dict[str, Any]:
        zeros = tf.zeros(variable.shape, variable.dtype)
        return {"m": zeros, "v": zeros}

    def _prepare(self, variables: list[Any]) -> None:
        if not self._own:
            with tf.name_scope(""):
                for name, beta in (("beta1_power", self._beta1), ("beta2_power", self._beta2)):
                    value = beta() if callable(beta) else beta
                    self._own[name] = tf.Variable(value, trainable=False, name=name)
                    self._track_trackable(self._own[name], name)

    def _finish(self) -> None:
        for name, beta in (("beta1_power", self._beta1), ("beta2_power", self._beta2)):
            power = self._own[name]
            power.assign(power * self._number(beta, power))

    def _corrected(self, variable: Any) -> Any:
        powers = [tf.cast(self._own[name], variable.dtype) for name in ("beta1_power", "beta2_power")]
        return self._number(self._rate, variable) * tf.sqrt(1 - powers[1]) / (1 - powers[0])

    def _step(self, variable: Any, grad: Any, value: Any, m: Any, v: Any) -> Any:
        m = m + (grad - m) * (1 - self._number(self._beta1, variable))
        v = v + (grad * grad - v) * (1 - self._number(self._beta2, variable))
        epsilon = self._number(self._epsilon, variable)
        return value - m * self._corrected(variable) / (tf.sqrt(v) + epsilon), m, v

    _dense = whole(_step)

    def _sparse(self, variable: Any, grad: Any, indices: Any) -> None:
        # The means decay, and the variable moves, in all rows.
        beta1, beta2 = self._number(self._beta1, variable), self._number(self._beta2, variable)
        m, v = self._of(variable, "m"), self._of(variable, "v")
        places = tf.expand_dims(indices, 1)
        m.assign(tf.tensor_scatter_nd_add(m * beta1, places, grad * (1 - beta1)))
        v.assign(tf.tensor_scatter_nd_add(v * beta2, places, grad * grad * (1 - beta2)))
        epsilon = self._number(self._epsilon, variable)
        variable.assign_sub(self._corrected(variable) * m / (tf.sqrt(v) + epsilon))


class AdagradOptimizer(Optimizer):
    """`a += grad**2; v -= learning_rate * grad / sqrt(a)`. Source: `tf.compat.v1.train.AdagradOptimizer`."""

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._rate, self._initial = learning_rate, initial_accumulator_value

    def _slots(self, variable: Any) -> dict[str, Any]:
        return {"accumulator": tf.fill(variable.shape, tf.constant(self._initial, variable.dtype))}

    def _step(self, variable: Any, grad: Any, value: Any, kept: Any) -> Any:
        kept = kept + grad * grad
        return value - self._number(self._rate, variable) * grad * tf.math.rsqrt(kept), kept

    _dense = whole(_step)
    _sparse = by_rows(_step)


class ProximalAdagradOptimizer(AdagradOptimizer):
    """Adagrad that then shrinks the values towards 0. Source: `tf.compat.v1.train.ProximalAdagradOptimizer`."""

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ) -> None:
        super().__init__(learning_rate, initial_accumulator_value, use_locking, name)
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _step(self, variable: Any, grad: Any, value: Any, kept: Any) -> Any:
        kept = kept + grad * grad
        rate = self._number(self._rate, variable) * tf.math.rsqrt(kept)
        return shrunk(value - rate * grad, rate, self._l1, self._l2), kept

    _dense = whole(_step)
    _sparse = by_rows(_step)


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent that then shrinks the values towards 0.

    Source: `tf.compat.v1.train.ProximalGradientDescentOptimizer`.
    """

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        self._rate, self._l1, self._l2 = learning_rate, l1_regularization_strength, l2_regularization_strength

    def _step(self, variable: Any, grad: Any, value: Any) -> Any:
        rate = self._number(self._rate, variable)
        return (shrunk(value - rate * grad, rate, self._l1, self._l2),)

    _dense = whole(_step)
    _sparse = by_rows(_step)


def shrunk(value: Any, rate: Any, l1: float, l2: float) -> Any:
    """The proximal step of the norms `l1` and `l2`."""
    if l1 > 0:
        value = tf.sign(value) * tf.maximum(tf.abs(value) - rate * l1, 0)
    return value / (1 + rate * l2)


class RMSPropOptimizer(Optimizer):
    """By a running mean of squares; centered ones subtract the square of the mean.

    Source: `tf.compat.v1.train.RMSPropOptimizer`.
    """

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._rate, self._decay, self._momentum = learning_rate, decay, momentum
        self._epsilon, self._centered = epsilon, centered

    def _slots(self, variable: Any) -> dict[str, Any]:
        zeros = tf.zeros(variable.shape, variable.dtype)
        ones = tf.ones(variable.shape, variable.dtype)
        return {"rms": ones, **({"mg": zeros} if self._centered else {}), "momentum": zeros}

    def _step(self, variable: Any, grad: Any, value: Any, squares: Any, *others: Any) -> Any:
        *means, kept = others
        fresh = 1 - self._number(self._decay, variable)
        squares = squares + (grad * grad - squares) * fresh
        scale = squares
        if means:
            means = [means[0] + (grad - means[0]) * fresh]
            scale = squares - means[0] * means[0]
        step = (
            self._number(self._rate, variable)
            * grad
            * tf.math.rsqrt(scale + self._number(self._epsilon, variable))
        )
        kept = kept * self._number(self._momentum, variable) + step
        return value - kept, squares, *means, kept

    _dense = whole(_step)
    _sparse = by_rows(_step)


class AdadeltaOptimizer(Optimizer):
    """By running means of the squares of gradients and of steps. Source: `tf.compat.v1.train.AdadeltaOptimizer`."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self._rate, self._rho, self._epsilon = learning_rate, rho, epsilon

    def _slots(self, variable: Any) -> dict[str, Any]:
        zeros = tf.zeros(variable.shape, variable.dtype)
        return {"accum": zeros, "accum_update": zeros}

    def _step(self, variable: Any, grad: Any, value: Any, squares: Any, steps: Any) -> Any:
        rho, epsilon = self._number(self._rho, variable), self._number(self._epsilon, variable)
        squares = squares * rho + grad * grad * (1 - rho)
        step = tf.sqrt(steps + epsilon) * tf.math.rsqrt(squares + epsilon) * grad
        steps = steps * rho + step * step * (1 - rho)
        return value - step * self._number(self._rate, variable), squares, steps

    _dense = whole(_step)
    _sparse = by_rows(_step)


class FtrlOptimizer(Optimizer):
    """Follow the regularized leader. Source: `tf.compat.v1.train.FtrlOptimizer`."""

    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: Any = None,
    ) -> None:
        for title, value, wrong in (
            ("initial_accumulator_value", initial_accumulator_value, initial_accumulator_value < 0.0),
            ("learning_rate_power", learning_rate_power, learning_rate_power > 0.0),
            ("l1_regularization_strength", l1_regularization_strength, l1_regularization_strength < 0.0),
            ("l2_regularization_strength", l2_regularization_strength, l2_regularization_strength < 0.0),
            (
                "l2_shrinkage_regularization_strength",
                l2_shrinkage_regularization_strength,
                l2_shrinkage_regularization_strength < 0.0,
            ),
        ):
            if wrong:
                needs = "negative or zero" if title == "learning_rate_power" else "positive or zero"
                raise ValueError(f"{title} {value} needs to be {needs}")
        super().__init__(use_locking, name)
        self._rate, self._power, self._initial = learning_rate, learning_rate_power, initial_accumulator_value
        self._l1 = l1_regularization_strength
        self._l2 = l2_regularization_strength
        self._shrinkage = l2_shrinkage_regularization_strength
        self._beta = 0.0 if beta is None else beta

    def _slots(self, variable: Any) -> dict[str, Any]:
        return {
            "accum": tf.fill(variable.shape, tf.constant(self._initial, variable.dtype)),
            "linear": tf.zeros(variable.shape, variable.dtype),
        }

    def _step(self, variable: Any, grad: Any, value: Any, kept: Any, linear: Any) -> Any:
        given = self._rate() if callable(self._rate) else self._rate
        numbers = (given, self._power, self._l1, self._l2 + self._beta / (2.0 * given), self._shrinkage)
        rate, power, l1, l2, shrinkage = (self._number(number, variable) for number in numbers)
        shrunk_grad = grad + 2.0 * shrinkage * value if self._shrinkage else grad
        squares = kept + grad * grad
        power = -power
        scale = squares**power
        linear = linear + shrunk_grad - (scale - kept**power) / rate * value
        quadratic = scale / rate + 2.0 * l2
        found = (tf.clip_by_value(linear, -l1, l1) - linear) / quadratic
        found = tf.where(tf.abs(linear) > l1, found, tf.zeros_like(found))
        return found, squares, linear

    _dense = whole(_step)
    _sparse = by_rows(_step)
