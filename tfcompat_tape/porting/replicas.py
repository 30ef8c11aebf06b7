"""`tfcompat run --replicas N`: the script in N processes, started and watched over by torchrun's own launcher."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Any

from tfcompat_tape.core.first_failure import NOTES, noted

MANY_HOSTS = (
    "On several hosts run on each of them, with the same HOST:PORT: torchrun --nnodes=H --nproc-per-node=N "
    "--rdzv-backend=c10d --rdzv-endpoint=HOST:PORT -m tfcompat_tape run SCRIPT"
)
SHOW = "TFCOMPAT_SHOW_REPLICAS"  # "first" or "all"
# How replicas end because another one failed: they are told to, or a library gives up.
_AFTERWARDS = (-signal.SIGTERM, 128 + signal.SIGTERM, -signal.SIGABRT)


def launch(count: int, words: Sequence[str], show: str, seed: int | None) -> int:
    """Run `python -m tfcompat_tape run WORDS` in `count` processes; returns the exit status.

    Args:
      words: the script and its arguments, with the options of `run`.
      show: whose standard output is shown: "first", or "all" with the replica in front of each line.
      seed: what the random numbers of all replicas start from.
    """
    from torch.distributed.elastic.multiprocessing.api import DefaultLogsSpecs
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    os.environ[SHOW] = show
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // count)))
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    if seed is None:  # what all replicas draw has to be the same in all of them
        seed = random.SystemRandom().randrange(2**31)
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=count,
        run_id=f"tfcompat{os.getpid()}",
        rdzv_backend="c10d",
        rdzv_endpoint="127.0.0.1:0",
        rdzv_configs={"timeout": 60},
        max_restarts=0,
        start_method="spawn",
        logs_specs=DefaultLogsSpecs(),
        local_addr="127.0.0.1",
        shutdown_timeout=5,
    )
    command = ["-u", "-m", "tfcompat_tape", "run", "--seed", str(seed), *words]
    try:
        with tempfile.TemporaryDirectory(prefix="tfcompat-replicas-") as folder:
            os.environ[NOTES] = folder
            try:
                elastic_launch(config, sys.executable)(*command)
            except ChildFailedError as error:
                return _told(error.failures, folder)
    except BaseException as error:
        number = getattr(error, "sigval", None)
        if number is None:
            raise
        print(f"tfcompat: stopped by {signal.Signals(number).name}; so are all replicas.", file=sys.stderr)
        return 128 + int(number)
    return 0


def _told(failures: dict[int, Any], folder: str) -> int:
    """Say which replica failed first, and give its exit status.

    The launcher finds several that have ended by then, in whole seconds, and not always the first one: that one may
    still be ending. Each that raises has noted when; one that was killed has not, and is known by when it was found.
    """
    ended = {rank: (float(one.timestamp), int(one.exitcode)) for rank, one in failures.items()}
    known = {**ended, **noted(folder)}

    def order(rank: int) -> tuple[bool, float]:
        when, code = known[rank]
        return code in _AFTERWARDS, when

    rank = min(known, key=order)
    code = known[rank][1]
    if code < 0:
        how, code = f"was killed by {signal.Signals(-code).name}", 128 - code
    else:
        how = f"failed with exit status {code}"
    print(f"tfcompat: replica {rank} {how}; the others were stopped.", file=sys.stderr)
    return code


def prepare() -> None:
    """In a process that `launch` has started: show what is to be shown, and tell a signal from an end."""
    show = os.environ.get(SHOW)
    if show is None or "RANK" not in os.environ:
        return
    rank = int(os.environ["RANK"])
    if show == "all":
        _prefix(1, rank)
    elif rank:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if rank or show == "all":
        _prefix(2, rank)
    signal.signal(signal.SIGTERM, _stopped)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the launcher gets it too, and stops all
    _end_with_parent()


def _stopped(number: int, frame: Any) -> None:
    from tfcompat_tape.distribute.ranks import watch

    if watch.is_failing:  # by itself, and its traceback is still to be shown
        return
    others = [one for one in range(int(os.environ["WORLD_SIZE"])) if one != watch.rank]
    why = watch.gone(others) or "another replica has failed, or the launcher was told to stop"
    os.write(2, f"tfcompat: stopped: {why}\n".encode())
    os._exit(128 + number)


def _end_with_parent() -> None:
    """A launcher that is killed leaves no replicas behind."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):  # not on this system
        pass


def _prefix(descriptor: int, rank: int) -> None:
    """Put the replica in front of each line that this process writes."""
    there = os.dup(descriptor)
    reader, writer = os.pipe()
    os.dup2(writer, descriptor)
    os.close(writer)

    def copy() -> None:
        with os.fdopen(reader, "rb") as file:
            for line in file:
                os.write(there, b"[%d] " % rank + line)

    thread = threading.Thread(target=copy, name="tfcompat output", daemon=True)
    thread.start()
    import atexit

    def end() -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.dup2(there, descriptor)
        thread.join(2)

    atexit.register(end)
