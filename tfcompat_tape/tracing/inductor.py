"""The compiler: torch's Inductor, called directly. Importing it takes seconds, so only a compilation does.

No guards of torch.compile stand between a call and the code; `Piece` checks what the code was made for. Floating point
is kept as the kernels have it: no contraction, no reordering, signed zeros, infinities and NaN where they are; integers
wrap.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import shutil
import sys
import unittest.mock
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from tfcompat_tape.tape.progress import Waiting
from tfcompat_tape.tracing.library import NoCompilerError, TakesMemoryError, inlined
from tfcompat_tape.tracing.nodes import NOTHING, Node, put
from tfcompat_tape.tracing.products import by_onednn, dense
from tfcompat_tape.tracing.unit_rows import UnitRows, is_unit

if TYPE_CHECKING:
    from tfcompat_tape.tracing.piece import Piece

Raw = torch.Tensor


def compiled(piece: Piece) -> Path:
    """The library with the code of a piece.

    Raises:
      NoCompilerError: there is no C++ compiler.
      TakesMemoryError: the code is to overwrite values, and does more than that.
    """
    compiler = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++")
    if shutil.which(compiler) is None:
        raise NoCompilerError(
            f"tf.function: there is no C++ compiler ({compiler!r}; the environment variable CXX names it), so nothing "
            "is compiled and kernels run as they are."
        )
    with Waiting(f"compiling {piece.name}"), _alone():
        try:
            return _compiled(piece)
        except Exception as error:
            broken = _broken(error)
            if broken is None:
                raise
            broken.unlink(missing_ok=True)
            return _compiled(piece)


def _broken(error: Exception) -> Path | None:
    """What a process that was killed as it compiled the same code has left in Inductor's folder: no whole library."""
    from torch._inductor.runtime.cache_dir_utils import cache_dir

    found = re.search(r"(?:ImportError|OSError): (/\S+\.so): ", str(error))
    path = None if found is None else Path(found.group(1))
    return path if path is not None and path.is_relative_to(cache_dir()) and path.exists() else None


def _take_any_distutils() -> None:
    """Let setuptools, which torch imports to compile, take Python's own distutils where there is one.

    Otherwise it insists on bringing its own, and fails if a program has imported the other one before.
    """
    if sys.version_info >= (3, 12) or "setuptools" in sys.modules:
        return
    wanted = {"SETUPTOOLS_USE_DISTUTILS": os.environ.get("SETUPTOOLS_USE_DISTUTILS", "stdlib")}
    with unittest.mock.patch.dict(os.environ, wanted), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both ways are deprecated
        importlib.import_module("setuptools")


def _compiled(piece: Piece) -> Path:
    _take_any_distutils()
    import torch._inductor.config as config
    from torch._inductor.compile_fx import compile_fx_inner
    from torch._subclasses.fake_tensor import FakeTensorMode

    mode = FakeTensorMode(allow_non_fake_inputs=True)
    count = len(piece.inputs)
    layouts = [*piece.given, *[(raw.dtype, tuple(raw.shape), raw.stride()) for raw in piece.constants]]
    with mode:
        fakes = [torch.empty_strided(shape, stride, dtype=dtype) for dtype, shape, stride in layouts]
    indexing = any(node.function in _INDEXING for node in piece.nodes)
    graph = _graph(piece, fakes, mode)
    fakes = fakes[:count] + [
        fake for fake, raw in zip(fakes[count:], piece.constants, strict=True) if not inlined(raw)
    ]
    options = {
        "compile_threads": 1,
        "cpp_wrapper": True,
        "force_disable_caches": False,
        "fx_graph_cache": False,  # `library` keeps what comes out
        "max_autotune": False,
        # A value that is used several times is worked out anew by the compiler for each use, and so are those that it
        # is made of, until it counts as large: with the default of 50 operations a chain of `where` takes minutes.
        "realize_opcount_threshold": 12,
    }
    onednn = _onednn() if any(node.function is dense for node in piece.merged) else contextlib.nullcontext()
    with _flags(), onednn, torch._guards.tracing(torch._guards.TracingContext(mode)):
        for alone in [True] if indexing else [False, True]:
            # An index out of bounds is an exception, which must not leave a thread of OpenMP: that ends the process.
            with config.patch({**options, "cpp.threads": 1} if alone else options):
                made: Any = compile_fx_inner(graph, fakes, cpp_wrapper=True, is_inference=True)
            if "out of bounds" not in made.source_code or "#pragma omp" not in made.source_code:
                break
        else:
            raise RuntimeError("an index is checked on several threads")
    if piece.into and re.search(r"\baoti_torch_(?!get_|delete_)\w+\(", made.source_code):
        raise TakesMemoryError
    return _library(made.current_callable)


def _graph(piece: Piece, fakes: Sequence[Any], mode: Any) -> Any:
    """The kernels as a graph of torch.fx, without writes, in the terms that Inductor knows."""
    from torch._inductor.decomposition import select_decomp_table
    from torch.fx.experimental.proxy_tensor import make_fx

    count = len(piece.inputs)
    units = {NOTHING - 1 - i: raw for i, raw in enumerate(piece.constants) if is_unit(raw)}

    def kernels(*raws: Raw) -> list[Raw]:
        values = piece.values(raws[:count], raws[count:])
        rows = UnitRows(units)
        for node in piece.merged:
            product = rows.product(node, values)
            put(values, node, _strict(node).run(values) if product is None else product)
        if not piece.into:
            return [values[n] for n in piece.outs]
        for n, place in zip(piece.outs, piece.into, strict=True):
            raws[place].copy_(values[n])
        return []

    with mode:
        graph: Any = make_fx(
            torch.func.functionalize(kernels, remove="mutations"),
            decomposition_table={**select_decomp_table(), **_PRODUCTS},
        )(*fakes)
    places = [node for node in graph.graph.nodes if node.op == "placeholder"]
    for place, constant in zip(places[count:], piece.constants, strict=True):
        if inlined(constant):
            with graph.graph.inserting_before(place):
                full = list(constant.shape), constant.flatten()[0].item()
                value = graph.graph.call_function(aten.full.default, full, {"dtype": constant.dtype})
                with mode:
                    value.meta["val"] = torch.empty(constant.shape, dtype=constant.dtype)
            place.replace_all_uses_with(value)
            graph.graph.erase_node(place)
    visible = [] if piece.into else list(range(len(piece.outs)))
    graph.graph.output_node().meta["user_visible_output_idxs"] = visible  # layouts stay
    graph.recompile()
    return graph


# Matrix products that are no work for a library: the compiler makes one loop of them and what is around.


def _mm(a: Raw, b: Raw) -> Any:
    if a.dtype not in _EXACT:
        return NotImplemented
    if a.shape[1] == 1:
        return a * b
    if b.shape[1] == 1 and a.numel() <= _SMALL:
        return (a * b.t()).sum(1, keepdim=True)
    return NotImplemented


def _addmm(x: Raw, a: Raw, b: Raw, *, beta: Any = 1, alpha: Any = 1) -> Any:
    product = _mm(a, b) if beta == 1 and alpha == 1 else NotImplemented
    return product if product is NotImplemented else x + product


_EXACT = (torch.float32, torch.float64)
_SMALL = 4096
_PRODUCTS: dict[Any, Callable[..., Any]] = {
    torch.ops.aten.mm.default: _mm,
    torch.ops.aten.addmm.default: _addmm,
}


def _strict(node: Node) -> Node:
    """A kernel as it is compiled: one that looks up refuses an index below zero, which Inductor counts from the end."""
    function: Any = node.function
    if function is dense:
        return Node(by_onednn, node.args, node.kwargs, node.outs, node.single)
    place = _INDEX.get(function)
    if place is None:
        return node

    def refusing(*args: Any, **kwargs: Any) -> Any:
        index = args[place]
        index = torch.where(index < 0, torch.iinfo(index.dtype).max, index)
        return function(*args[:place], index, *args[place + 1 :], **kwargs)

    return Node(refusing, node.args, node.kwargs, node.outs, node.single)


aten = torch.ops.aten
_INDEX: dict[Any, int] = {
    aten.index_select.default: 2,
    aten.gather.default: 2,
    aten.embedding.default: 1,
    aten.scatter.src: 2,
    aten.scatter.value: 2,
    aten.scatter_add.default: 2,
    aten.scatter_reduce.two: 2,
    aten.index_add.default: 2,
    aten.index_copy.default: 2,
    aten.index_fill.int_Scalar: 2,
}
# Kernels that take a number from a tensor for an index.
_INDEXING = {
    *_INDEX,
    aten.index.Tensor,
    aten.index_put.default,
    aten.index_put_.default,
    aten._unsafe_index.Tensor,
    aten._index_put_impl_.default,
    aten.take.default,
    aten.embedding_dense_backward.default,
}


def _library(function: Any) -> Path:
    """Where the code of what Inductor returns is."""
    for cell in function.__closure__:
        place = getattr(getattr(cell.cell_contents, "__self__", None), "__file__", None)
        if place is not None:
            return Path(place)
    raise RuntimeError("Inductor made no library")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Away from what the calling code has set up in torch."""
    with torch.utils._python_dispatch._disable_current_modes(), torch.no_grad():
        yield


@contextlib.contextmanager
def _flags() -> Iterator[None]:
    """Flags of the C++ compiler: the sign of zero counts, and integers wrap."""
    from torch._inductor import cpp_builder

    def flags() -> list[str]:
        return [*(flag for flag in plain() if flag != "fno-signed-zeros"), "fsigned-zeros", "fwrapv"]

    plain = cpp_builder._get_ffast_math_flags
    with unittest.mock.patch.object(cpp_builder, "_get_ffast_math_flags", flags):
        yield


@contextlib.contextmanager
def _onednn() -> Iterator[None]:
    """Let `_linear_pointwise` take matrices that are not packed beforehand, as they lie."""
    from torch._inductor import ir, lowering, mkldnn_ir

    kind: Any = mkldnn_ir.LinearUnary
    output: Any = mkldnn_ir._create_output_node

    def linear(x: Any, w: Any, b: Any, attr: Any, scalars: Any, algorithm: Any) -> Any:
        inputs = [kind.require_contiguous(kind.realize_input(x)), kind.realize_input(w)]
        constants = [attr, [-1], algorithm]
        if b is None:
            constants.insert(0, None)
        else:
            inputs.append(kind.require_contiguous(kind.realize_input(b)))
        size = [x.get_size()[0], w.get_size()[0]]
        made = kind(ir.FixedLayout(x.get_device(), x.get_dtype(), size), inputs, constants)
        return ir.TensorBox.create(output(made))

    own = {torch.ops.mkldnn._linear_pointwise.default: linear}
    with unittest.mock.patch.dict(lowering.lowerings, own):
        yield
