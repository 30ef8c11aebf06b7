"""Kernels that are compiled together: one function from raw tensors to raw tensors.

It is compiled when it first runs, for inputs in the layout that the trace has. Inputs in another layout are copied.
What compiled code cannot take (a batch of `vmap`, tensors of torch's autograd) goes through the kernels.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._C._dynamo.guards import TensorGuards

from tfcompat_tape.tracing import library, products
from tfcompat_tape.tracing.kernels import direct
from tfcompat_tape.tracing.nodes import NOTHING, Guard, Node, Ref, layout
from tfcompat_tape.tracing.recorder import Recorder

Raw = torch.Tensor
logger = logging.getLogger("tensorflow")
lock = threading.RLock()  # one compilation at a time
_told: set[str] = set()
give = torch._C._aoti.unsafe_alloc_void_ptrs_from_tensors
take = torch._C._aoti.alloc_tensors_by_stealing_from_void_ptrs

# Dtypes that the compiler computes with. Complex ones it leaves to torch's kernels.
_DTYPES = {
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
    torch.uint8,
    torch.bool,
}
_PLAIN = (
    int,
    float,
    bool,
    str,
    type(None),
    torch.dtype,
    torch.device,
    torch.layout,
    torch.memory_format,
    Ref,
)
# Kernels that compiled code would only call, by way of Python, and whose errors would get lost.
_CALLED = (
    "_cholesky",
    "_fft",
    "_linalg",
    "_pdist",
    "_unique",
    "angle",
    "bincount",
    "cholesky",
    "digamma",
    "fft",
    "floor_divide",
    "geqrf",
    "histc",
    "igamma",
    "linalg",
    "lu_",
    "masked_scatter",
    "median",
    "multinomial",
    "nanmedian",
    "nonzero",
    "ormqr",
    "polygamma",
    "special",
    "triangular_solve",
    "unique",
)


def takes(node: Node, recorder: Recorder) -> bool:
    """Whether a compiler can take a kernel."""
    function = node.function
    if (
        type(node) is Guard
        or node.effect
        or node.shapes
        or node.loose
        or not isinstance(function, torch._ops.OpOverload)
    ):
        return False
    namespace, _, operator = function._schema.name.partition("::")
    if namespace not in ("aten", "prims") or operator.startswith(_CALLED):
        return False
    if operator in ("fmod", "remainder") or node.kwargs.get("rounding_mode"):
        if recorder.values[node.outs[0]].dtype.is_floating_point:
            return False  # the compiler starts from the rounded quotient
    for n in [*node.sources(), *node.outs]:
        if n != NOTHING and not _common(recorder.values[n]):
            return False
    return all(_known(x) for x in [*node.args, *node.kwargs.values()])


def _common(raw: Raw) -> bool:
    return raw.dtype in _DTYPES and raw.layout is torch.strided and raw.device.type == "cpu"


def _known(x: Any) -> bool:
    if isinstance(x, torch.Tensor):
        return _common(x)
    if type(x) in (tuple, list):
        return all(_known(one) for one in x)
    return type(x) in _PLAIN


class Piece:
    """The kernels of `nodes` as one function of the values `inputs`, which gives the values `outs`.

    Args:
      renamed, folded: of the line that the nodes belong to: values that equal others, and constants.
      into: for each value of `outs` the place of the input that it overwrites; without them, it is a result.

    Attributes:
      merged: the kernels that are compiled, where some may do what several do in `nodes`.
      given: the layouts of the inputs.
      compiled: a function of the handles (`give`) of such inputs and of some constants, which gives the handles of the
        results (for `take`), and these constants; `None` as long as there is none.
    """

    def __init__(
        self,
        recorder: Recorder,
        renamed: dict[int, int],
        folded: dict[int, Any],
        nodes: Sequence[tuple[int, Node]],
        inputs: Sequence[int],
        outs: Sequence[int],
        name: str,
        into: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.into = list(into)
        self.inputs = list(inputs)
        self.outs = list(outs)
        self.constants: list[Raw] = []
        self._numbers: dict[int, int] = {}  # of constants, by id
        self._folded = folded
        self._renamed = renamed
        # Constants have numbers below zero.
        self.nodes = [
            Node(
                node.function,
                self._arguments(node.args),
                {key: self._arguments(x) for key, x in node.kwargs.items()},
                node.outs,
                node.single,
                writes=node.writes,
                frame=node.frame,
            )
            for _, node in nodes
        ]

        def like(x: Any) -> Any:
            if type(x) is not Ref:
                return x
            n = int(x)
            return recorder.values[n] if n >= 0 else self.constants[NOTHING - 1 - n]

        self.merged = [
            node for _, node in products.merged([*enumerate(self.nodes)], self.outs, like, lambda n: n)
        ]
        self.replayed = self._replayed()
        self.given = [layout(recorder.values[n]) for n in inputs]
        self._results = [recorder.values[n].stride() for n in outs]
        self._run: Callable[[Sequence[Raw]], list[Raw]] | None = None
        self._fits: Callable[..., bool] = _never  # whether inputs are of the kind that the code is for
        self._failed = False
        self.compiled: tuple[library.Entry, list[Raw]] | None = None

    def __call__(self, *raws: Raw) -> list[Raw]:
        if not self._fits(*raws):
            return self._with_care(raws)
        try:
            return self._run(raws)  # type: ignore[misc]
        except RuntimeError:  # the kernels say it better
            return self.replayed(*raws)  # type: ignore[no-any-return]

    def _with_care(self, raws: Sequence[Raw]) -> list[Raw]:
        """The results for the first inputs, or for some that may not be of the kind that the code is for."""
        if self._failed or torch._C._functorch.peek_interpreter_stack() is not None:
            return self.replayed(*raws)  # type: ignore[no-any-return]
        fitting = []
        for raw, (dtype, shape, stride) in zip(raws, self.given, strict=True):
            if not _ordinary(raw) or raw.dtype is not dtype or raw.shape != shape:
                return self.replayed(*raws)  # type: ignore[no-any-return]
            if raw.stride() != stride:
                if _overlapping(shape, stride):
                    return self.replayed(*raws)  # type: ignore[no-any-return]
                raw = torch.empty_strided(shape, stride, dtype=dtype).copy_(raw)
            fitting.append(raw)
        if self._run is None:
            with lock:
                run = self._run or self._compiled(fitting)
                if run is None:
                    self._failed = True
                    return self.replayed(*raws)  # type: ignore[no-any-return]
                self._run = run
        try:
            return self._run(fitting)
        except RuntimeError:
            return self.replayed(*raws)  # type: ignore[no-any-return]

    def _compiled(self, raws: Sequence[Raw]) -> Callable[[Sequence[Raw]], list[Raw]] | None:
        """The compiled function, and what it fits; `None` if that fails."""
        found = self.entry()
        if found is None:
            return None
        entry, constants = found
        strides = self._results

        def run(raws: Sequence[Raw]) -> list[Raw]:
            return take(entry(give([*raws, *constants])))

        def laid_out(raws: Sequence[Raw]) -> list[Raw]:
            return [_laid_out(raw, stride) for raw, stride in zip(run(raws), strides, strict=True)]

        with contextlib.suppress(RuntimeError):
            shown = run(raws)
            if [raw.stride() for raw in shown] != strides:
                return laid_out
        self.compiled = entry, constants
        if raws:
            guards: Any = TensorGuards
            self._fits = guards(
                *raws,
                dynamic_dims_sizes=[list(raw.shape) for raw in raws],
                dynamic_dims_strides=[list(raw.stride()) for raw in raws],
            ).check
        return run

    def entry(self) -> tuple[library.Entry, list[Raw]] | None:
        """The code, and the constants that it takes after the inputs; `None` where it cannot be compiled."""
        try:
            with lock:
                entry = library.function_of(self)
        except library.NoCompilerError as error:
            told(str(error))
            return None
        except library.TakesMemoryError:
            return None
        except Exception as error:  # a compiler may fail in any way
            told(
                f"tf.function {self.name} is not compiled, its kernels run as they are: {_first_line(error)}"
            )
            return None
        return entry, [raw for raw in self.constants if not library.inlined(raw)]

    # -- what is compiled --------------------------------------------------------------------------------------------

    def _arguments(self, x: Any) -> Any:
        kind = type(x)
        if kind is Ref:
            n = self._renamed.get(int(x), int(x))
            return self._constant(self._folded[n]) if n in self._folded else Ref(n)
        if kind in (tuple, list):
            return kind([self._arguments(one) for one in x])
        return self._constant(x) if isinstance(x, torch.Tensor) else x

    def _constant(self, raw: Raw) -> Ref:
        """A number below zero for a constant."""
        n = self._numbers.get(id(raw))
        if n is None:
            self.constants.append(raw)
            n = self._numbers[id(raw)] = NOTHING - len(self.constants)
        return Ref(n)

    def values(self, raws: Sequence[Any], constants: Sequence[Any]) -> dict[int, Any]:
        """Inputs and constants by number."""
        return {
            **dict(zip(self.inputs, raws, strict=True)),
            **{NOTHING - 1 - i: x for i, x in enumerate(constants)},
        }

    @staticmethod
    def name_of(x: Ref) -> str:
        """What the code of the kernels calls a value."""
        return f"t{int(x)}" if x >= 0 else f"c{NOTHING - 1 - int(x)}"

    def _replayed(self) -> Any:
        """The kernels one after another, each value let go of after its last use."""
        names: dict[str, Any] = {f"c{i}": x for i, x in enumerate(self.constants)}
        objects: dict[int, str] = {}

        def text(x: Any) -> str:
            kind = type(x)
            if kind is Ref:
                return self.name_of(x)
            if kind is tuple:
                return f"({', '.join([text(one) for one in x])}{',' if len(x) == 1 else ''})"
            if kind is list:
                return f"[{', '.join([text(one) for one in x])}]"
            if x is None or kind in (int, bool):
                return repr(x)
            name = objects.setdefault(id(x), f"o{len(objects)}")
            names[name] = x
            return name

        last = {n: i for i, node in enumerate(self.nodes) for n in [*node.outs, *node.sources()]}
        last.update(dict.fromkeys(self.outs, len(self.nodes)))
        lines = [f"def replayed({', '.join([f't{n}' for n in self.inputs])}):"]
        self.calls: dict[int, tuple[str, Node]] = {}  # by line, as of `Line`
        for i, node in enumerate(self.nodes):
            function, args, kwargs = direct(node.function, node.args, node.kwargs)
            given = [text(x) for x in args] + [f"{key}={text(x)}" for key, x in kwargs.items()]
            left = ", ".join(["_" if n == NOTHING else f"t{n}" for n in node.outs])
            left = "" if not node.outs else f"{left} = " if node.single else f"{left}, = "
            lines.append(f"    {left}{text(function)}({', '.join(given)})")
            self.calls[len(lines)] = text(function), node
            dying = sorted({f"t{n}" for n in [*node.outs, *node.sources()] if n >= 0 and last[n] == i})
            if dying:
                lines.append(f"    del {', '.join(dying)}")
        lines.append(f"    return [{', '.join([f't{n}' for n in self.outs])}]")
        exec(compile("\n".join(lines), "<tf.function>", "exec"), names)
        return names["replayed"]


def _never(*raws: Raw) -> bool:
    return False


def _ordinary(raw: Raw) -> bool:
    """Whether a tensor is nothing but memory."""
    return (
        type(raw) is torch.Tensor
        and not (raw.requires_grad and torch.is_grad_enabled())
        and not raw.is_neg()
        and raw.layout is torch.strided
        and raw.device.type == "cpu"
    )


def _overlapping(shape: Sequence[int], stride: Sequence[int]) -> bool:
    return any(size > 1 and step == 0 for size, step in zip(shape, stride, strict=True))


def _laid_out(raw: Raw, stride: tuple[int, ...]) -> Raw:
    """`raw` with its elements at `stride`."""
    if raw.stride() == stride:
        return raw
    if _overlapping(raw.shape, stride):
        return raw.as_strided(raw.shape, stride) if raw.numel() else raw
    return torch.empty_strided(raw.shape, stride, dtype=raw.dtype).copy_(raw)


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0] if text else ''}"


def told(text: str) -> None:
    """Say something in the log, once."""
    if text not in _told:
        _told.add(text)
        logger.warning(text)
