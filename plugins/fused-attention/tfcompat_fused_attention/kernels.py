"""The kernels: torch's fused attention where it can be had, and the composed form elsewhere.

Both compute the same functions. With scores `S = scale * Q K^T + mask`, of which the masked ones are -inf:

    lse = logsumexp(S)       P = exp(S - lse)       output = P V
    dS = P * (dO V^T - rowsum(dO * output) + dlse)
    dV = P^T dO              dQ = scale * dS K      dK = scale * dS^T Q

A query without any position has lse = 0 by convention, so that its row of P is zero.
"""

import math

import torch
import torch.nn.functional as F
from torch.fx.experimental.proxy_tensor import get_proxy_mode

import tfcompat_tape as tf

aten = torch.ops.aten
CPU_DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
CUDA_DTYPES = (torch.float32, torch.bfloat16, torch.float16)


def attention(query, key, value, *mask, is_causal, scale):
    """Returns (output, logsumexp). logsumexp is float32 for the half precisions, as in torch."""
    lead = _check(query, key, value, mask)
    scale = scale_of(query, scale)
    path = _path(query, key, value, mask)
    if path is None:
        return _composed(query, key, value, bias_of(query, key, mask, is_causal), scale)
    q, k, v = [_four(x) for x in (query, key, value)]
    if path == "cpu":
        bias = _four_bias(query, key, mask)
        output, lse = aten._scaled_dot_product_flash_attention_for_cpu(
            q, k, v, 0.0, is_causal, attn_mask=bias, scale=scale
        )
    else:
        output, lse, _, _ = aten._scaled_dot_product_efficient_attention(
            q, k, v, None, True, 0.0, is_causal, scale=scale
        )
        lse = lse[..., : query.shape[-2]]  # it is padded
    return output.reshape(*lead, *output.shape[-2:]), lse.reshape(query.shape[:-1]).contiguous()


def attention_grad(query, key, value, output, logsumexp, dy, dlse, *mask, is_causal, scale):
    """Returns (dQ, dK, dV)."""
    scale = scale_of(query, scale)
    path = _path(query, key, value, mask)
    if path is None or not _is_zero(dlse):
        bias = bias_of(query, key, mask, is_causal)
        return _composed_grad(query, key, value, output, logsumexp, dy, dlse, bias, scale)
    q, k, v, o, do = [_four(x) for x in (query, key, value, output, dy)]
    lse = logsumexp.reshape(q.shape[:-1])
    if path == "cpu":
        bias = _four_bias(query, key, mask)
        grads = aten._scaled_dot_product_flash_attention_for_cpu_backward(
            do, q, k, v, o, lse, 0.0, is_causal, attn_mask=bias, scale=scale
        )
    else:
        lse = F.pad(lse, (0, -lse.shape[-1] % 32), value=math.inf)
        seed = torch.zeros((), dtype=torch.int64, device=q.device)  # of the dropout that there is not
        grads = aten._scaled_dot_product_efficient_attention_backward(
            do, q, k, v, None, o, lse, seed, seed, 0.0, [True, True, True, False], is_causal, scale=scale
        )
    return tuple([grad.reshape(x.shape) for grad, x in zip(grads, (query, key, value), strict=False)])


def _is_zero(dlse):
    """Torch's kernels know of no cotangent for logsumexp. It is zero but in second derivatives; a trace cannot tell."""
    return get_proxy_mode() is None and not bool((dlse != 0).any())


# -- what both forms need ----------------------------------------------------------------------------------------------


def scale_of(query, scale):
    """The factor of the scores."""
    return 1.0 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale


def bias_of(query, key, mask, is_causal):
    """What is added to the scores, mask and causality together, in the dtype of logsumexp; None if nothing is."""
    dtype = torch.float64 if query.dtype is torch.float64 else torch.float32
    bias = _additive(mask[0], dtype) if mask else None
    if is_causal:
        shape = (query.shape[-2], key.shape[-2])
        later = torch.full(shape, -math.inf, dtype=dtype, device=query.device).triu(1)
        bias = later if bias is None else bias + later
    return bias


def _additive(mask, dtype):
    if mask.dtype is not torch.bool:
        return mask.to(dtype)
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill(~mask, -math.inf)


def _check(query, key, value, mask):
    """The leading dimensions; InvalidArgumentError if the shapes do not fit."""
    shapes = f"query {list(query.shape)}, key {list(key.shape)}, value {list(value.shape)}"
    lead = query.shape[:-2]
    if min(query.dim(), key.dim(), value.dim()) < 2 or key.shape[:-2] != lead or value.shape[:-2] != lead:
        raise _error(
            f"query, key and value must be [..., length, depth] with equal leading dimensions; got {shapes}"
        )
    if query.shape[-1] != key.shape[-1]:
        raise _error(f"query and key must have one depth; got {shapes}")
    if key.shape[-2] != value.shape[-2]:
        raise _error(f"key and value must have as many positions; got {shapes}")
    if len(mask) > 1:
        raise _error(f"there may be one mask, but {len(mask)} were given")
    if mask:
        if mask[0].dtype is not torch.bool and not mask[0].dtype.is_floating_point:
            raise _error(f"the mask must be boolean or floating, but is {mask[0].dtype}: cast it")
        scores = (*lead, query.shape[-2], key.shape[-2])
        tail = scores[len(scores) - mask[0].dim() :]
        fits = mask[0].dim() <= len(scores) and all(
            n in (1, m) for n, m in zip(mask[0].shape, tail, strict=False)
        )
        if not fits:
            raise _error(f"the mask {list(mask[0].shape)} must broadcast to the scores, {list(scores)}")
    return lead


def _error(text):
    return tf.errors.InvalidArgumentError(None, None, f"ScaledDotProductAttention: {text}.")


def _path(query, key, value, mask):
    """Which fused kernel takes these: "cpu", "cuda" or None."""
    if not (query.numel() and key.numel() and value.numel()) or query.shape[-1] != value.shape[-1]:
        return None
    if query.device.type == "cpu" and query.dtype in CPU_DTYPES:
        return "cpu"
    # With a mask the kernel for CUDA wants a certain alignment, which a mask of any shape has not.
    if query.device.type == "cuda" and query.dtype in CUDA_DTYPES and not mask and query.shape[-1] % 8 == 0:
        return "cuda"
    return None


def _four(x):
    """`x` as [batch, heads, length, depth]."""
    if x.dim() == 4:
        return x
    if x.dim() < 4:
        return x.reshape((1,) * (4 - x.dim()) + x.shape)
    return x.reshape(-1, *x.shape[-3:])


def _four_bias(query, key, mask):
    if not mask:
        return None
    bias = _additive(mask[0], query.dtype)
    bias = bias.reshape((1,) * (query.dim() - bias.dim()) + bias.shape)
    lead = query.shape[:-2] if query.dim() > 4 else bias.shape[:-2]  # what is flattened cannot broadcast
    return _four(bias.expand(*lead, query.shape[-2], key.shape[-2]))


# -- the composed form -------------------------------------------------------------------------------------------------


def _scores(query, key, bias, scale):
    scores = scale * (query @ key.mT)
    return scores if bias is None else scores + bias


def _composed(query, key, value, bias, scale):
    wide = torch.float64 if query.dtype is torch.float64 else torch.float32
    q, k, v = [x.to(wide) for x in (query, key, value)]
    scores = _scores(q, k, bias, scale)
    if not key.shape[-2]:
        lse = scores.sum(-1)
    else:
        lse = torch.logsumexp(scores, -1)
        lse = torch.where(lse == -math.inf, 0.0, lse)
    return (torch.exp(scores - lse[..., None]) @ v).to(query.dtype), lse


def _composed_grad(query, key, value, output, lse, dy, dlse, bias, scale):
    q, k, v, o, do = [x.to(lse.dtype) for x in (query, key, value, output, dy)]
    weights = torch.exp(_scores(q, k, bias, scale) - lse[..., None])
    delta = (do * o).sum(-1) - dlse
    ds = weights * (do @ v.mT - delta[..., None])
    grads = scale * (ds @ k), scale * (ds.mT @ q), weights.mT @ do
    return tuple([grad.to(query.dtype) for grad in grads])


# -- vmap: one more leading dimension ----------------------------------------------------------------------------------


def batched_attention(in_dims, query, key, value, *mask, is_causal, scale):
    tensors, masks = _stacked(in_dims, (query, key, value), mask)
    return attention(*tensors, *masks, is_causal=is_causal, scale=scale), (0, 0)


def batched_attention_grad(in_dims, query, key, value, output, logsumexp, dy, dlse, *mask, is_causal, scale):
    tensors, masks = _stacked(in_dims, (query, key, value, output, logsumexp, dy, dlse), mask)
    return attention_grad(*tensors, *masks, is_causal=is_causal, scale=scale), (0, 0, 0)


def _stacked(in_dims, tensors, mask):
    """The tensors with the batch in front; masks so that they broadcast with it."""
    every = [*tensors, *mask]
    size = next(x.shape[d] for x, d in zip(every, in_dims, strict=True) if d is not None)
    stacked = [
        x.expand(size, *x.shape) if d is None else x.movedim(d, 0)
        for x, d in zip(tensors, in_dims, strict=False)
    ]
    rank = stacked[0].dim()
    masks = []
    for x, d in zip(mask, in_dims[len(tensors) :], strict=True):
        if d is not None:
            x = x.movedim(d, 0)
            x = x.reshape(size, *(1,) * (rank - x.dim()), *x.shape[1:])
        masks.append(x)
    return stacked, masks
