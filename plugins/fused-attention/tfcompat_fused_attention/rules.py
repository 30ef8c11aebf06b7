"""The derivatives. The gradient is a fused kernel again; its gradient is the composed form's, which has every order."""

import tfcompat_tape as tf

from . import kernels


def attention_gradient(op, dy, dlse):
    """Fused, but for the gradient of a floating mask, which is as large as the scores anyway."""
    query, key, value, *mask = op.inputs
    output, logsumexp = op.outputs
    attrs = _attrs(op)
    grads = tf.plugins.ops.ScaledDotProductAttentionGrad(
        query, key, value, output, logsumexp, dy, dlse, *mask, **attrs
    )
    if not mask:
        return list(grads)
    if not mask[0].dtype.is_floating:
        return [*grads, None]
    weights, _ = _weights(query, key, logsumexp, mask, **attrs)
    v, o, do = [tf.cast(x, logsumexp.dtype) for x in (value, output, dy)]
    delta = tf.reduce_sum(do * o, -1) - dlse
    ds = weights * (tf.matmul(do, v, transpose_b=True) - delta[..., None])
    return [*grads, tf.cast(_summed_to(ds, mask[0].shape), mask[0].dtype)]


def attention_jvp(op, *tangents):
    query, key, value, *mask = op.inputs
    output, logsumexp = op.outputs
    wide = logsumexp.dtype
    weights, (q, k) = _weights(query, key, logsumexp, mask, **_attrs(op))
    v = tf.cast(value, wide)
    dq, dk, dv, dm = [None if t is None else tf.cast(t, wide) for t in (*tangents, None)[:4]]
    scale = kernels.scale_of(query, op.get_attr("scale"))
    parts = []
    if dq is not None:
        parts.append(scale * tf.matmul(dq, k, transpose_b=True))
    if dk is not None:
        parts.append(scale * tf.matmul(q, dk, transpose_b=True))
    if dm is not None:
        parts.append(dm)
    pushed = tf.matmul(weights, dv) if dv is not None else tf.zeros_like(tf.cast(output, wide))
    if not parts:
        return tf.cast(pushed, output.dtype), tf.zeros_like(logsumexp)
    ds = sum(parts[1:], parts[0])
    weighted = weights * ds
    dlse = tf.reduce_sum(weighted, -1)
    pushed = pushed + tf.matmul(weighted, v) - dlse[..., None] * tf.cast(output, wide)
    return tf.cast(pushed, output.dtype), dlse


def attention_grad_gradient(op, *cotangents):
    """Through the composed form, recorded here and differentiated; outer tapes see both."""
    with tf.GradientTape() as tape:
        inputs = [tf.identity(x) for x in op.inputs]
        sources = [x for x in inputs if x.dtype.is_floating]
        tape.watch(sources)
        grads = _composed_grad(*inputs, **_attrs(op))
    found = iter(
        tape.gradient(grads, sources, output_gradients=list(cotangents), unconnected_gradients="zero")
    )
    return [next(found) if x.dtype.is_floating else None for x in inputs]


def _composed_grad(query, key, value, output, logsumexp, dy, dlse, *mask, is_causal, scale):
    """What the kernel of ScaledDotProductAttentionGrad computes, made of ops."""
    weights, (q, k) = _weights(query, key, logsumexp, mask, is_causal, scale)
    v, o, do = [tf.cast(x, logsumexp.dtype) for x in (value, output, dy)]
    delta = tf.reduce_sum(do * o, -1) - dlse
    ds = weights * (tf.matmul(do, v, transpose_b=True) - delta[..., None])
    factor = kernels.scale_of(query, scale)
    grads = [
        factor * tf.matmul(ds, k),
        factor * tf.matmul(ds, q, transpose_a=True),
        tf.matmul(weights, do, transpose_a=True),
    ]
    return [tf.cast(grad, query.dtype) for grad in grads]


def _weights(query, key, logsumexp, mask, is_causal, scale):
    """The matrix of weights, from logsumexp; and query and key in its dtype."""
    wide = logsumexp.dtype
    q, k = tf.cast(query, wide), tf.cast(key, wide)
    scores = kernels.scale_of(query, scale) * tf.matmul(q, k, transpose_b=True)
    for one in mask:
        scores = scores + (
            tf.cast(one, wide) if one.dtype.is_floating else tf.where(one, _zero(wide), _never(wide))
        )
    if is_causal:
        ones = tf.ones([query.shape[-2], key.shape[-2]], tf.bool)
        scores = tf.where(tf.linalg.band_part(ones, -1, 0), scores, _never(wide))
    return tf.exp(scores - logsumexp[..., None]), (q, k)


def _zero(dtype):
    return tf.zeros([], dtype)


def _never(dtype):
    return tf.constant(float("-inf"), dtype)


def _summed_to(x, shape):
    """`x` summed over the dimensions along which a tensor of this shape was broadcast."""
    extra = len(x.shape) - len(shape)
    axes = [*range(extra), *[extra + i for i, n in enumerate(shape) if n == 1]]
    return tf.reshape(tf.reduce_sum(x, axes), shape) if axes else x


def _attrs(op):
    return {"is_causal": op.get_attr("is_causal"), "scale": op.get_attr("scale")}
