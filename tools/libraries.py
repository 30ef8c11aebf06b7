"""Run the tests of libraries that are built on TensorFlow, as published, on this library.

    python tools/libraries.py sonnet
    python tools/libraries.py gpflow -k kernels
    python tools/libraries.py sonnet --on /path/to/python/with/tensorflow
    python tools/libraries.py keras
    python tools/libraries.py probability --on /path/to/python/with/tensorflow -k '^bijectors'
    python tools/libraries.py trieste --on /path/to/python/with/tensorflow

A library is installed from PyPI into a folder of its own under .libraries/, without TensorFlow, with the tests that its
wheel has. They run with `import tensorflow` answered by this library; the table says how many passed, and why others
did not.
With --on they run under a real TensorFlow, which says how many can pass. Keras's tests run folder by folder, and are
compared with those of TensorFlow test by test: keras_suite.py. Libraries whose wheels bring no tests run programs
instead, whose numbers are compared with those of TensorFlow: library_values.py.

What passed when, with the reasons of what did not, is the table of docs/libraries.md.
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as Tree
from dataclasses import dataclass, field
from pathlib import Path

import keras_suite
import library_values

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".libraries"


@dataclass(frozen=True)
class Library:
    """What to install, and which tests to run.

    Attributes:
      packages: requirements, the library first; nothing else is installed along with them.
      tests: paths in the folder, and options of pytest. None: it runs the programs of library_programs/.
      environment: variables.
      package: the folder of tests is made a package, so that its modules do not take the library's names.
    """

    packages: tuple[str, ...]
    tests: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    package: bool = False


_SONNET = ("dm-sonnet==2.0.2", "absl-py", "dm-tree", "attrs", "tabulate", "wrapt")
_PROBABILITY = (
    "tensorflow-probability==0.25.0",
    "tf_keras",
    "absl-py",
    "six",
    "decorator",
    "cloudpickle",
    "gast",
)
_NUMPY = "numpy==2.3.5"  # the last in which TensorFlow Probability 0.25 runs whole, here as there
_GPFLOW = ("check-shapes", "dropstackframe", "lark", "deprecated", "wrapt", "multipledispatch", "tabulate")
_SCIENCE = ("scikit-learn", "joblib", "threadpoolctl", "narwhals")
LIBRARIES = {
    "cleverhans": Library(("cleverhans==4.0.0", "easydict", "absl-py", "six")),
    "deepxde": Library(
        (
            "deepxde==1.15.0",
            "scikit-optimize",
            "pyaml",
            "pyyaml",
            "dm-tree",
            "attrs",
            "wrapt",
            "opt_einsum",
            *_SCIENCE,
            *_PROBABILITY,
        )
    ),
    "tf_keras": Library(("tf_keras==2.21.0", "absl-py", "wrapt", "six", "h5py")),
    "einops": Library(("einops==0.8.2",), ("einops/tests",), {"EINOPS_TEST_BACKENDS": "numpy,tensorflow"}),
    "foolbox": Library(
        (
            "foolbox==3.3.4",
            "eagerpy",
            "gitpython",
            "gitdb",
            "smmap",
            "requests",
            "typing_extensions",
            "urllib3",
            "idna",
            "certifi",
            "charset-normalizer",
        )
    ),
    "gpflow": Library(
        (
            "gpflow==2.11.2",
            *_GPFLOW,
            *_PROBABILITY,
            "dm-tree",
            "attrs",
            "opt_einsum",
            "typing_extensions",
            "pytest-mock",
        ),
        ("tests/gpflow",),
        package=True,
    ),
    "pennylane": Library(
        (
            "pennylane==0.42.3",
            "pennylane-lightning==0.42.0",
            "autoray==0.7.2",
            "rustworkx",
            "autograd",
            "appdirs",
            "cachetools",
            "tomlkit",
            "diastatic-malt",
            "astunparse",
            "six",
            "wheel",
            "gast",
            "termcolor",
            "pytest-mock",
            "flaky",
            "pytest-rng",
        ),
        ("tests/gradients/core", "-m", "tf"),
    ),
    "probability": Library((*_PROBABILITY, "dm-tree", "attrs", "wrapt", "opt_einsum", _NUMPY)),
    "sonnet": Library(_SONNET, ("sonnet/src",)),
    "tensornetwork": Library(
        ("tensornetwork==0.4.6", "opt-einsum", "h5py", "scipy"), ("tensornetwork/backends/tensorflow",)
    ),
    "trieste": Library(
        (
            "trieste==4.6.1",
            "gpflow==2.11.2",
            "gpflux",
            *_GPFLOW,
            *_PROBABILITY,
            "dm-tree",
            "attrs",
            "opt_einsum",
            "typing_extensions",
            "dill",
            "greenlet",
            _NUMPY,
        )
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", choices=[*LIBRARIES, "keras"])
    parser.add_argument("--on", metavar="PYTHON", help="a Python with TensorFlow, to run them on that")
    parser.add_argument("-k", metavar="EXPRESSION", help="only tests that match, as for pytest")
    parser.add_argument("--workers", default="2", help="processes (where pytest-xdist is installed)")
    parser.add_argument("--all", action="store_true", help="of Keras, with --on: what passes here, too")
    parser.add_argument("--again", action="store_true", help="of Keras: do not go on with the last run")
    parser.add_argument("--version", help="of Keras: another one than the newest")
    arguments = parser.parse_args()
    if arguments.library == "keras":
        return keras_suite.main(arguments, installed, FOLDER)
    library = LIBRARIES[arguments.library]
    folder = installed(arguments.library, library.packages)
    if not library.tests:
        return library_values.main(arguments, [folder])
    if library.package:
        (folder / library.tests[0].partition("/")[0] / "__init__.py").touch()
    report = FOLDER / f"{arguments.library}{'-tensorflow' if arguments.on else ''}.xml"
    report.unlink(missing_ok=True)
    run(library, folder, report, arguments)
    if not report.exists():
        print("pytest wrote no report", file=sys.stderr)
        return 1
    print(table(report))
    return 0


def installed(name: str, packages: tuple[str, ...]) -> Path:
    """The folder with the library, made if it is not there."""
    folder = FOLDER / name
    done = folder / ".done"
    if not done.exists() or done.read_text() != "\n".join(packages):
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--upgrade",
            "--target",
            str(folder),
        ]
        subprocess.run([*command, *packages], check=True)
        done.write_text("\n".join(packages))
    return folder


def run(library: Library, folder: Path, report: Path, arguments: argparse.Namespace) -> None:
    """Run the tests, and write JUnit's report."""
    python = arguments.on or sys.executable
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "--continue-on-collection-errors",
        "--tb=short",
        "-p",
        "no:cacheprovider",
    ]
    command += [f"--junit-xml={report}", *library.tests]
    if not arguments.on:
        command += [
            "-p",
            "tfcompat_tape.porting.as_tensorflow",
            "-n",
            arguments.workers,
            "--dist",
            "loadfile",
        ]
    if arguments.k:
        command += ["-k", arguments.k]
    path = [str(folder)] if arguments.on else [str(folder), str(ROOT)]
    environment = {
        **os.environ,
        **library.environment,
        "PYTHONPATH": os.pathsep.join(path),
        "OMP_NUM_THREADS": "1",
    }
    subprocess.run(command, cwd=folder, env=environment, check=False)


def table(report: Path) -> str:
    """How many tests passed, and the reasons of those that did not, by number."""
    outcomes: collections.Counter[str] = collections.Counter()
    reasons: collections.Counter[str] = collections.Counter()
    for case in Tree.parse(report).getroot().iter("testcase"):
        failure = case.find("failure") if case.find("failure") is not None else case.find("error")
        if failure is not None:
            outcomes["failed"] += 1
            reasons[reason(failure)] += 1
        else:
            outcomes["skipped" if case.find("skipped") is not None else "passed"] += 1
    lines = [", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())]
    lines += [f"{count:6}  {text}" for text, count in reasons.most_common(40)]
    return "\n".join(lines)


def reason(failure: Tree.Element) -> str:
    """The first line of what a test said, without what differs from one run to another."""
    message = (failure.get("message") or failure.text or "").strip().splitlines()
    text = message[0] if message else "?"
    return re.sub(r"0x[0-9a-f]+|/[\w./-]+/|[-+]?\d+\.\d+(e[-+]?\d+)?", "…", text)[:150]


if __name__ == "__main__":
    sys.exit(main())
