"""`tfcompat run SCRIPT [ARGS]`: what ``python SCRIPT [ARGS]`` does, with this package answering as tensorflow."""

import argparse
import builtins
import io
import os
import sys
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from types import ModuleType, TracebackType
from typing import Any

from tfcompat_tape._coverage import NotCoveredError, is_internal
from tfcompat_tape.porting.importing import install

CANNOT_OPEN = 2  # Python's own exit status for a script that it cannot open


def add_command(subparsers: Any) -> None:
    """Add `run` to the command line."""
    parser = subparsers.add_parser(
        "run",
        help="run a TensorFlow script on torch",
        description="Run SCRIPT as python would, with `import tensorflow` answered by tfcompat_tape, in this process.",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="explain on stderr, once for each place, why a gradient comes back None (TFCOMPAT_EXPLAIN=1)",
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="compile every tf.function that does not say jit_compile=False (TFCOMPAT_COMPILE=1)",
    )
    parser.add_argument(
        "--profile",
        action="store_true",
        help="at the end of the script, write to stderr where the time went: by op, and by line of the script",
    )
    parser.add_argument(
        "--profile-trace",
        metavar="FILE",
        help="the same, and write every execution to FILE (.json or .json.gz) for chrome://tracing and Perfetto",
    )
    parser.add_argument("script", metavar="SCRIPT", help="the script to run")
    parser.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER, help="the script's own arguments")
    parser.set_defaults(action=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.explain:
        os.environ["TFCOMPAT_EXPLAIN"] = "1"  # for the processes that the script starts, too
    if arguments.compile:
        os.environ["TFCOMPAT_COMPILE"] = "1"
    if arguments.profile or arguments.profile_trace is not None:
        return _run_profiled(arguments.script, arguments.args, arguments.profile_trace)
    return run_script(arguments.script, arguments.args)


def _run_profiled(script: str, args: Sequence[str], trace: str | None) -> int:
    """`run_script`, then the table, however the script ends."""
    from tfcompat_tape import profile
    from tfcompat_tape.profiling import tables

    if trace is not None:
        trace = os.path.abspath(trace)  # the script may go elsewhere
        try:
            open(trace, "a").close()
        except OSError as error:
            print(f"tfcompat: can't write {trace!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
            return CANNOT_OPEN
    status: int | None = None
    try:
        with profile() as measured:
            status = run_script(script, args)
        return status
    finally:
        if status != CANNOT_OPEN:
            sys.stdout.flush()
            tables.show(measured, f"Profile of {script}")
            if trace is not None:
                try:
                    measured.chrome_trace(trace)
                except OSError as error:
                    print(f"tfcompat: can't write {trace!r}: {error}", file=sys.stderr)


def run_script(script: str, args: Sequence[str]) -> int:
    """Run `script` as `__main__` and return the exit status 0; what it raises, SystemExit included, passes through."""
    path = os.path.abspath(script)
    try:
        with io.open_code(path) as file:
            source = file.read()
    except OSError as error:
        print(f"tfcompat: can't open file {path!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        return CANNOT_OPEN
    install()
    sys.argv = [script, *args]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(path))  # in place of the directory of this command
    main = ModuleType("__main__")
    main.__dict__.update(__file__=path, __loader__=SourceFileLoader("__main__", path), __builtins__=builtins)
    sys.modules["__main__"] = main  # for good: exit handlers and threads of the script still look there
    try:
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)
    except BaseException:
        _hide_launcher(path)
        raise
    return 0


def _hide_launcher(path: str) -> None:
    """Let an exception that the script does not catch be shown as Python shows it, from the script's frame on.

    The exception itself is left to pass through, so that exit statuses and interrupts are the interpreter's doing.
    """
    show = sys.excepthook  # the script may have set its own

    def show_from_script(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        while trace is not None and trace.tb_frame.f_code.co_filename != path:
            trace = trace.tb_next
        if isinstance(error, NotCoveredError):
            _end_at_user(trace)
        show(kind, error.with_traceback(trace), trace)

    sys.excepthook = show_from_script


def _end_at_user(trace: TracebackType | None) -> None:
    """Cut the frames of this package off the end of a traceback: where the name was used is all that matters."""
    last = trace
    while trace is not None:
        if not is_internal(trace.tb_frame):
            last = trace
        trace = trace.tb_next
    if last is not None:
        last.tb_next = None
