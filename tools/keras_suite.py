"""Keras's own tests, folder by folder, on this library and on TensorFlow: see libraries.py.

    python tools/libraries.py keras                                         # on this library
    python tools/libraries.py keras --on /path/to/python/with/tensorflow    # which of those that failed pass there
    python tools/libraries.py keras --on PYTHON --all                       # all of them there
    python tools/libraries.py keras -k ops                                  # some of the slices
    python tools/libraries.py keras --version 3.14.1 -k trainers            # of another version

Of versions whose wheels bring no tests those of the newest one run; what these ask of newer names fails on TensorFlow,
too.

Each slice runs in a process of its own and writes each outcome at once, so that a test that kills its process costs
that test alone, and an interrupted run goes on where it stood (--again starts afresh). The table compares test by test.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VERSION = "3.15.1"
# What Keras's tests import beside what Keras needs: jax says what dtype NumPy's functions have.
PACKAGES = (
    "absl-py",
    "rich",
    "markdown-it-py",
    "mdurl",
    "pygments",
    "namex",
    "h5py",
    "optree",
    "typing_extensions",
)
FOR_TESTS = (
    "jax",
    "jaxlib",
    "opt_einsum",
    "pandas",
    "python-dateutil",
    "six",
    "packaging",
    "pytest",
    "pluggy",
    "iniconfig",
    # datasets of grain
    "grain",
    "array_record",
    "cloudpickle",
    "etils",
    "importlib_resources",
    "more_itertools",
    "portpicker",
    "protobuf",
    "psutil",
    "zipp",
    # checkpoints by orbax
    "orbax-checkpoint",
    "aiofiles",
    "humanize",
    "msgpack",
    "nest_asyncio",
    "pyyaml",
    "simplejson",
    "tensorstore",
    "uvloop",
)
LIMIT = 120  # seconds a test may take
# Tests of a MirroredStrategy on two devices: they run on two processes, each of which is a replica.
OF_REPLICAS = "distribute_test[.]py|with_distribution_strategy|with_tf_distribute|test_variable_numpy_scalar"

CONFTEST = '''\
"""What the tests import from Keras's own conftest.py, which is in no package."""

import pytest
from keras.src.backend import backend


def pytest_configure(config):
    config.addinivalue_line("markers", "requires_trainable_backend: needs gradients")
    config.addinivalue_line("markers", "multi_device: needs several devices")


def pytest_collection_modifyitems(config, items):
    for item in items:
        if "multi_device" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="needs several devices"))


def skip_if_backend(given_backend, reason):
    return pytest.mark.skipif(backend() == given_backend, reason=reason)
'''


def slices(folder: Path) -> dict[str, list[str]]:
    """The test files by the folder that they lie in; those with very many tests by themselves."""
    found: dict[str, list[str]] = collections.defaultdict(list)
    for path in sorted((folder / "keras" / "src").rglob("*_test.py")):
        name = path.relative_to(folder / "keras" / "src")
        alone = name.parts[0] == "ops" and name.stem in ("numpy_test", "nn_test", "image_test", "core_test")
        found[str(name.with_suffix("") if alone else name.parent)].append(str(path.relative_to(folder)))
    return dict(found)


def _packages(version: str) -> tuple[str, tuple[str, ...]]:
    return f"keras-{version}", (f"keras=={version}", *PACKAGES, *FOR_TESTS)


def _bring_tests(newest: Path, folder: Path) -> None:
    """Copy the tests of another version beside the modules that this one has."""
    for path in (newest / "keras" / "src").rglob("*_test.py"):
        target = folder / path.relative_to(newest)
        if target.with_name(target.name.replace("_test.py", ".py")).exists():
            shutil.copyfile(path, target)


def main(
    arguments: argparse.Namespace, install: Callable[[str, tuple[str, ...]], Path], reports: Path
) -> int:
    """Run the slices that match, and print the table."""
    folder = install(*_packages(arguments.version or VERSION))
    if not slices(folder):
        _bring_tests(install(*_packages(VERSION)), folder)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = ignore\n")
    where = "tensorflow" if arguments.on else "here"
    out = reports / f"keras-{arguments.version or VERSION}-{where}"
    out.mkdir(parents=True, exist_ok=True)
    chosen = {name: files for name, files in slices(folder).items() if re.search(arguments.k or "", name)}

    def run(name: str) -> str:
        return run_slice(name, chosen[name], folder, out, arguments)

    with concurrent.futures.ThreadPoolExecutor(int(arguments.workers)) as pool:
        for line in pool.map(run, chosen):
            print(line, flush=True)
    base = f"keras-{arguments.version or VERSION}"
    print(table(list(chosen), reports / f"{base}-here", reports / f"{base}-tensorflow"))
    return 0


def run_slice(name: str, files: list[str], folder: Path, out: Path, arguments: argparse.Namespace) -> str:
    """Run what of a slice has no outcome yet; a line about it."""
    path = out / f"{name.replace('/', '.')}.jsonl"
    if arguments.again:
        path.unlink(missing_ok=True)
    log = path.with_suffix(".log")
    options = ["-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
    options += ["--continue-on-collection-errors", "--show-capture=no", "-p", "outcomes"]
    command = [arguments.on or sys.executable, *options]
    roots = [folder, ROOT / "tools"]
    ours = out.with_name(out.name.replace("-tensorflow", "-here"))
    if not arguments.on:
        command += ["-p", "tfcompat_tape.porting.as_tensorflow"]
        roots.append(ROOT)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(
            [*map(str, roots), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        ),
        "OUTCOMES": str(path),
        "OUTCOMES_LIMIT": str(LIMIT),
        "OUTCOMES_LEFT": "" if arguments.on else OF_REPLICAS,
        "OUTCOMES_WITHOUT": str(ours / path.name) if arguments.on and not arguments.all else "",
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": str(out / "home"),
        "JAX_DEFAULT_DTYPE_BITS": "32",
        "JAX_PLATFORMS": "cpu",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    for _ in range(20):  # so many tests may kill their process
        with log.open("a") as file:
            done = subprocess.run(
                [*command, *files], cwd=folder, env=environment, stdout=file, stderr=file, check=False
            )
        if done.returncode in (0, 1, 2, 5):  # pytest came to its end
            break
    if not arguments.on:
        run_replicas(path, options, files, folder, environment)
    counts = collections.Counter(line["outcome"] for line in read(path).values())
    return f"{name}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())


def run_replicas(
    path: Path, options: list[str], files: list[str], folder: Path, environment: dict[str, str]
) -> None:
    """Run those of a slice's tests that want two devices, on two processes; the first one says how they ended."""
    files = [file for file in files if re.search(OF_REPLICAS, file + (folder / file).read_text("utf-8"))]
    if not files or any(re.search(OF_REPLICAS, test) for test in read(path)):
        return
    environment = {**environment, "OUTCOMES_LEFT": "", "OUTCOMES_ONLY": OF_REPLICAS}
    command = [sys.executable, "-m", "tfcompat_tape", "run", "--replicas", "2", *options, *files]
    with path.with_suffix(".log").open("a") as file:
        subprocess.run(command, cwd=folder, env=environment, stdout=file, stderr=file, check=False)


def read(path: Path) -> dict[str, dict[str, Any]]:
    os.environ.setdefault("OUTCOMES", "")
    from outcomes import read

    return read(path)


def table(names: list[str], here: Path, theirs: Path) -> str:
    """A row a slice: of the tests that can pass, how many pass here; then what fails here, by reason.

    A test that fails here can pass if it does on TensorFlow; where it has not run there, it counts as one that can.
    """
    rows = []
    failures = collections.defaultdict(list)
    total = [0, 0, 0]
    for name in names:
        file = f"{name.replace('/', '.')}.jsonl"
        ours, other = read(here / file), read(theirs / file)
        passed = [test for test, line in ours.items() if line["outcome"] == "passed"]
        failed, neither = [], 0
        for test, line in ours.items():
            if line["outcome"] in ("passed", "skipped"):
                continue
            if other.get(test, {"outcome": "passed"})["outcome"] == "passed":
                failed.append(test)
                failures[reason(line)].append(test)
            else:
                neither += 1
        counts = [len(passed), len(failed), neither]
        rows.append(row(name, counts))
        total = [a + b for a, b in zip(total, counts, strict=True)]
    heading = "| folder | pass | fail here only | fail on TensorFlow too | |\n|---|---|---|---|---|"
    listing = [
        "\n       ".join([f"{len(tests):5}  {text}", *tests[:3]])
        for text, tests in sorted(failures.items(), key=lambda item: -len(item[1]))
    ]
    return "\n".join([heading, *rows, row("all", total), "", *listing])


def row(name: str, counts: list[int]) -> str:
    passed, failed, neither = counts
    share = 100 * passed / max(passed + failed, 1)
    return f"| {name} | {passed} | {failed} | {neither} | {share:.2f} % |"


def reason(line: dict[str, Any]) -> str:
    """What a test said last, without what differs from one run to another."""
    if line["outcome"] in ("begun", "not run", "skipped"):
        return {"begun": "killed its process"}.get(line["outcome"], line["outcome"])
    said = [text[4:] for text in line["text"].splitlines() if text.startswith("E   ")]
    text = (said or line["text"].strip().splitlines() or ["?"])[0].strip()
    return re.sub(r"0x[0-9a-f]+|/[\w./-]+/|[-+]?\d+\.\d+(e[-+]?\d+)?", "…", text)[:150]
