"""Run one spec with a TensorFlow (the real one when recording, ours when replaying); encode what it answers."""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

import numpy as np

from .codec import encode
from .inputs import cotangent, is_inexact, np_dtype, seed
from .spec import Spec


def name_of(e: Exception, caught: list[Exception]) -> dict[str, str]:
    caught.append(e)
    return {"raises": type(e).__name__}


def arrays(spec: Spec) -> list[np.ndarray]:
    """The inputs of a spec: seeded from its names, the same in each dtype up to rounding."""
    return [
        item.make(seed(spec.family, spec.name, spec.variant, i), spec.dtype)
        for i, item in enumerate(spec.inputs)
    ]


def fingerprint(spec: Spec) -> str:
    """A hash of the inputs' bits and of what is asked, kept with the answer so that drift is seen."""
    h = hashlib.sha1(f"{spec.kind}:{spec.order}:{spec.only_shapes}".encode())
    for item, a in zip(spec.inputs, arrays(spec), strict=True):
        raw = a.view(np.uint16) if a.dtype.name == "bfloat16" else a
        h.update(f"{a.dtype.name}{a.shape}{item.diff}{item.var}".encode() + raw.tobytes())
    return h.hexdigest()[:10]


def tensor(tf: Any, a: np.ndarray) -> Any:
    if a.dtype.name == "bfloat16":
        return tf.cast(tf.constant(a.astype(np.float32)), tf.bfloat16)
    return tf.constant(a)


def answer(tf: Any, spec: Spec, caught: list[Exception]) -> dict[str, Any]:
    """``{"value": ...}``, for differentiable cases ``"grad"`` and ``"grad2"``.

    An exception is an answer too, except one that leaves a script; it is also put into ``caught``.
    """
    tf.random.set_seed(None)  # another one may have left a seed
    if spec.kind == "script":
        return {"value": encode(tf, spec.fn(tf))}
    if spec.kind == "case":
        return _differentiate(tf, spec, caught)
    try:
        xs = [tensor(tf, a) for a in arrays(spec)]
        return {"value": encode(tf, spec.fn(tf, *xs), spec.only_shapes)}
    except Exception as e:
        return {"value": name_of(e, caught)}


def _differentiate(tf: Any, spec: Spec, caught: list[Exception]) -> dict[str, Any]:
    given = arrays(spec)
    xs = [
        tf.Variable(tensor(tf, a)) if i.var else tensor(tf, a)
        for i, a in zip(spec.inputs, given, strict=True)
    ]
    sources = [x for x, i in zip(xs, spec.inputs, strict=True) if i.differentiable(spec.dtype)]
    order = spec.order if sources else 0
    out: dict[str, Any] = {}
    with tf.GradientTape() as outer:
        outer.watch(sources)
        with tf.GradientTape() as inner:
            inner.watch(sources)
            try:
                y = spec.fn(tf, *xs)
            except Exception as e:
                return {"value": name_of(e, caught)}
        out["value"] = encode(tf, y, spec.only_shapes)
        if order < 1:
            return out
        ys = [t for t in tf.nest.flatten(y) if tf.is_tensor(t)]
        targets = [t for t in ys if is_inexact(t.dtype.name)]
        try:
            grads = inner.gradient(targets or ys, sources, _cotangents(tf, spec, "first", targets) or None)
        except Exception as e:
            return out | {"grad": name_of(e, caught)}
        out["grad"] = [encode(tf, g, spec.only_shapes) for g in grads]
    dense = [g.values if isinstance(g, tf.IndexedSlices) else g for g in grads if g is not None]
    if order < 2 or not dense:
        return out
    try:
        seconds = outer.gradient(dense, sources, _cotangents(tf, spec, "second", dense))
    except Exception as e:
        return out | {"grad2": name_of(e, caught)}
    return out | {"grad2": [encode(tf, g, spec.only_shapes) for g in seconds]}


def _cotangents(tf: Any, spec: Spec, word: str, targets: list[Any]) -> list[Any]:
    key = zlib.crc32(f"{spec.family}:{spec.name}:{spec.variant}".encode())
    made = []
    for i, t in enumerate(targets):
        name = t.dtype.name
        assert np_dtype(name)
        made.append(tensor(tf, cotangent(seed(key, word, i), tuple(t.shape), name)))
    return made
