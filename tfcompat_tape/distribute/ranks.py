"""The processes that compute together, over torch.distributed, and what becomes of them when one of them fails.

Whatever they exchange is described first (`Ranks.agree`), so that ranks with other shapes are told so in place of being
torn down by the transport. Each process says every second where it is; a rank that waits for another one too long, or
whose connection breaks, says which rank that was and what it was doing.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import FrameType
from typing import Any

import torch
import torch.distributed as dist

from tfcompat_tape.core.errors import AbortedError, DeadlineExceededError, UnavailableError, invalid
from tfcompat_tape.core.first_failure import exit_status, forget_failure, note_failure
from tfcompat_tape.distribute import cluster as clusters
from tfcompat_tape.distribute.cluster import Cluster

TIMEOUT = 300.0  # seconds that a rank waits for another one; TFCOMPAT_RANK_TIMEOUT
_LATER = 10.0  # seconds by which torch's own timeout is later: `Ranks.finish` says more
_BEAT = 1.0  # seconds between two signs of life
_SILENT = 5.0  # seconds without one after which a rank is thought to be gone
_LONGEST = 14  # dimensions that a description has room for

_DTYPES = (
    *(torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64, torch.complex128),
    *(torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool),
    *(torch.uint16, torch.uint32, torch.uint64),
)
_NUMBER = {dtype: number for number, dtype in enumerate(_DTYPES)}
_SUMMED = frozenset(
    (*(torch.float32, torch.float64, torch.float16, torch.bfloat16), torch.int8, torch.uint8)
) | {torch.int32, torch.int64}


def timeout() -> float:
    """Seconds that a rank waits for the others."""
    text = os.environ.get("TFCOMPAT_RANK_TIMEOUT", "")
    try:
        seconds = float(text) if text else TIMEOUT
    except ValueError:
        seconds = -1.0
    if not seconds > 0:
        raise ValueError(f"TFCOMPAT_RANK_TIMEOUT={text!r} is no positive number of seconds.")
    return seconds


class Ranks:
    """A group of processes, of which this is one.

    Args:
      group: a process group of torch.distributed; all processes by default.

    Attributes:
      rank: the number of this process in the group.
      size: how many there are.
      moved: bytes that this process has given to exchanges so far.
      calls: how many computations of several exchanges this process has begun; all ranks have to be in the same one.
    """

    def __init__(self, group: Any = None) -> None:
        self.group = group
        self.rank: int = dist.get_rank(group)
        self.size: int = dist.get_world_size(group)
        if self.rank < 0:
            raise ValueError("This process is not a member of the process group.")
        self.moved = 0
        self.calls = 0

    # -- exchanges -----------------------------------------------------------------------------------------------------

    def agree(self, what: str, raws: Sequence[torch.Tensor], free_axis: int | None = None) -> list[list[int]]:
        """The shapes that the tensors have on each rank.

        Raises:
          InvalidArgumentError: on some rank there are others (more or fewer, or of other dtypes or shapes).

        Args:
          free_axis: along this axis sizes may differ.
        """
        words: list[int] = [len(raws)]
        for raw in raws:
            words += [_NUMBER[raw.dtype], raw.ndim, *raw.shape]
        length = 2 + _LONGEST
        head = words[1:] if len(words) <= length else [_digest(words)]
        sent = torch.tensor(
            [len(raws), len(words), *head, *[0] * (length - 2 - len(head)), self.calls],
            dtype=torch.int64,
        )
        found = [x.tolist() for x in self._all_gather(sent, what)]
        mine = sent.tolist()
        same = all(one == mine for one in found)
        shapes = [list(raws[0].shape) for _ in found] if raws else []
        if same:
            return shapes
        if free_axis is not None and len(words) <= length and all(one[1] == mine[1] for one in found):
            shapes = [one[4 : 4 + one[3]] for one in found]
            if all(
                one[2] == mine[2] and _besides(one[4:], free_axis) == _besides(mine[4:], free_axis)
                for one in found
            ):
                return shapes
        told: list[Any] = self.exchange([[what, self.calls], [_described(raw) for raw in raws]], what)
        if any(one[0][1] != self.calls for one in told):
            texts = "; ".join(
                f"rank {rank}: {of} (call {call} over ranks)" for rank, ((of, call), _) in enumerate(told)
            )
            raise invalid(
                f"{what}: the ranks are not at the same exchange: {texts}. If one of them has failed and goes on, all "
                "have to."
            )
        told = [one[1] for one in told]
        texts = "; ".join(f"rank {rank}: {', '.join(one) or 'nothing'}" for rank, one in enumerate(told))
        raise invalid(
            f"{what}: Shape mismatch in the collective: the ranks do not bring tensors of the same dtypes and shapes: "
            f"{texts}. All replicas have to do the same exchanges, in the same order."
        )

    def sums(self, raws: Sequence[torch.Tensor], what: str, mean: bool = False) -> list[torch.Tensor]:
        """The sums (or means) of tensors over all ranks: one exchange for each dtype."""
        results: list[Any] = [None] * len(raws)
        kinds: dict[tuple[torch.dtype, torch.device], list[int]] = {}
        for place, raw in enumerate(raws):
            if raw.dtype is torch.bool:
                raise invalid(f"{what}: Value for attr 'T' of bool is not in the list of allowed values")
            kinds.setdefault((raw.dtype, raw.device), []).append(place)
        self.agree(what, raws)
        for (dtype, _), places in kinds.items():
            flat = torch.cat([raws[place].reshape(-1) for place in places])
            carried = torch.view_as_real(flat) if dtype.is_complex else flat
            if carried.dtype not in _SUMMED:
                carried = carried.to(torch.int64)
            self.sum_(carried, what)
            total = torch.view_as_complex(carried) if dtype.is_complex else carried.to(dtype)
            if mean:
                inexact = dtype.is_floating_point or dtype.is_complex
                total = (total if inexact else total.to(torch.float64)) / self.size
            sizes = [raws[place].numel() for place in places]
            for place, part in zip(places, torch.split(total, sizes), strict=True):
                results[place] = part.reshape(raws[place].shape).clone()
        return results

    def sum_(self, raw: torch.Tensor, what: str) -> None:
        """Put the sum over all ranks in the place of a contiguous tensor, whose shape they have agreed upon."""
        self.moved += raw.numel() * raw.element_size()
        self.wait(lambda: dist.all_reduce(raw, group=self.group, async_op=True), what)

    def gathered(self, raw: torch.Tensor, axis: int, what: str) -> list[torch.Tensor]:
        """What each rank brings; sizes along `axis` may differ."""
        shapes = self.agree(what, [raw], axis)
        most = max(shape[axis] for shape in shapes)
        padded = raw.detach().movedim(axis, 0)
        shape = list(padded.shape)
        if shape[0] < most:
            padded = torch.cat([padded, padded.new_zeros((most - shape[0], *shape[1:]))])
        found = self._all_gather(_bytes(padded.contiguous()), what)
        whole = [_of_bytes(x, raw.dtype, (most, *shape[1:])) for x in found]
        return [x[: one[axis]].movedim(0, axis) for x, one in zip(whole, shapes, strict=True)]

    def broadcast(self, raw: torch.Tensor, what: str, source: int = 0) -> torch.Tensor:
        """The tensor of rank `source`; all bring one of the same dtype and shape."""
        self.agree(what, [raw])
        sent = _bytes(raw.detach().contiguous()).clone()
        self.moved += sent.numel() if self.rank == source else 0
        self.wait(lambda: dist.broadcast(sent, group=self.group, group_src=source, async_op=True), what)
        return _of_bytes(sent, raw.dtype, tuple(raw.shape))

    def exchange(self, value: Any, what: str) -> list[Any]:
        """What each rank brings: what JSON can say, which is the same on every machine."""
        text = torch.frombuffer(bytearray(json.dumps(value).encode()), dtype=torch.uint8)
        sizes = [int(x) for x in self._all_gather(torch.tensor([text.numel()]), what)]
        sent = torch.zeros(max(sizes), dtype=torch.uint8)
        sent[: text.numel()] = text
        found = self._all_gather(sent, what)
        return [json.loads(bytes(x[:size].tolist()).decode()) for x, size in zip(found, sizes, strict=True)]

    def barrier(self, what: str) -> None:
        """Wait until all ranks are here."""
        self._all_gather(torch.zeros(1, dtype=torch.uint8), what)

    def _all_gather(self, raw: torch.Tensor, what: str) -> list[torch.Tensor]:
        found = [torch.empty_like(raw) for _ in range(self.size)]
        self.moved += raw.numel() * raw.element_size()
        self.wait(lambda: dist.all_gather(found, raw, group=self.group, async_op=True), what)
        return found

    # -- waiting -------------------------------------------------------------------------------------------------------

    def wait(self, start: Any, what: str) -> None:
        """Start an exchange, and wait until it is over.

        Raises:
          AbortedError: another rank has failed or is gone.
          DeadlineExceededError: another rank does not come.
        """
        self.finish(self.begin(start, what), what)

    def begin(self, start: Any, what: str) -> Any:
        """Start an exchange: `start()` gives torch's work."""
        watch.going_on()
        try:
            return start()
        except RuntimeError as error:
            raise self.broken(what, error) from error

    def finish(self, work: Any, what: str) -> None:
        """Wait until an exchange is over; see `wait`."""
        try:
            work.wait(timedelta(seconds=_BEAT))
            return
        except RuntimeError as error:
            if work.is_completed() or "timed out" not in str(error).lower():
                raise self.broken(what, error) from error
        begun = time.monotonic() - _BEAT
        limit = timeout()
        with watch.doing(f"waiting for the other ranks in {what}"):
            while True:
                try:
                    work.wait(timedelta(seconds=_BEAT))
                    return
                except RuntimeError as error:
                    if work.is_completed() or "timed out" not in str(error).lower():
                        raise self.broken(what, error) from error
                gone = watch.gone(self._others())
                if gone:
                    raise AbortedError(None, None, f"{what}: {gone}")
                if time.monotonic() - begun > limit:
                    raise DeadlineExceededError(
                        None,
                        None,
                        f"{what}: rank {self.rank} has waited for {limit:.0f} s (TFCOMPAT_RANK_TIMEOUT). "
                        f"{watch.whereabouts(self._others())}",
                    )

    def _others(self) -> list[int]:
        """The other ranks, as numbers among all processes."""
        every = range(self.size) if self.group is None else dist.get_process_group_ranks(self.group)
        return [rank for place, rank in enumerate(every) if place != self.rank]

    def broken(self, what: str, error: Exception) -> Exception:
        """The exception for an exchange that failed: what has become of the others, as far as it is known."""
        end = time.monotonic() + 2 * _BEAT
        gone = watch.gone(self._others())
        while not gone and time.monotonic() < end:
            time.sleep(0.05)
            gone = watch.gone(self._others())
        if not gone:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            gone = f"the connection to another rank broke. {watch.whereabouts(self._others())} ({first})"
        return AbortedError(None, None, f"{what}: {gone}")


def _digest(words: list[int]) -> int:
    import zlib

    return zlib.crc32(json.dumps(words).encode())


def _besides(dims: list[int], axis: int) -> list[int]:
    return [0 if place == axis else size for place, size in enumerate(dims)]


def _described(raw: torch.Tensor) -> str:
    return f"{str(raw.dtype).removeprefix('torch.')}{list(raw.shape)}"


def _bytes(raw: torch.Tensor) -> torch.Tensor:
    return raw.reshape(-1).view(torch.uint8) if raw.numel() else raw.new_zeros(0, dtype=torch.uint8)


def _of_bytes(raw: torch.Tensor, dtype: torch.dtype, shape: tuple[int, ...]) -> torch.Tensor:
    if not raw.numel():
        return raw.new_zeros(shape, dtype=dtype)
    return raw.view(dtype).reshape(shape)


# -- signs of life -----------------------------------------------------------------------------------------------------


class Watch:
    """What this process says of itself in the store that all processes share, and what the others say there."""

    def __init__(self) -> None:
        self._store: Any = None
        self._doing = ""
        self._failed = False
        self._main = threading.get_ident()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.rank = 0

    def start(self) -> None:
        """Begin to say where this process is, once the processes know each other."""
        if self._store is not None:
            return
        self._store = dist.distributed_c10d.PrefixStore(
            "tfcompat", dist.distributed_c10d._get_default_store()
        )
        self._main = threading.main_thread().ident or threading.get_ident()
        self.rank = dist.get_rank()
        self._say("state", self._state())
        threading.Thread(target=self._beat, name="tfcompat ranks", daemon=True).start()
        hook = sys.excepthook

        def excepthook(kind: Any, error: BaseException, trace: Any) -> None:
            self.failed(error)
            hook(kind, error, trace)

        sys.excepthook = excepthook
        atexit.register(self._end)

    @contextlib.contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Within this context this process says that it does `what`."""
        outer, self._doing = self._doing, what
        try:
            yield
        finally:
            self._doing = outer

    def failed(self, error: BaseException) -> None:
        """Tell the others that this process fails with `error`."""
        text = str(error).strip().splitlines()
        if not exit_status(error):
            return
        self._failed = True
        note_failure(error)
        self._say(
            "failed", f"{type(error).__name__}{': ' + text[0][:500] if text else ''}{_raised_at(error)}"
        )

    @property
    def is_failing(self) -> bool:
        """Whether this process has told the others that it fails."""
        return self._failed

    def going_on(self) -> None:
        """The script has caught what failed, and comes to another exchange."""
        if self._failed:
            self._failed = False
            forget_failure()
            self._say("failed", "")

    def gone(self, ranks: Sequence[int]) -> str:
        """What is known of one of `ranks` that has failed or ended; "" if they are all well."""
        for rank in ranks:
            text = self._read("failed", rank)
            if text:
                return f"rank {rank} failed: {text}"
        for rank in ranks:
            if self._read("ended", rank):
                return (
                    f"rank {rank} has ended, and this exchange needs it: the ranks do not run the same code."
                )
        for rank in ranks:
            said = self._read("state", rank)
            if said and time.time() - float(json.loads(said)["time"]) > _SILENT:
                return f"rank {rank} is gone (killed?): {self.whereabouts([rank])}"
        return ""

    def whereabouts(self, ranks: Sequence[int]) -> str:
        """Where `ranks` were when they last said so."""
        texts = []
        for rank in ranks:
            said = self._read("state", rank)
            if not said:
                texts.append(f"rank {rank} has not started.")
                continue
            state = json.loads(said)
            texts.append(
                f"rank {rank} was {state['where']}, {max(0.0, time.time() - state['time']):.0f} s ago."
            )
        return " ".join(texts)

    def _state(self) -> str:
        where = _user_place(sys._current_frames().get(self._main))
        doing = self._doing or "computing"
        return json.dumps({"time": time.time(), "where": f"{doing}{where}"})

    def _beat(self) -> None:
        while not self._stop.wait(_BEAT):
            if not self._say("state", self._state()):
                return

    def _end(self) -> None:
        self._stop.set()
        self._say("ended", "1")

    def _say(self, what: str, text: str) -> bool:
        try:
            self._store.set(f"{what}/{self.rank}", text)
        except Exception:  # there is nobody left to say it to
            return False
        return True

    def _read(self, what: str, rank: int) -> str:
        try:
            name = f"{what}/{rank}"
            return self._store.get(name).decode() if self._store.check([name]) else ""
        except Exception:
            return ""


watch = Watch()


def _user_place(frame: FrameType | None) -> str:
    """The innermost line that is neither this package's nor of what is installed."""
    while frame is not None:
        file = frame.f_code.co_filename
        if not _library(file):
            return f", at {os.path.basename(file)}:{frame.f_lineno} in {frame.f_code.co_name}"
        frame = frame.f_back
    return ""


def _raised_at(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if not _library(code.co_filename):
            place = f" ({os.path.basename(code.co_filename)}:{trace.tb_lineno} in {code.co_name})"
        trace = trace.tb_next
    return place


_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _library(file: str) -> bool:
    return (
        file.startswith((_HOME, "<frozen", sys.base_prefix + os.sep + "lib"))
        or f"{os.sep}site-packages{os.sep}" in file
        or os.path.basename(file) == "threading.py"
    )


# -- which processes ---------------------------------------------------------------------------------------------------

_world: Ranks | None = None
_groups: dict[Any, Ranks] = {}


def world(cluster: Cluster | None = None) -> Ranks | None:
    """All processes that were started together, connected; `None` where this is the only one.

    Args:
      cluster: who they are, where torchrun did not start them.

    Raises:
      UnavailableError: the others, or the port, cannot be reached.
      ValueError: TF_CONFIG or the environment of torchrun is malformed, or they contradict each other.
    """
    global _world
    if _world is not None:
        return _world
    if not dist.is_available():
        return None
    if not dist.is_initialized() and not _connect(cluster):
        return None
    if dist.get_world_size() == 1:
        return None
    watch.start()
    _world = Ranks()
    return _world


def of(group: Any) -> Ranks:
    """The ranks of a process group of torch.distributed, or `group` itself; `None`: all.

    Raises:
      RuntimeError: there are no other processes.
    """
    if isinstance(group, Ranks):
        return group
    if group is None or (isinstance(group, str) and group == "all"):
        found = world()
        if found is None and dist.is_initialized():
            watch.start()
            found = Ranks()
        if found is None:
            raise RuntimeError(
                "There are no other processes. Start the script with `tfcompat run --replicas N` or torchrun, or call "
                "torch.distributed.init_process_group."
            )
        return found
    get_group = getattr(group, "get_group", None)  # a DeviceMesh
    if callable(get_group):
        group = get_group()
    watch.start()
    found = _groups.get(group)
    if found is None:
        found = _groups[group] = Ranks(group)
    return found


def backend() -> str:
    """What carries the bytes: gloo, and NCCL between GPUs."""
    return "cpu:gloo,cuda:nccl" if torch.cuda.is_available() and dist.is_nccl_available() else "gloo"


def _connect(cluster: Cluster | None) -> bool:
    started = clusters.by_torchrun()
    if started is not None:
        rank, size = started
        if cluster is not None and len(cluster.addresses) not in (1, size):
            raise ValueError(
                f"TF_CONFIG names {len(cluster.addresses)} workers, and torchrun has started {size} processes. Unset "
                "TF_CONFIG, or start each worker by itself, without torchrun."
            )
        where = "env://"
        told = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
    elif cluster is not None and len(cluster.addresses) > 1:
        rank, size = cluster.rank, len(cluster.addresses)
        told = cluster.addresses[0]
        where = f"tcp://{told}"
    else:
        return False
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    limit = timeout()
    try:
        dist.init_process_group(
            backend(),
            init_method=where,
            rank=rank,
            world_size=size,
            timeout=timedelta(seconds=limit + _LATER),
        )
    except (RuntimeError, OSError) as error:
        first = str(error).splitlines()[0]
        busy = "EADDRINUSE" in str(error) or "address already in use" in str(error).lower()
        what = (
            f"the port of {told} is in use. Choose another one"
            if busy
            else f"the {size} processes did not find each other at {told} within {limit + _LATER:.0f} s. Are all of "
            "them running, and is the address right?"
        )
        raise UnavailableError(None, None, f"Rank {rank} of {size}: {what} ({first})") from error
    atexit.register(_disconnect)
    return True


def _disconnect() -> None:
    if dist.is_initialized():
        with contextlib.suppress(Exception):
            dist.destroy_process_group()
