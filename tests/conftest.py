"""What all tests share: the `device` fixture, repeatable hypothesis runs, and what keeps 34,000 of them quick."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import hypothesis
import pytest
import torch

import tfcompat_tape as tf

# The same examples on every run; HYPOTHESIS_PROFILE=explore looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

DEVICES = {"cpu": "/CPU:0"}
if torch.cuda.is_available():
    DEVICES["cuda"] = "/GPU:0"


def pytest_collection() -> None:
    """Collecting makes no garbage to speak of."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave modules and collected tests out of what the garbage collector looks at, which tests ask for often."""
    gc.enable()
    gc.collect()
    gc.freeze()


class Logged(logging.Handler):
    """What was logged in a test, as pytest's `caplog`, whose plugin takes almost a millisecond of every test."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self._levels: list[tuple[logging.Logger, int]] = []

    def emit(self, record: logging.LogRecord) -> None:
        record.message = record.getMessage()
        self.records.append(record)

    @property
    def messages(self) -> list[str]:
        return [record.message for record in self.records]

    @property
    def text(self) -> str:
        return "\n".join(f"{record.levelname} {record.name} {record.message}" for record in self.records)

    def set_level(self, level: int | str, logger: str | None = None) -> None:
        """Set a logger's level until the test ends."""
        found = logging.getLogger(logger)
        self._levels.append((found, found.level))
        found.setLevel(level)

    @contextmanager
    def at_level(self, level: int | str, logger: str | None = None) -> Iterator[None]:
        found = logging.getLogger(logger)
        before = found.level
        found.setLevel(level)
        try:
            yield
        finally:
            found.setLevel(before)

    def close(self) -> None:
        """Take back the changes of levels, the last one first."""
        while self._levels:
            found, level = self._levels.pop()
            found.setLevel(level)
        super().close()


@pytest.fixture
def caplog() -> Iterator[Logged]:
    """What is logged by loggers that hand it on to the root, and by those of TensorFlow's name."""
    handler = Logged()
    loggers = [logging.getLogger(), *filter(lambda one: not one.propagate, _of_ours())]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
    handler.close()


def _of_ours() -> Iterator[logging.Logger]:
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in ("tensorflow", "tfcompat_tape"):
            yield logger


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a test once on each kind of device that there is; gives TensorFlow's name of it."""
    with tf.device(DEVICES[request.param]):
        yield DEVICES[request.param]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Ids without addresses: parallel workers must collect the same ones."""
    return f"{argname}-{type(val).__name__}" if " at 0x" in repr(val) else None
