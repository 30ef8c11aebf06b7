"""`tfcompat run SCRIPT [ARGS]`: what ``python SCRIPT [ARGS]`` does, with this package answering as tensorflow.

So with `-m MODULE [ARGS]`, and with a notebook, which `notebook_runs` takes care of.
"""

import argparse
import builtins
import io
import os
import runpy
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

from tfcompat_tape.core.first_failure import note_failure
from tfcompat_tape.porting import replicas, tracebacks
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
    parser.add_argument(
        "--device", metavar="NAME", help="where Tensors live: cpu, cuda, cuda:1 (TFCOMPAT_DEVICE)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="start the random numbers of Python, NumPy and tf.random from N"
    )
    parser.add_argument(
        "--keras-backend",
        metavar="NAME",
        help="the backend of Keras: tensorflow, torch, numpy, jax (KERAS_BACKEND)",
    )
    parser.add_argument(
        "--full-traceback",
        action="store_true",
        help="show the frames of this package in the traceback of an exception, too",
    )
    several = parser.add_argument_group("several processes", replicas.MANY_HOSTS)
    several.add_argument(
        "--replicas",
        type=int,
        metavar="N",
        help="run the script in N processes, each a replica of tf.distribute.MirroredStrategy or "
        "MultiWorkerMirroredStrategy; started by torchrun's launcher",
    )
    several.add_argument(
        "--show",
        choices=("first", "all"),
        help="whose standard output is shown: of the first replica (default), or of all with [replica] in each line",
    )
    several.add_argument(
        "--rank-timeout",
        type=float,
        metavar="SECONDS",
        help="how long a replica waits for the others (TFCOMPAT_RANK_TIMEOUT; 300)",
    )
    book = parser.add_argument_group("notebooks")
    book.add_argument("--output", metavar="FILE", help="write the notebook as it was executed to FILE")
    book.add_argument("--force", action="store_true", help="replace FILE if it is there")
    what = parser.add_argument_group("what to run")
    what.add_argument("script", metavar="SCRIPT", nargs="?", help="a script, or a notebook (.ipynb)")
    what.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER, help="the script's own arguments")
    what.add_argument(
        "-m",
        dest="module",
        nargs=argparse.REMAINDER,
        metavar="MODULE [ARGS]",
        help="a module, as python -m does",
    )
    parser.set_defaults(action=lambda arguments: _run(arguments, parser))


def _run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if not arguments.script and not arguments.module:
        parser.error("the following arguments are required: SCRIPT, or -m MODULE")
    if arguments.script and arguments.module:  # an -m behind the script is the script's
        arguments.args, arguments.module = ["-m", *arguments.module], None
    # In the environment, for the processes that the script starts, too.
    for variable, value in (
        ("TFCOMPAT_EXPLAIN", "1" if arguments.explain else None),
        ("TFCOMPAT_COMPILE", "1" if arguments.compile else None),
        ("TFCOMPAT_DEVICE", arguments.device),
        ("TFCOMPAT_FULL_TRACEBACK", "1" if arguments.full_traceback else None),
        ("KERAS_BACKEND", arguments.keras_backend),
        ("TFCOMPAT_RANK_TIMEOUT", None if arguments.rank_timeout is None else str(arguments.rank_timeout)),
    ):
        if value is not None:
            os.environ[variable] = value
    if arguments.show is not None and arguments.replicas is None:
        parser.error("--show is for --replicas")
    if arguments.replicas is not None:
        return _run_replicas(arguments, parser)
    replicas.prepare()
    notebook = bool(arguments.script) and arguments.script.endswith(".ipynb")
    profiled = arguments.profile or arguments.profile_trace is not None
    if notebook:
        if profiled:
            parser.error("--profile is for scripts; in a notebook use tf.profile()")
        if arguments.args:
            parser.error(f"a notebook takes no arguments: {' '.join(arguments.args)}")
        from tfcompat_tape.porting import notebook_runs

        return notebook_runs.run(
            arguments.script, arguments.output, force=arguments.force, seed=arguments.seed
        )
    if arguments.output is not None or arguments.force:
        parser.error("--output and --force are for notebooks (.ipynb)")
    if arguments.seed is not None:
        seed_all(arguments.seed)
    words = arguments.module or [arguments.script, *arguments.args]

    def run() -> int:
        if arguments.module:
            return run_module(words[0], words[1:])
        return run_script(words[0], words[1:])

    return _run_profiled(run, words[0], arguments.profile_trace) if profiled else run()


def _run_replicas(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if arguments.replicas < 1:
        parser.error(f"--replicas has to be at least 1, not {arguments.replicas}")
    if arguments.script and arguments.script.endswith(".ipynb"):
        parser.error("--replicas is for scripts, not for notebooks")
    if arguments.profile or arguments.profile_trace is not None:
        parser.error("--profile is for one process: leave out --replicas")
    if arguments.rank_timeout is not None and not arguments.rank_timeout > 0:
        parser.error("--rank-timeout has to be a positive number of seconds")
    if arguments.script and not os.path.exists(arguments.script):
        print(f"tfcompat: can't open file {arguments.script!r}: no such file", file=sys.stderr)
        return CANNOT_OPEN
    words = ["-m", *arguments.module] if arguments.module else [arguments.script, *arguments.args]
    return replicas.launch(arguments.replicas, words, arguments.show or "first", arguments.seed)


def seed_all(seed: int) -> None:
    """Start Python's, NumPy's and our own random numbers from `seed`."""
    import random

    import numpy as np

    from tfcompat_tape.random import set_seed

    random.seed(seed)
    np.random.seed(seed % 2**32)
    set_seed(seed)


def _run_profiled(run: Callable[[], int], name: str, trace: str | None) -> int:
    """What `run` does, then the table, however the script ends."""
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
            status = run()
        return status
    finally:
        if status != CANNOT_OPEN:
            sys.stdout.flush()
            tables.show(measured, f"Profile of {name}")
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
    main = _new_main(__file__=path, __loader__=SourceFileLoader("__main__", path))
    try:
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)
    except BaseException as error:
        _tell_ranks(error)
        tracebacks.show_from(lambda frame: frame.f_code.co_filename == path)
        raise
    return 0


def run_module(module: str, args: Sequence[str]) -> int:
    """Run `module` as `python -m` does, and return the exit status 0; what it raises passes through."""
    install()
    sys.argv = ["-m", *args]  # runpy puts the file in the place of -m
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()
    _new_main()
    try:
        runpy._run_module_as_main(module)  # type: ignore[attr-defined]  # what python -m calls
    except BaseException as error:
        _tell_ranks(error)
        tracebacks.show_from(lambda frame: frame.f_globals.get("__name__") == "__main__")
        raise
    return 0


def _tell_ranks(error: BaseException) -> None:
    """Tell the other processes, if there are any, that this one fails."""
    note_failure(error)
    ranks = sys.modules.get("tfcompat_tape.distribute.ranks")
    if ranks is not None:
        ranks.watch.failed(error)


def _new_main(**attributes: Any) -> ModuleType:
    main = ModuleType("__main__")
    main.__dict__.update(attributes, __builtins__=builtins)
    sys.modules["__main__"] = main  # for good: exit handlers and threads of the script still look there
    return main
