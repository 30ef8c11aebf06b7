"""How long ``import tfcompat_tape`` takes beyond ``import torch``: medians over fresh processes, in milliseconds.

python benchmarks/import_time.py [REPEATS]
"""

import statistics
import subprocess
import sys

CODE = """
import time
start = time.perf_counter()
import torch
middle = time.perf_counter()
import tfcompat_tape
print(middle - start, time.perf_counter() - middle)
"""


def measure() -> tuple[float, float]:
    """Return (seconds for torch, seconds for this package after it) in one fresh process."""
    printed = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
    torch, package = map(float, printed.split())
    return torch, package


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    measure()  # writes the bytecode
    times = [measure() for _ in range(repeats)]
    for name, column in zip(("torch", "tfcompat_tape after it"), zip(*times, strict=True), strict=True):
        middle, low, high = (1000 * value for value in (statistics.median(column), min(column), max(column)))
        print(f"{name:24}{middle:7.0f} ms   ({low:.0f} to {high:.0f}, {repeats} processes)")


if __name__ == "__main__":
    main()
