"""Attention that never holds the matrix of weights: torch's fused kernels, with gradients of any order."""

from tfcompat_tape.plugins import OpDefinition, hookimpl

__all__ = ["scaled_dot_product_attention"]


@hookimpl
def tfcompat_ops():
    attrs = {"is_causal": False, "scale": None}
    return [
        OpDefinition(
            "ScaledDotProductAttention",
            kernel=".kernels:attention",
            inputs="query key value *mask",
            outputs="output logsumexp",
            attrs=attrs,
            gradient=".rules:attention_gradient",
            jvp=".rules:attention_jvp",
            batching=".kernels:batched_attention",
            dtypes="floating",
            same="query key value",
            examples=".examples:of_attention",
            doc="softmax(scale * query @ key^T + mask) @ value, and the logarithms of the softmax's denominators",
        ),
        OpDefinition(
            "ScaledDotProductAttentionGrad",
            kernel=".kernels:attention_grad",
            inputs="query key value output logsumexp output_grad logsumexp_grad *mask",
            outputs="query_grad key_grad value_grad",
            attrs=attrs,
            gradient=".rules:attention_grad_gradient",
            batching=".kernels:batched_attention_grad",
            dtypes="floating",
            same="query key value output output_grad",
            examples=".examples:of_attention_grad",
            doc="the gradients of ScaledDotProductAttention, as a function of what it was given and what it returned",
        ),
    ]


def scaled_dot_product_attention(query, key, value, mask=None, *, is_causal=False, scale=None):
    """Attention: `softmax(scale * query @ key^T + mask) @ value`.

    Args:
      query: `[..., length, depth]`, for instance `[batch, heads, length, depth]`; floating.
      key: `[..., positions, depth]`, with the leading dimensions of `query`.
      value: `[..., positions, value_depth]`, with the leading dimensions of `query`.
      mask: broadcasts to `[..., length, positions]`. Boolean: True where a query may look at a position. Floating: is
        added before the softmax, and has a gradient. A query that may look nowhere gets zeros.
      is_causal: query `i` looks at the positions up to `i` (counted from the first one, if there are more positions
        than queries).
      scale: `1 / sqrt(depth)` if it is not given.

    Returns:
      `[..., length, value_depth]`, of the dtype of `query`.

    Raises:
      tf.errors.InvalidArgumentError: the shapes do not fit, or the mask is neither boolean nor floating.

    Source: Vaswani et al., Attention Is All You Need, 2017; `torch.nn.functional.scaled_dot_product_attention`.
    """
    import tfcompat_tape as tf

    masks = () if mask is None else (mask,)
    attrs = {"is_causal": bool(is_causal), "scale": None if scale is None else float(scale)}
    return tf.plugins.ops.ScaledDotProductAttention(query, key, value, *masks, **attrs)[0]
