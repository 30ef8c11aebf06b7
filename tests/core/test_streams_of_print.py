"""`tf.print(output_stream=...)`: levels and functions of loggers."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize(
    ("stream", "level"),
    [(0, "INFO"), (20, "INFO"), (-1, "WARNING"), (logging.WARNING, "WARNING"), (-2, "ERROR"), (40, "ERROR")],
)
def test_a_level_is_its_log(stream: Any, level: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        tf.print("x =", 1, output_stream=stream)
    assert [(one.levelname, one.getMessage().strip()) for one in caplog.records] == [(level, "x = 1")]


@pytest.mark.parametrize("stream", [1, 2, 10, 50, True, "INFO"])
def test_others_are_refused(stream: Any) -> None:
    with pytest.raises(ValueError, match="Unsupported output stream"):
        tf.print("x", output_stream=stream)
