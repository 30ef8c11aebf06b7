"""`tf.train.ExponentialMovingAverage`."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core import dtypes, naming
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.variable import Variable

_FLOATS = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)


class ExponentialMovingAverage:
    """Averages of variables in which what was long ago counts less: `average = decay * average + (1 - decay) * value`.

    Args:
      decay: how much of the average stays.
      num_updates: a number, or Variable: the decay is at most `(1 + num_updates) / (10 + num_updates)`.
      zero_debias: has no effect on Variables, as in TensorFlow.
      name: of the averages, behind the names of the variables.

    Source: `tf.train.ExponentialMovingAverage`.

    >>> import tfcompat_tape as tf
    >>> averages, v = tf.train.ExponentialMovingAverage(0.75), tf.Variable(1.0)
    >>> averages.apply([v])
    >>> _ = v.assign(5.0)
    >>> averages.apply([v])
    >>> print(averages.average(v).numpy())
    2.0
    """

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[Any, Variable] = {}

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    def apply(self, var_list: Any = None) -> None:
        """Bring the averages of these variables up to date; the first time an average is the value.

        Raises:
          TypeError: a variable that is no floating number, or something that is no Variable.
        """
        variables = list(_trainable() if var_list is None else var_list)
        for variable in variables:
            if not isinstance(variable, Variable):
                raise TypeError(
                    "tf.train.ExponentialMovingAverage does not support non-Variable tensors when eager execution is "
                    "enabled."
                )
            if variable.dtype not in _FLOATS:
                raise TypeError(f"The variables must be half, float, or double: {variable.name}")
        for variable in variables:
            if variable.ref() not in self._averages:
                self._averages[variable.ref()] = self._made(variable)
        decay = convert(self._decay, dtypes.float32)
        if self._num_updates is not None:
            from tfcompat_tape.dtypes import cast
            from tfcompat_tape.math import minimum

            updates = cast(convert(self._num_updates), dtypes.float32)
            decay = minimum(decay, (1.0 + updates) / (10.0 + updates))
        for variable in variables:
            _towards(self._averages[variable.ref()], variable, decay)

    def _made(self, variable: Any) -> Variable:
        from tfcompat_tape.control.scopes import init_scope

        with init_scope():  # in a function, the value before it: whatever has been assigned there
            value = variable._read_silently()
        naming.enter("")
        try:
            return Variable(value, trainable=False, name=self.average_name(variable))
        finally:
            naming.leave()

    def average(self, var: Any) -> Variable | None:
        """The average of a variable, a Variable itself; None if there is none."""
        return self._averages.get(var.ref())

    def average_name(self, var: Any) -> str:
        """The name of the average of a variable."""
        return f"{var.name.removesuffix(':0')}/{self._name}"

    def variables_to_restore(self, moving_avg_variables: Any = None) -> dict[str, Any]:
        """The variables by the names under which a checkpoint has their averages: for evaluation with averages."""
        variables = list(_trainable() if moving_avg_variables is None else moving_avg_variables)
        variables += [ref.deref() for ref in self._averages]
        return {self.average_name(variable): variable for variable in variables}


def _trainable() -> list[Any]:
    """Nothing: no list of all variables is kept in eager code."""
    return []


def _towards(average: Variable, variable: Any, decay: Any) -> None:
    from tfcompat_tape.dtypes import cast

    rest = cast(1.0 - decay, average.dtype)
    average.assign_sub((average.value() - variable.value()) * rest, read_value=False)
