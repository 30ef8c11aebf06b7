"""The ops that a script executes, and adjoints: what a first difference is searched in."""

from __future__ import annotations

import collections
import importlib
from typing import Any

from tfcompat_tape.porting.compare.recorder.observer import Observer
from tfcompat_tape.porting.compare.recorder.values import encode

MOST_OPS = 20_000
MOST_VALUES = 3_000  # results of ops that are kept, to ask for their adjoints
MOST_ADJOINTS = 20  # gradients whose adjoints are written, if it is not said which


class Ops:
    """The ops that are executed, with their values; and the adjoints of these values where a gradient is asked for."""

    def __init__(self, observer: Observer, stop_after: int | None) -> None:
        self._observer = observer
        self._event = stop_after
        self._records: collections.deque[dict[str, Any]] = collections.deque(maxlen=MOST_OPS)
        self._kept: collections.OrderedDict[int, tuple[Any, int, int]] = collections.OrderedDict()
        self._number = 0
        self._asked = 0
        self._adjoints: list[dict[str, Any]] = []
        self._busy = False
        self._full = False

    def start(self) -> bool:
        """Whether ops can be observed here."""
        try:
            callbacks = importlib.import_module("tensorflow.python.framework.op_callbacks")
            callbacks.add_op_callback(self._executed)
        except Exception:
            return False
        observer = self._observer
        observer.writer.at_end.append(self._finish)
        observer.adjoints = self.adjoints

        def persistent(plain: Any, args: Any, kwargs: Any) -> Any:
            plain(
                args[0],
                **{
                    **dict(zip(("persistent", "watch_accessed_variables"), args[1:], strict=False)),
                    **kwargs,
                    "persistent": True,
                },
            )

        observer.wrap(observer.tf.GradientTape, "__init__", persistent)
        return True

    def _executed(
        self, op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        observer = self._observer
        if self._busy or graph is not None or self._full or not observer.records():
            return
        kind = op_type.decode() if isinstance(op_type, bytes) else str(op_type)
        self._busy = True
        try:
            number = self._number
            given = []
            for one in inputs:
                known = self._kept.get(id(one))
                given.append([known[1], known[2]] if known is not None else encode(one))
            results = [encode(one) for one in outputs]
            record = {"k": "op", "n": number, "before": observer.writer.count, "type": kind}
            self._records.append({**record, "at": observer.lines.here(), "in": given, "out": results})
            for place, one in enumerate(outputs):
                self._kept[id(one)] = (one, number, place)
            while len(self._kept) > MOST_VALUES:
                self._kept.popitem(last=False)
            self._number += 1
            self._full = self._event is None and self._number >= MOST_OPS
        finally:
            self._busy = False

    def adjoints(self, tape: Any, target: Any, given: Any, event: int) -> None:
        """Note the adjoints of what was computed so far, for the gradient that is event number `event`."""
        if self._event is not None and event != self._event:
            return
        if self._event is None and self._asked >= MOST_ADJOINTS:
            return
        self._asked += 1
        kept = [one for one in self._kept.values() if one[0].dtype.is_floating or one[0].dtype.is_complex]
        self._busy = True
        try:
            tensors = [tensor for tensor, _, _ in kept]
            found = tape.gradient(target, tensors, given)
            for (_, number, place), value in zip(kept, found, strict=True):
                if value is not None:
                    shown = encode(self._observer.tf.convert_to_tensor(value))
                    self._adjoints.append(
                        {"k": "adjoint", "event": event, "op": number, "out": place, "value": shown}
                    )
        except Exception as error:
            note = f"{type(error).__name__}: {error}"
            self._observer.writer.write(k="note", text=f"no adjoints at event {event}: {note}")
        finally:
            self._busy = False

    def _finish(self) -> None:
        for record in [*self._records, *self._adjoints]:
            self._observer.writer.write(**record)
