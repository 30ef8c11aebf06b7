"""Run a TensorFlow script and write down what it computes, for `tfcompat compare`.

This file stands alone: take it to a machine that has TensorFlow, and run

    python compare_record.py [--out RECORDING] SCRIPT [ARGS]

It takes TensorFlow and NumPy, nothing else. The recording comes back to
`tfcompat compare SCRIPT --recording RECORDING`, which runs this same file with tfcompat_tape in TensorFlow's place.

A recording is a file of lines, each a JSON object: what the script printed, the gradients that it asked for,
Variables after every assignment and after every call of a tf.function, arrays that it saved, how it ended; and the ops
that it executed, with their values. Arrays of many elements are written as some of them, spread evenly, and sums.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import subprocess
import sys
import time

import numpy as np

from tfcompat_tape.porting.compare.recorder.leftovers import Leftovers
from tfcompat_tape.porting.compare.recorder.lines import Lines
from tfcompat_tape.porting.compare.recorder.observer import Observer
from tfcompat_tape.porting.compare.recorder.ops import Ops
from tfcompat_tape.porting.compare.recorder.randomness import keep_states_over_imports, load_keras, seed_all
from tfcompat_tape.porting.compare.recorder.running import CANNOT_OPEN, run
from tfcompat_tape.porting.compare.recorder.writing import FORMAT, Writer

NO_TENSORFLOW = 3


def main() -> int:
    """Parse the command line, record, return the exit status."""
    parser = argparse.ArgumentParser(prog="compare_record.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", metavar="RECORDING", help="default: SCRIPT's name with .recording.jsonl")
    parser.add_argument("--force", action="store_true", help="replace RECORDING if it is there")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="where random numbers start (default 0)"
    )
    parser.add_argument(
        "--as-written",
        action="store_true",
        help="do not run the script a second time with its tf.functions run eagerly",
    )
    parser.add_argument(
        "--until", type=int, metavar="EVENT", help="the ops before this event, and no further"
    )
    parser.add_argument("--once", choices=("written", "inside"), help=argparse.SUPPRESS)
    parser.add_argument("--append", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--since", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--no-ops", action="store_true", help="do not write down ops and their values")
    parser.add_argument("script", metavar="SCRIPT")
    parser.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") is None:  # the order of sets of strings is random otherwise
        os.environ["PYTHONHASHSEED"] = "0"
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    stem = os.path.splitext(os.path.basename(options.script))[0]
    out = os.path.abspath(options.out or f"{stem}.recording.jsonl")
    if os.path.exists(out) and not options.force and not options.append:
        print(f"compare_record.py: {out} is there already: --force replaces it", file=sys.stderr)
        return CANNOT_OPEN
    return record(options, out)


def record(options: argparse.Namespace, out: str) -> int:
    """Record one run in this process and, if the script calls tf.functions, another one in a process of its own."""
    started = time.time()
    inside = options.once == "inside"
    try:
        writer = Writer(out, append=options.append, stop_after=options.until)
    except OSError as error:
        print(f"compare_record.py: can't write {out!r}: {error.strerror}", file=sys.stderr)
        return CANNOT_OPEN
    script = options.script
    try:
        tf = importlib.import_module("tensorflow")
        missing = [
            name for name in ("GradientTape", "Variable", "function", "random") if not hasattr(tf, name)
        ]
        if missing:
            raise ImportError(f"its module tensorflow ({getattr(tf, '__file__', None)}) has no {missing[0]}")
    except Exception as error:
        writer.write(k="begin", format=FORMAT, python=sys.executable)
        writer.close("no tensorflow", error=type(error).__name__, message=str(error)[:2000])
        print(f"compare_record.py: {sys.executable} has no TensorFlow: {error}", file=sys.stderr)
        return NO_TENSORFLOW
    try:
        with open(script, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
    except OSError:
        digest = ""
    package = os.path.dirname(str(tf.__file__))
    observer = Observer(tf, writer, Lines(script, package), inside)
    writer.write(
        k="begin",
        format=FORMAT,
        python=sys.executable,
        tensorflow=str(tf.__version__),
        package=package,
        numpy=np.__version__,
        script=os.path.basename(script),
        args=options.args,
        digest=digest,
        seed=options.seed,
        inside=inside,
    )
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if not options.no_ops and not Ops(observer, options.until).start():
        writer.write(k="note", text="this TensorFlow does not tell which ops it executes")
    observer.start()
    load_keras(tf, script)
    seed_all(tf, options.seed)
    keep_states_over_imports(observer.lines)
    leftovers = None
    if options.since is not None:
        leftovers = Leftovers(writer, observer.lines, options.since, started)
        leftovers.start()
        writer.at_end.append(leftovers.stop)
    status = run(script, options.args, observer)
    sys.stdout.flush()
    if options.once is None and observer.functions and not options.as_written:
        again = [sys.executable, os.path.abspath(__file__), "--out", out, "--append", "--once", "inside"]
        again += ["--seed", str(options.seed), "--since", str(started)]
        again += ["--no-ops"] if options.no_ops else []
        print("compare_record.py: once more, with its tf.functions run eagerly", file=sys.stderr)
        subprocess.run([*again, script, *options.args], stdout=subprocess.DEVNULL, check=False)
    if options.once is None:
        took = time.time() - started
        print(
            f"compare_record.py: wrote {out} ({os.path.getsize(out):,} bytes, {took:.0f} s)", file=sys.stderr
        )
    return status
