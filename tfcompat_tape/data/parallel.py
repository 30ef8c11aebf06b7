"""Threads that prepare elements while others are used: bounded, in order unless asked otherwise.

A worker hands over what it raises, and the loop that reads raises it. Workers hold no reference to who reads: when the
reading side is dropped (a loop is left early) they are told to stop, and they end.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from tfcompat_tape.data.base import AUTOTUNE, Failed, Lasting, Passing
from tfcompat_tape.data.structure import Element

_AUTO = 16  # elements that are prepared ahead where nobody says how many
_END = object()


class Channel:
    """A bounded queue between one thread that puts and one that takes.

    Taking and putting need no lock while there is something to take, and room to put.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.items: deque[Any] = deque()
        self.changed = threading.Condition()
        self.closed = False
        self._waiting = 0

    def put(self, item: Any) -> bool:
        """Put something; False if nobody takes any more."""
        if len(self.items) >= self.size:
            with self.changed:
                self._waiting += 1
                while len(self.items) >= self.size and not self.closed:
                    self.changed.wait()
                self._waiting -= 1
        if self.closed:
            return False
        self.items.append(item)
        if self._waiting:
            with self.changed:
                self.changed.notify_all()
        return True

    def take(self) -> Any:
        """Take the oldest."""
        items = self.items
        if not items:
            with self.changed:
                self._waiting += 1
                while not items:
                    self.changed.wait()
                self._waiting -= 1
        item = items.popleft()
        # Whoever waits for room is woken when there is some worth waking for.
        if self._waiting and len(items) <= self.size // 2:
            with self.changed:
                self.changed.notify_all()
        return item

    def close(self) -> None:
        """Nobody takes any more."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()


class Worker(threading.Thread):
    """A thread that ends with the program."""

    _clock: int | None = None

    def run(self) -> None:
        if hasattr(time, "pthread_getcpuclockid"):
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
        super().run()

    def used(self) -> float:
        """The processor time that it has taken; that of the whole process where the system does not tell."""
        try:
            return time.process_time() if self._clock is None else time.clock_gettime(self._clock)
        except OSError:  # it has ended
            return 0.0

    def stop(self) -> None:
        """Have its Python code end with the next line."""
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self.ident or 0), ctypes.py_object(SystemExit)
        )


_channels: weakref.WeakSet[Channel] = weakref.WeakSet()
_threads: weakref.WeakSet[Worker] = weakref.WeakSet()


def start(target: Callable[..., None], *args: Any) -> Worker:
    """Start a thread that ends with the program."""
    thread = Worker(target=target, args=args, name="tf.data", daemon=True)
    _threads.add(thread)
    thread.start()
    return thread


@atexit.register
def _stop_all() -> None:
    """No thread shall run kernels while the interpreter goes down: what comes back from one then ends the process.

    A thread that only waits (a generator for something that never comes) does no harm, and is not waited for.
    """
    for channel in [*_channels]:
        channel.close()
    for pool in [*_pools]:
        pool.close()
    # Another thread may be about to start one.
    left = [thread for thread in [*_threads] if thread.is_alive()]
    _joined(left, _SOON)
    began = time.monotonic()
    while left and time.monotonic() < began + _LATEST:
        used = {thread: thread.used() for thread in left if thread.is_alive()}
        for thread in used:
            thread.stop()
        _joined([*used], _WINDOW)
        left = [thread for thread in used if thread.is_alive() and thread.used() - used[thread] > _COMPUTES]


def _joined(threads: list[Worker], seconds: float) -> None:
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


_SOON, _WINDOW, _LATEST = 0.3, 1.0, 60.0  # seconds
_COMPUTES = 1e-3  # seconds of processor time in a window


class _Raised:
    """What a worker raised."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _fill(channel: Channel, elements: Any) -> None:
    """What the thread of an `Ahead` does."""
    try:
        while True:
            try:
                element = next(elements, _END)
            except Exception as error:  # for who reads; what comes after it may be read all the same
                element = _Raised(error)
            if not channel.put(element) or element is _END:
                return
            del element
    except BaseException as error:
        channel.put(_Raised(error))
        channel.put(_END)
    finally:
        close = getattr(elements, "close", None)
        del elements
        if close is not None:
            close()


class Ahead:
    """The elements, which a thread prepares up to `size` ahead of the reader.

    Args:
      at_once: it starts now; else with the first element that is read.
    """

    __slots__ = ("_channel", "_elements")

    def __init__(self, elements: Iterator[Element], size: int, at_once: bool = False) -> None:
        self._channel = Channel(size)
        self._elements: Iterator[Element] | None = elements
        if at_once:
            self._start()

    def _start(self) -> None:
        elements, self._elements = self._elements, None
        _channels.add(self._channel)
        start(_fill, self._channel, elements)

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        if self._elements is not None:
            self._start()
        item = self._channel.take()
        if type(item) is tuple:
            return item
        if item is _END:
            self._channel.items.append(_END)
            raise StopIteration
        error = item.error
        del item
        try:
            raise error
        finally:
            del error  # its traceback holds this frame

    def __del__(self) -> None:
        channel = getattr(self, "_channel", None)
        if channel is not None:
            channel.close()


def buffer_size(size: int) -> int:
    """How many elements to prepare ahead."""
    return _AUTO if size == AUTOTUNE else size


# -- several calls at a time -------------------------------------------------------------------------------------------


def workers_for(calls: Any) -> int:
    """How many calls at a time a user asks for."""
    if calls is None:
        return 1
    from tfcompat_tape.data.ordering import integer

    count = integer(calls, "num_parallel_calls")
    if count == AUTOTUNE:
        return max(2, min(os.cpu_count() or 1, 16))
    if count < 1:
        from tfcompat_tape.core.errors import invalid

        raise invalid("num_parallel_calls must be greater than zero.")
    return count


class Pool:
    """Threads that run calls, for one iteration."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._tasks: deque[Any] = deque()
        self._ready = threading.Semaphore(0)
        self._started = 0
        self._closed = threading.Event()
        _pools.add(self)

    def submit(self, call: Callable[[Any], Any], element: Any) -> Future[Any]:
        """Have `call(element)` run by one of the threads."""
        found: Future[Any] = Future()
        self._tasks.append((found, call, element))
        if self._started < self._count:
            self._started += 1
            start(_work, self._tasks, self._ready, self._closed)
        self._ready.release()
        return found

    def close(self) -> None:
        """The threads end after what they are at."""
        self._closed.set()
        for _ in range(self._started):
            self._ready.release()


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _work(tasks: deque[Any], ready: threading.Semaphore, closed: threading.Event) -> None:
    while True:
        ready.acquire()
        if closed.is_set():
            return
        future, call, element = tasks.popleft()
        try:
            future.set_result(call(element))
        except BaseException as error:
            future.set_exception(error)
        del future, element


def in_order(
    call: Callable[[Element], Element], source: Iterator[Element], count: int, ordered: bool, light: bool
) -> Iterator[Element]:
    """`call` of each element, `count` at a time.

    Args:
      ordered: results come in the order of the elements; else as they are ready.
      light: the function is a line of kernels without effects. Such calls are timed, and where each takes less than
        what handing it over costs, they are made by the reader itself: the results are the same.
    """
    return Lasting(_in_order(call, source, count, ordered, light))


def _in_order(
    call: Callable[[Element], Element], source: Iterator[Element], count: int, ordered: bool, light: bool
) -> Generator[Any, None, None]:
    if light:
        clock = time.perf_counter
        least = _WORTH_IT
        for number, element in enumerate(Passing(source), 1):
            if type(element) is Failed:
                yield element
                continue
            began = clock()
            try:
                found = call(element)
            except Exception as error:
                found = Failed(error)
            least = min(least, clock() - began)
            yield found
            if number >= _TRIED:
                if least < _WORTH_IT:
                    yield from Passing(map(call, source))
                    return
                break
        else:
            return
    pool = Pool(count)
    try:
        pending: deque[Future[Any]] = deque()
        ended = False
        elements = Passing(source)
        while True:
            while not ended and len(pending) < 2 * count:
                element = next(elements, None)
                if element is None:
                    ended = True
                else:
                    pending.append(
                        _failed(element) if type(element) is Failed else pool.submit(call, element)
                    )
            if not pending:
                return
            if ordered:
                future = pending.popleft()
            else:
                done = wait(pending, return_when=FIRST_COMPLETED).done
                future = next(one for one in pending if one in done)
                pending.remove(future)
            try:
                found = future.result()
            except Exception as error:
                found = Failed(error)
            yield found
    finally:
        pool.close()


def _failed(element: Failed) -> Future[Any]:
    found: Future[Any] = Future()
    found.set_exception(element.error)
    return found


_TRIED = 8
_WORTH_IT = 5e-4  # seconds
