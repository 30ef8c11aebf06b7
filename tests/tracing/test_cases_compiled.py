"""Conformance cases compiled: their values and gradients are those of the kernels one by one, on two kinds of inputs.

The cases were chosen (`cases_compiled.py --choose`) so that they run many kernels: 129 of the 184 that the compiler
takes in a quarter of all cases. The code is made for the first inputs and called with others. All cases take hours.
"""

from __future__ import annotations

import cases_in_functions
import pytest
from cases_compiled import differences, fitting

from tfcompat_tape.tracing import library

CASES = """
reductions:reduce_logsumexp-float64
linalg_decompositions:linalg.lu_reconstruct-int32
segments:math.unsorted_segment_mean-int8
nn_patches:image.extract_patches-int16
quantization:quantization.fake_quant_with_min_max_vars_per_channel_gradient-float32
ordering:sort DESCENDING/one-float16
nn_activations:nn.crelu/edge-int32
math_more:bitwise shifts beyond-int8
indexing:x[0, newaxis, ..., ::-1]-int32
edges_reductions:unique-uint8
math_binary:True operator xor-bool
older_ops:MaxPoolV2-float64
math_more:clip_by_value numbers-int16
numpy_gradients:experimental.numpy.tan-float64
ordering:argmin ties axis 0-float32
ordering:argmax of edges-uint64
arrays:bitcast from bytes-uint8
nn_pooling:pool AVG 3d-float32
raw_ops:LogSoftmax-float64
nn_activations:softmax axis tensor-float64
nn_activations:nn.tanh/edge-float64
nn_activations:nn.swish-float32
nn_activations:nn.softplus/edge-float64
nn_activations:nn.sigmoid-float64
nn_activations:nn.leaky_relu/edge-float64
edges_arrays:unstack rows-float32
numpy_gradients:experimental.numpy.cosh-float64
reductions:reduce_mean/scalar-uint64
reductions:math.cumsum special values-float32
numpy_gradients:experimental.numpy.nextafter-float64
nn_activations:nn.elu/edge-bfloat16
nn_activations:gelu approximate/edge-float32
raw_ops:Sqrt-float64
edges_linalg:linalg.trace/singular-float64
reductions:reduce_min/scalar-int8
reductions:reduce_any numpy axes-bool
reductions:reduce_all axis 1 kept-bool
reductions:math.cumprod exclusive=False reverse=False/one-uint8
older_ops:Mod-int32
math_unary:math.sign/edge-int8
math_unary:math.round/edge-float64
math_unary:math.is_inf/edge-float64
math_unary:math.ceil/edge-float16
math_more:x ** 2 of integers-int8
math_binary:operator xor-int8
math_binary:operator mod-int16
image:image.grayscale_to_rgb-uint8
edges_reductions:reduce_prod of integers-int64
""".strip().splitlines()


@pytest.mark.parametrize("part", [0, 1])
def test_compiled_cases(part: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("TFCOMPAT_PROGRESS", "0")
    monkeypatch.setattr(library, "_loaded", {})
    names = CASES[part::2]
    families = sorted({name.partition(":")[0] for name in names})
    specs = {f"{s.family}:{s.id}": s for s in cases_in_functions.cases(*families)}
    group = fitting([specs[name] for name in names])
    assert len(group) == len(names)
    assert differences(group) == {}
    assert library._loaded and "is not compiled" not in caplog.text
