"""A profile as a file in the trace event format of Chrome, which Perfetto reads too.

Source: "Trace Event Format", complete events (`ph: X`); times are in microseconds.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tfcompat_tape.profiling.tables import text
from tfcompat_tape.tape.places import short

if TYPE_CHECKING:
    from tfcompat_tape.profiling.measuring import Profile, Span


def write(profile: Profile, path: str | os.PathLike[str]) -> None:
    """Write the spans of `profile` to the file `path`."""
    opened: Any = gzip.open if os.fspath(path).endswith(".gz") else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.write('{"displayTimeUnit": "ms", "otherData": ')
        json.dump({"spans left out": profile.left_out}, file)
        file.write(', "traceEvents": [\n')
        for i, event in enumerate(events(profile)):
            file.write(",\n" if i else "")
            json.dump(event, file)
        file.write("\n]}\n")


def events(profile: Profile) -> Iterator[dict[str, Any]]:
    """The events, one by one."""
    process = os.getpid()
    yield {"ph": "M", "name": "process_name", "pid": process, "args": {"name": "tfcompat_tape"}}
    for thread, name in list(profile.threads.items()):
        yield {"ph": "M", "name": "thread_name", "pid": process, "tid": thread, "args": {"name": name}}
    for span in list(profile.spans):
        yield _event(span, process, profile.began)


def _event(span: Span, process: int, zero: int) -> dict[str, Any]:
    file, line = span.place
    args: dict[str, Any] = {"line": f"{short(file)}:{line}", "code": text(file, line)} if file else {}
    for name, value in (span.notes or {}).items():
        args[name] = value if isinstance(value, (int, float, str, bool)) else str(value)
    return {
        "ph": "X",
        "name": span.name,
        "cat": span.kind,
        "pid": process,
        "tid": span.thread,
        "ts": (span.start - zero) / 1e3,
        "dur": (span.end - span.start) / 1e3,
        "args": args,
    }
