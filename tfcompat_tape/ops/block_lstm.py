"""Long short-term memory over a whole sequence in one op, and single steps of it and of a gated recurrent unit.

As in TensorFlow the gradient is that of the cells and of the outputs alone, not of the gates; it takes no notice of
`cell_clip`, and does not differentiate again.

Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997; with peepholes: F. Gers and J. Schmidhuber,
"Recurrent nets that time and count", 2000; K. Cho et al., "Learning phrase representations using RNN encoder-decoder",
2014.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient

_DTYPES = frozenset({torch.float16, torch.float32})
_NAMES = "x cs_prev h_prev w wci wcf wco b"
_GATES = "i cs f o ci co h"
# Where the columns of w and b stand for the input, the candidate, the forget and the output gate.
_FIRST = (0, 1, 2, 3)
_SECOND = (0, 2, 1, 3)


def _check(op: str, x: Any, cs_prev: Any, h_prev: Any, w: Any, wci: Any, wcf: Any, wco: Any, b: Any) -> None:
    batch, inputs = x.shape[-2:]
    if cs_prev.dim() != 2 or cs_prev.shape[0] != batch:
        raise invalid(f"{op}: cs_prev must be a matrix of {batch} rows, got shape {list(cs_prev.shape)}.")
    units = cs_prev.shape[1]
    wanted = {
        "h_prev": (h_prev, (batch, units)),
        "w": (w, (inputs + units, 4 * units)),
        "wci": (wci, (units,)),
        "wcf": (wcf, (units,)),
        "wco": (wco, (units,)),
        "b": (b, (4 * units,)),
    }
    for name, (tensor, shape) in wanted.items():
        if tuple(tensor.shape) != shape:
            raise invalid(f"{op}: {name} must have shape {list(shape)}, got {list(tensor.shape)}.")


def _step(
    x: Any, cs: Any, h: Any, w: Any, peepholes: Any, b: Any, order: Any, forget_bias: float, cell_clip: float
) -> tuple[Any, ...]:
    parts = (torch.cat([x, h], 1) @ w + b).chunk(4, 1)
    i, ci, f, o = [parts[place] for place in order]
    if peepholes is not None:
        i, f = i + cs * peepholes[0], f + cs * peepholes[1]
    i, f, ci = torch.sigmoid(i), torch.sigmoid(f + forget_bias), torch.tanh(ci)
    cell = ci * i + cs * f
    if cell_clip > 0:
        cell = cell.clamp(-cell_clip, cell_clip)
    if peepholes is not None:
        o = o + cell * peepholes[2]
    o, co = torch.sigmoid(o), torch.tanh(cell)
    return i, cell, f, o, ci, co, co * o


def _forward(op: str, order: Any) -> Any:
    def run(
        x: Any,
        cs_prev: Any,
        h_prev: Any,
        w: Any,
        wci: Any,
        wcf: Any,
        wco: Any,
        b: Any,
        *,
        seq_len_max: Any,
        forget_bias: float,
        cell_clip: float,
        use_peephole: bool,
    ) -> tuple[Any, ...]:
        if x.dim() != 3:
            raise invalid(f"{op}: x must be 3D: (time, batch, inputs), got shape {list(x.shape)}.")
        _check(op, x, cs_prev, h_prev, w, wci, wcf, wco, b)
        steps = _steps(op, seq_len_max, x)
        peepholes = (wci, wcf, wco) if use_peephole else None
        cs, h, found = cs_prev, h_prev, []
        for t in range(steps):
            found.append(_step(x[t], cs, h, w, peepholes, b, order, forget_bias, cell_clip))
            cs, h = found[-1][1], found[-1][6]
        rest = torch.zeros_like(cs_prev).expand(x.shape[0] - steps, *cs_prev.shape)
        if not found:
            return tuple([rest.clone() for _ in range(7)])
        return tuple([torch.cat([torch.stack(states), rest]) for states in zip(*found, strict=True)])

    return run


def _steps(op: str, seq_len_max: Any, x: Any) -> int:
    if not isinstance(seq_len_max, int):
        raise invalid(f"{op}: seq_len_max must be a scalar, got {seq_len_max!r}.")
    if not 0 <= seq_len_max <= x.shape[0]:
        raise invalid(
            f"{op}: seq_len_max must be in [0, {x.shape[0]}], the length of x, but is {seq_len_max}."
        )
    return seq_len_max


_first, _second = _forward("BlockLSTM", _FIRST), _forward("BlockLSTMV2", _SECOND)


def _block_lstm(
    *tensors: Any,
    seq_len_max: Any,
    forget_bias: float = 1.0,
    cell_clip: float = 3.0,
    use_peephole: bool = False,
) -> Any:
    return _first(
        *tensors,
        seq_len_max=seq_len_max,
        forget_bias=forget_bias,
        cell_clip=cell_clip,
        use_peephole=use_peephole,
    )


def _block_lstm_v2(
    *tensors: Any, seq_len_max: Any, cell_clip: float = 0.0, use_peephole: bool = False
) -> Any:
    return _second(
        *tensors, seq_len_max=seq_len_max, forget_bias=0.0, cell_clip=cell_clip, use_peephole=use_peephole
    )


def _backward(op: str, order: Any) -> Any:
    def run(
        x: Any,
        cs_prev: Any,
        h_prev: Any,
        w: Any,
        wci: Any,
        wcf: Any,
        wco: Any,
        b: Any,
        i: Any,
        cs: Any,
        f: Any,
        o: Any,
        ci: Any,
        co: Any,
        h: Any,
        cs_grad: Any,
        h_grad: Any,
        *,
        seq_len_max: Any,
        use_peephole: bool,
    ) -> tuple[Any, ...]:
        if x.dim() != 3:
            raise invalid(f"{op}: x must be 3D: (time, batch, inputs), got shape {list(x.shape)}.")
        _check(op, x, cs_prev, h_prev, w, wci, wcf, wco, b)
        for states in (i, cs, f, o, ci, co, h, cs_grad, h_grad):
            if tuple(states.shape) != (x.shape[0], *cs_prev.shape):
                raise invalid(f"{op}: states must have a matrix of the shape of cs_prev for each step.")
        inputs = x.shape[2]
        dx: list[Any] = []
        dw, db = torch.zeros_like(w), torch.zeros_like(b)
        dwci, dwcf, dwco = [torch.zeros_like(p) for p in (wci, wcf, wco)]
        dcs, dh = torch.zeros_like(cs_prev), torch.zeros_like(h_prev)
        for t in reversed(range(_steps(op, seq_len_max, x))):
            cell, out = (cs[t - 1], h[t - 1]) if t else (cs_prev, h_prev)
            dh = dh + h_grad[t]
            do = o[t] * (1 - o[t]) * dh * co[t]
            dcs = dcs + cs_grad[t] + (1 - co[t] * co[t]) * dh * o[t]
            if use_peephole:
                dcs = dcs + do * wco
            dci = (1 - ci[t] * ci[t]) * dcs * i[t]
            df = f[t] * (1 - f[t]) * dcs * cell
            di = i[t] * (1 - i[t]) * dcs * ci[t]
            dcs = dcs * f[t]
            if use_peephole:
                dcs = dcs + di * wci + df * wcf
                dwci, dwcf = dwci + (di * cell).sum(0), dwcf + (df * cell).sum(0)
                dwco = dwco + (do * cs[t]).sum(0)
            gates = (di, dci, df, do)
            dgates = torch.cat([gates[order.index(place)] for place in range(4)], 1)
            both = dgates @ w.T
            dx.append(both[:, :inputs])
            dh = both[:, inputs:]
            dw = dw + torch.cat([x[t], out], 1).T @ dgates
            db = db + dgates.sum(0)
        rest = torch.zeros_like(x[len(dx) :])
        whole = torch.cat([torch.stack(dx[::-1]), rest]) if dx else rest
        return whole, dcs, dh, dw, dwci, dwcf, dwco, db

    return run


def _entered(name: str, kernel: Any, inputs: str, outputs: int, defaults: Any, **more: Any) -> Any:
    return primitive(
        name, kernel, inputs=inputs, defaults=defaults, outputs=outputs, dtypes=_DTYPES, same=None, **more
    )


_ATTRS = {"forget_bias": 1.0, "cell_clip": 3.0, "use_peephole": False}
_ATTRS_V2 = {"cell_clip": 0.0, "use_peephole": False}
block_lstm = _entered("BlockLSTM", _block_lstm, _NAMES, 7, _ATTRS, keep=Keep.BOTH)
block_lstm_v2 = _entered("BlockLSTMV2", _block_lstm_v2, _NAMES, 7, _ATTRS_V2, keep=Keep.BOTH)
_GRAD_NAMES = f"{_NAMES} {_GATES} cs_grad h_grad"
block_lstm_grad = _entered(
    "BlockLSTMGrad", _backward("BlockLSTMGrad", _FIRST), _GRAD_NAMES, 8, {}, keep=Keep.NOTHING
)
block_lstm_grad_v2 = _entered(
    "BlockLSTMGradV2", _backward("BlockLSTMGradV2", _SECOND), _GRAD_NAMES, 8, {}, keep=Keep.NOTHING
)


def _rule(name: str, pull: Any) -> None:
    @gradient(name)
    def rule(op: Any, *dys: Any) -> Any:
        steps, peephole = op.get_attr("seq_len_max"), op.get_attr("use_peephole")
        return pull(*op.inputs, *op.outputs, dys[1], dys[6], seq_len_max=steps, use_peephole=peephole)


_rule("BlockLSTM", block_lstm_grad)
_rule("BlockLSTMV2", block_lstm_grad_v2)


# -- single steps, which TensorFlow does not differentiate -------------------------------------------------------------


def _lstm_cell(
    x: Any,
    cs_prev: Any,
    h_prev: Any,
    w: Any,
    wci: Any,
    wcf: Any,
    wco: Any,
    b: Any,
    *,
    forget_bias: float = 1.0,
    cell_clip: float = 3.0,
    use_peephole: bool = False,
) -> tuple[Any, ...]:
    if x.dim() != 2:
        raise invalid(f"LSTMBlockCell: x must be 2D: (batch, inputs), got shape {list(x.shape)}.")
    _check("LSTMBlockCell", x, cs_prev, h_prev, w, wci, wcf, wco, b)
    peepholes = (wci, wcf, wco) if use_peephole else None
    return _step(x, cs_prev, h_prev, w, peepholes, b, _FIRST, forget_bias, cell_clip)


lstm_block_cell = _entered("LSTMBlockCell", _lstm_cell, _NAMES, 7, _ATTRS, keep=Keep.NOTHING)


def _gru_cell(x: Any, h_prev: Any, w_ru: Any, w_c: Any, b_ru: Any, b_c: Any) -> tuple[Any, ...]:
    name = "GRUBlockCell"
    if x.dim() != 2 or h_prev.dim() != 2 or h_prev.shape[0] != x.shape[0]:
        raise invalid(f"{name}: x and h_prev must be matrices with one row for each example.")
    inputs, units = x.shape[1], h_prev.shape[1]
    wanted = {
        "w_ru": (w_ru, (inputs + units, 2 * units)),
        "w_c": (w_c, (inputs + units, units)),
        "b_ru": (b_ru, (2 * units,)),
        "b_c": (b_c, (units,)),
    }
    for what, (tensor, shape) in wanted.items():
        if tuple(tensor.shape) != shape:
            raise invalid(f"{name}: {what} must have shape {list(shape)}, got {list(tensor.shape)}.")
    r, u = torch.sigmoid(torch.cat([x, h_prev], 1) @ w_ru + b_ru).chunk(2, 1)
    c = torch.tanh(torch.cat([x, h_prev * r], 1) @ w_c + b_c)
    return r, u, c, u * h_prev + (1 - u) * c


gru_block_cell = primitive(
    "GRUBlockCell",
    _gru_cell,
    inputs="x h_prev w_ru w_c b_ru b_c",
    outputs=4,
    dtypes=frozenset({torch.float32}),
    same=None,
    keep=Keep.NOTHING,
)
