"""`python -m tests.fuzz`: random programs, for as long as one likes. See README.md."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "--tensorflow", metavar="PYTHON", help="a Python that has tensorflow: compare with it"
    )
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path("fuzz-report"), help="the folder of the report")
    parser.add_argument(
        "--record", metavar="N", type=int, help="keep N programs with TensorFlow's answers as test data"
    )
    parser.add_argument("--replay", metavar="FILE", help="only this program (a .json of a report)")
    args = parser.parse_args()

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    warnings.simplefilter("ignore")
    from . import run

    if args.record:
        return run.record(args.tensorflow, args.record, args.seed)
    if args.replay:
        return run.replay(args.tensorflow, args.replay)
    return run.fuzz(args.tensorflow, args.minutes, args.seed, args.jobs, args.output)


if __name__ == "__main__":
    sys.exit(main())
