"""Calls for the checker."""

import numpy as np

from tfcompat_tape.plugins import Example


def _inputs(*shapes):
    generator = np.random.default_rng(0)
    return [generator.normal(size=shape) for shape in shapes]


def of_attention():
    q, k, v = _inputs((1, 2, 3, 2), (1, 2, 4, 2), (1, 2, 4, 2))
    allowed = np.array([[True, False, True, True], [False] * 4, [True] * 4])
    (bias,) = _inputs((2, 1, 4))
    return [
        Example(q, k, v),
        Example(q[0, 0], k[0, 0], v[0, 0], is_causal=True, scale=0.5),
        Example(q[0], k[0], v[0], allowed),
        Example(q[0], k[0], v[0], bias),
        Example(q[0, 0], k[0, 0], np.concatenate([v, v[..., :1]], -1)[0, 0]),  # depths differ: composed
    ]


def of_attention_grad():
    """Also away from where output and logsumexp belong to the other inputs: it is a function of them all."""
    q, o, do, k, v = _inputs((1, 2, 2), (1, 2, 2), (1, 2, 2), (1, 3, 2), (1, 3, 2))
    lse, dlse = _inputs((1, 2), (1, 2))
    (bias,) = _inputs((2, 3))
    return [
        Example(q, k, v, o, lse + 1.0, do, np.zeros_like(dlse)),
        Example(q, k, v, o, lse + 1.0, do, dlse, bias, is_causal=True),
    ]
