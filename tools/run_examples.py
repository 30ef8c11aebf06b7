"""Run the scripts in examples/ that draw a picture, each in a process of its own, and tell how long they took.

    python tools/run_examples.py pictures                    # with this package
    python tools/run_examples.py pictures --on PYTHON        # with a Python that has TensorFlow
    python tools/run_examples.py docs/images/examples --small burgers vae

Processor time is that of all threads, imports included. One thread is used, so that times compare on a busy machine.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
OTHERS = {"notes", "mixed_training"}  # no picture to name, or no TensorFlow script
NAMES = [path.stem for path in sorted(EXAMPLES.glob("*.py")) if path.stem not in OTHERS]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


def shrink(picture: Path) -> None:
    """Write a picture again with a palette: a quarter of the size, for the documentation."""
    from PIL import Image

    with Image.open(picture) as image:
        small = image.convert("RGB").quantize(128, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
    small.save(picture, optimize=True)


def processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("names", nargs="*", default=NAMES, help="examples; all of them if none is named")
    parser.add_argument("--on", metavar="PYTHON", help="a Python that has TensorFlow")
    parser.add_argument("--small", action="store_true", help="pictures with a palette")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    runner = [options.on] if options.on else [sys.executable, "-m", "tfcompat_tape", "run"]
    failed = []
    for name in options.names:
        picture = options.folder / f"{name}.png"
        print(f"--- {name}", flush=True)
        since, used = time.perf_counter(), processor_time()
        command = [*runner, str(EXAMPLES / f"{name}.py"), "--picture", str(picture)]
        if subprocess.run(command, env={**os.environ, **ONE_THREAD, **QUIET}).returncode:
            failed.append(name)
            continue
        print(
            f"{processor_time() - used:.1f} s of processor time, {time.perf_counter() - since:.1f} s in all"
        )
        if options.small:
            shrink(picture)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
