"""How much memory there is to use, on the CPU and on a CUDA device."""

from __future__ import annotations

import os
from pathlib import Path

import torch

SHARE = 0.5  # of what is free: estimates are rough, and others want memory too
_CGROUP = Path("/sys/fs/cgroup")


def budget(device: torch.device) -> int:
    """Bytes that one computation may take on `device`: a share of what is free now."""
    return int(SHARE * free(device))


def free(device: torch.device) -> int:
    """Bytes that can be allocated on `device` without swapping; a very large number where nobody knows."""
    if device.type == "cuda":
        available, _ = torch.cuda.mem_get_info(device)
        cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(available + cached)
    return min(_of_machine(), _of_container())


def _of_machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):  # not a POSIX system
        return 1 << 62


def _of_container() -> int:
    """What a container's limit leaves (control groups, version 2)."""
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = int((_CGROUP / "memory.current").read_text())
    except (OSError, ValueError):
        return 1 << 62
    return 1 << 62 if limit == "max" else max(0, int(limit) - used)
