"""What a random program is: inputs, steps, targets. Plain data (JSON), and Python source for people and for `exec`.

Nothing here needs more than NumPy, for TensorFlow's side imports it too.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

COMPLEX = ("complex64", "complex128")
INEXACT = ("float16", "float32", "float64", *COMPLEX)


@dataclass
class Input:
    """A constant or a Variable; `values` are flat, complex numbers as pairs."""

    id: int
    dtype: str
    shape: list[int]
    values: list[Any]
    variable: bool = False

    def array(self) -> np.ndarray:
        if self.dtype in COMPLEX:
            flat: Any = [complex(float(re), float(im)) for re, im in self.values]
        elif self.dtype == "bool" or "int" in self.dtype:
            flat = self.values
        else:
            flat = [float(v) for v in self.values]  # "nan" and "inf" are strings in JSON
        return np.array(flat, self.dtype).reshape(self.shape)

    @staticmethod
    def of(id: int, array: np.ndarray, variable: bool = False) -> Input:
        flat: list[Any] = array.reshape(-1).tolist()
        if array.dtype.name in COMPLEX:
            flat = [[_plain(v.real), _plain(v.imag)] for v in flat]
        elif array.dtype.kind == "f":
            flat = [_plain(v) for v in flat]
        return Input(id, array.dtype.name, list(array.shape), flat, variable)


def _plain(v: float) -> Any:
    return v if math.isfinite(v) else repr(v)


@dataclass
class Body:
    """A function within a program: of `params`, giving `results`; it may read any value made before it."""

    params: list[int]
    steps: list[Step]
    results: list[int]


@dataclass
class Step:
    """One statement. In `code`, `$0` is the first argument, `$o` the result, `$f0` the first body, `$n` its number."""

    op: str
    code: str
    args: list[int]
    outs: list[int]
    types: list[str] = field(default_factory=list)  # of what it makes: "float64[2,3]"
    bodies: list[Body] = field(default_factory=list)

    def __post_init__(self) -> None:
        if "$o" not in self.code:
            self.code = "$o = " + self.code


@dataclass
class Program:
    inputs: list[Input]
    steps: list[Step]
    targets: list[int]
    singular: bool = False  # whether the inputs have zeros, ties, infinities, NaN

    def json(self) -> str:
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    @staticmethod
    def of(data: Any) -> Program:
        if isinstance(data, str):
            data = json.loads(data)
        return Program(
            [Input(**i) for i in data["inputs"]],
            [_step(s) for s in data["steps"]],
            data["targets"],
            data["singular"],
        )

    def ops(self) -> list[str]:
        return [step.op for step in walk(self.steps)]

    def sources(self) -> list[Input]:
        return [i for i in self.inputs if i.dtype in INEXACT]

    def types(self) -> dict[int, str]:
        found = {i.id: type_text(i.dtype, i.shape) for i in self.inputs}
        for step in self.steps:
            found.update(zip(step.outs, step.types, strict=False))
        return found


def _step(data: Any) -> Step:
    bodies = [Body(b["params"], [_step(s) for s in b["steps"]], b["results"]) for b in data["bodies"]]
    return Step(**{**data, "bodies": bodies})


def walk(steps: Sequence[Step]) -> Iterator[Step]:
    """All steps, those of bodies too."""
    for step in steps:
        yield step
        for body in step.bodies:
            yield from walk(body.steps)


def uses(steps: Sequence[Step]) -> set[int]:
    """The values that the steps read, whoever made them."""
    found: set[int] = set()
    for step in steps:
        found.update(step.args)
        for body in step.bodies:
            found |= uses(body.steps) | set(body.results)
    return found


def type_text(dtype: str, shape: Sequence[int]) -> str:
    return f"{dtype}[{','.join(map(str, shape))}]"


# -- as Python source --------------------------------------------------------------------------------------
def lines(step: Step, indent: str = "    ") -> list[str]:
    """The statements of a step, behind the functions that it calls."""
    number = str(step.outs[0])
    made = []
    for k, body in enumerate(step.bodies):
        made += function(f"f{number}_{k}", body.params, body.steps, body.results, indent)
    names = {f"${i}": f"v{a}" for i, a in enumerate(step.args)}
    names |= {f"$f{k}": f"f{number}_{k}" for k in range(len(step.bodies))}
    names |= {"$o": ", ".join(f"v{o}" for o in step.outs), "$n": number}
    code = re.sub(r"\$(?:f?\d+|o|n)", lambda m: names[m.group()], step.code)
    return made + [indent + line for line in code.splitlines()]


def function(
    name: str, params: Sequence[int], steps: Sequence[Step], results: Sequence[int], indent: str = ""
) -> list[str]:
    made = [f"{indent}def {name}({', '.join(f'v{p}' for p in params)}):"]
    for step in steps:
        made += lines(step, indent + "    ")
    given = ", ".join(f"v{r}" for r in results)
    return [*made, f"{indent}    return {given}"]


def function_source(program: Program) -> str:
    """The program as a function of its inputs that gives a list of its targets."""
    made = function("program", [i.id for i in program.inputs], program.steps, [])
    made[-1] = f"    return [{', '.join(f'v{t}' for t in program.targets)}]"
    return "\n".join(made) + "\n"


def script(program: Program, asked: str = "gradient") -> str:
    """A whole script that one can run with either library: prints what the program computes and its gradients."""
    made = [
        "from math import inf, nan",
        "",
        "import numpy as np",
        "import tensorflow as tf",
        "",
        function_source(program),
        "",
    ]
    for i in program.inputs:
        made.append(f"v{i.id} = {input_code(i)}")
    arguments = ", ".join(f"v{i.id}" for i in program.inputs)
    sources = ", ".join(f"v{i.id}" for i in program.sources())
    made.append(_ASKING.get(asked, _ASKING["gradient"]).format(arguments=arguments, sources=sources))
    return "\n".join(made)


def input_code(i: Input) -> str:
    return f"tf.{'Variable' if i.variable else 'constant'}({literal(i.array())}, dtype=tf.{i.dtype})"


def literal(array: np.ndarray) -> str:
    """An array as nested lists; a number for rank 0; what lists cannot say, a size of 0 before others, as zeros."""
    if array.size == 0 and array.ndim:
        return f"np.zeros({list(array.shape)}, {array.dtype.name!r})"
    return repr(array.tolist())


_ASKING = {
    "value": "print(program({arguments}))\n",
    "gradient": """with tf.GradientTape() as tape:
    tape.watch([{sources}])
    targets = program({arguments})
print(targets)
print(tape.gradient(targets, [{sources}]))
""",
    "second": """with tf.GradientTape() as outer:
    outer.watch([{sources}])
    with tf.GradientTape() as inner:
        inner.watch([{sources}])
        targets = program({arguments})
    grads = inner.gradient(targets, [{sources}], unconnected_gradients="zero")
print(grads)
print(outer.gradient(grads, [{sources}]))
""",
    "traced": """with tf.GradientTape() as tape:
    tape.watch([{sources}])
    targets = tf.function(program, autograph=False)({arguments})
print(targets)
print(tape.gradient(targets, [{sources}]))
""",
    "jacobian": """with tf.GradientTape(persistent=True) as tape:
    tape.watch([{sources}])
    targets = program({arguments})
print(tape.jacobian(targets[0], [{sources}]))
print(tape.jacobian(targets[0], [{sources}], experimental_use_pfor=False))
""",
    "forward": """primals = [{sources}]
with tf.autodiff.ForwardAccumulator(primals, [tf.ones_like(p) for p in primals]) as accumulator:
    targets = program({arguments})
print([accumulator.jvp(t) for t in targets])
""",
}
