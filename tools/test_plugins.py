"""Test each package in plugins/ as an outside author would: installed from its folder into a fresh environment.

    python tools/test_plugins.py [NAME ...]

For each package there is an environment of its own, made by `python -m venv`, in which the packages of the environment
that runs this file are in sight (torch above all), but neither this project nor its plugins. There this project and the
package are installed with pip, and then

- `tfcompat plugins list` must show it, loaded from where it was installed;
- `tfcompat plugins check` must pass;
- its tests must pass, on a copy of its folder that lacks the package's code: what is tested is what was installed.

Last, all of them are installed together, where none may get in another's way.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ROOT / "plugins"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "build", "*.egg-info", ".pytest_cache", ".venv")
# Seen from a fresh environment, these would hide that they are not installed there.
OWN = ("tfcompat", "_editable_impl_tfcompat", "__editable__")


class Failure(Exception):
    """A step failed; the text is what it printed."""


def run(command, cwd, env=None):
    """What a command prints; Failure if its exit status is not 0."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        words = " ".join(map(str, command))
        raise Failure(f"$ {words}\n{done.stdout.rstrip()}\nexit status {done.returncode}")
    return done.stdout


def environment():
    """The variables of a process in a fresh environment: nothing that would change what Python or plugins find."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTEST_ADDOPTS")
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in dropped and not key.startswith("TFCOMPAT_")
    }
    return {**env, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}


def sights(place):
    """A folder of links to all that is installed for this interpreter, but for this project and plugins of it."""
    place.mkdir()
    for path in sys.path:
        if path.rstrip("/").endswith(("site-packages", "dist-packages")) and Path(path).is_dir():
            for entry in Path(path).iterdir():
                link = place / entry.name
                if not link.exists() and not _own(entry):
                    link.symlink_to(entry)
    return place


def _own(entry):
    if entry.name.startswith(OWN) or entry.name == "pytest_tfcompat_tape.py" or entry.name == "__pycache__":
        return True
    points = entry / "entry_points.txt"
    return (
        entry.suffix == ".dist-info" and points.is_file() and "[tfcompat_tape]" in points.read_text("utf-8")
    )


def build(source, folder, wheels):
    """The wheel of a project. Packages are built in a copy of their folder, in which setuptools leaves its files."""
    if source != ROOT:
        shutil.copytree(source, folder / source.name, ignore=LEFT_OUT)
    place = wheels / source.name
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    run(
        [*pip, "--wheel-dir", place, ROOT if source == ROOT else folder / source.name],
        cwd=folder,
        env=environment(),
    )
    return next(place.glob("*.whl"))


def create(venv, seen, wheels):
    """A fresh environment with these wheels installed; returns the folder of its commands."""
    run([sys.executable, "-m", "venv", "--without-pip", venv], cwd=venv.parent)
    site = next(venv.glob("lib/python*/site-packages"))
    (site / "reused.pth").write_text(f"{seen}\n")
    pip = [sys.executable, "-m", "pip", "--python", venv / "bin" / "python", "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--no-deps", "--no-index"]
    run([*pip, *wheels], cwd=venv.parent, env=environment())
    return venv / "bin"


def module_of(folder):
    """The name of a package's entry point."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    points = project.get("entry-points", {}).get("tfcompat_tape", {})
    if len(points) != 1:
        raise Failure(
            f"{folder}/pyproject.toml has no entry point in the group tfcompat_tape, or several: {points}"
        )
    return next(iter(points))


def test(name, copies, work, seen, wheels):
    """Test one package; returns the last line of its tests."""
    module = module_of(PLUGINS / name)
    place = work / name
    place.mkdir()
    commands = create(place / "venv", seen, wheels)
    env = environment()
    listed = run([commands / "tfcompat", "plugins", "list"], place, env)
    if module not in listed or str(place / "venv") not in listed:
        raise Failure(f"tfcompat plugins list does not show {module} in {place / 'venv'}:\n{listed}")
    run([commands / "tfcompat", "plugins", "check", module], place, env)
    shutil.copytree(
        copies / name, place / "copy", ignore=shutil.ignore_patterns(module, "build", "*.egg-info")
    )
    pytest = [commands / "python", "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath="]
    return run([*pytest, "--strict-markers", "tests"], place / "copy", env).strip().splitlines()[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of folders in plugins/; all by default")
    parser.add_argument("--workers", type=int, default=2, help="how many packages at a time")
    parser.add_argument("--keep", action="store_true", help="keep the environments, and say where they are")
    given = parser.parse_args()
    there = sorted(path.parent.name for path in PLUGINS.glob("*/pyproject.toml"))
    names = given.names or there
    unknown = set(names) - set(there)
    if unknown or not names:
        sys.exit(f"no package {', '.join(sorted(unknown))} in {PLUGINS}; there are: {', '.join(there)}")

    work = Path(tempfile.mkdtemp(prefix="tfcompat-plugins-"))
    start = time.perf_counter()
    failed = False
    try:
        copies, wheels = work / "sources", work / "wheels"
        copies.mkdir()
        seen = sights(work / "seen")
        sources = [ROOT, *[PLUGINS / name for name in names]]
        with ThreadPoolExecutor(given.workers) as pool:
            project, *built = pool.map(lambda source: build(source, copies, wheels), sources)
            running = {
                name: pool.submit(test, name, copies, work, seen, [project, wheel])
                for name, wheel in zip(names, built, strict=True)
            }
            for name, future in running.items():
                try:
                    print(f"{name:24s} {future.result()}", flush=True)
                except Failure as failure:
                    failed = True
                    print(f"{name:24s} FAILED\n{failure}", flush=True)
        if not failed:
            commands = create(work / "together", seen, [project, *built])
            python = [commands / "python", "-P", "-W", "error", "-m", "tfcompat_tape"]
            listed = run([*python, "plugins", "list"], work, environment())
            missing = [name for name in names if module_of(PLUGINS / name) not in listed]
            if missing:
                raise Failure(f"together, {', '.join(missing)} is missing:\n{listed}")
            print(f"all {len(names)} together; {time.perf_counter() - start:.0f} s")
    except Failure as failure:
        failed = True
        print(failure)
    finally:
        if given.keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work)
    sys.exit(failed)


if __name__ == "__main__":
    main()
