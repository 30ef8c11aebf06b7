"""Make the virtual environment that the Makefile uses, and install this project with some extras into it.

    python3 tools/setup_venv.py .venv test docs
    python3 tools/setup_venv.py --newest .venv-newest test

A python on the PATH that is 3.11 or newer makes it. One that has torch >= 2.11 is preferred, and then its packages are
used, not installed again; otherwise pip installs torch as constraints.txt says, from whatever index it is set up with.
With --newest the newest python makes it, and the newest torch that pip finds is installed, whatever is there already.
Only the standard library is used, and no syntax newer than Python 3.8: any python3 may run this file.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (3, 11)
NAMES = ["python3.15", "python3.14", "python3.13", "python3.12", "python3.11"]
TORCH = (2, 11)
PROBE = """
import ensurepip, json, sys, venv
from importlib import metadata
try:
    torch = metadata.version("torch")
except metadata.PackageNotFoundError:
    torch = None
sites = [path for path in sys.path if path.rstrip("/").endswith(("site-packages", "dist-packages"))]
print(json.dumps({"version": sys.version_info[:2], "torch": torch, "sites": sites}))
"""


def probe(python):
    """Return what PROBE says of an interpreter; None if it does not run, or cannot make virtual environments."""
    try:
        done = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = json.loads(done.stdout)
    numbers = found["torch"].split("+")[0].split(".")[:2] if found["torch"] else []
    found["reuse"] = bool(numbers) and tuple(int(number) for number in numbers) >= TORCH
    return found


def choose(newest):
    """Return (python, its probe): the newest; or the first that will do, a first one with torch before all others."""
    wanted = [os.environ["PYTHON"]] if "PYTHON" in os.environ else ["python3", "python", *NAMES]
    found = [(python, probe(python)) for python in wanted]
    usable = [(python, facts) for python, facts in found if facts and tuple(facts["version"]) >= PYTHON]
    if not usable:
        needed = ".".join(map(str, PYTHON))
        sys.exit(
            f"no Python {needed} or newer with venv and ensurepip among: {', '.join(wanted)} "
            "(PYTHON=... names another)"
        )
    if newest:
        python, facts = max(usable, key=lambda pair: pair[1]["version"])
        return python, dict(facts, reuse=False)
    return next((pair for pair in usable if pair[1]["reuse"]), usable[0])


def create(venv, newest):
    """Make the environment, with the packages of the chosen python in sight if torch is one of them."""
    python, facts = choose(newest)
    subprocess.run([python, "-m", "venv", str(venv)], check=True)
    if facts["reuse"]:
        # Not --system-site-packages: it would miss a torch that lives in a virtual environment itself.
        site = next(venv.glob("lib/python*/site-packages"))
        (site / "reused.pth").write_text("\n".join(facts["sites"]) + "\n")
    print(f"{venv}: {python}, {'its torch ' + facts['torch'] if facts['reuse'] else 'torch to be installed'}")


def install(venv, extras, newest):
    """Install the project in place, with the extras; a torch that is in sight stays as it is, unless for the newest."""
    python = str(venv / "bin" / "python")
    project = f".[{','.join(extras)}]" if extras else "."
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--editable", project]
    if newest:
        print("installing the newest torch: with the CUDA build, several gigabytes", flush=True)
        options = ["--upgrade", "torch"]  # and not quietly: it takes long
    elif list(venv.glob("lib/python*/site-packages/reused.pth")):
        options = ["--quiet"]
    else:
        options = ["--quiet", "-c", "constraints.txt"]
    subprocess.run([*pip, *options], check=True, cwd=ROOT)


def main():
    arguments = sys.argv[1:]
    newest = "--newest" in arguments
    venv, *extras = [argument for argument in arguments if argument != "--newest"]
    place = ROOT / venv
    if probe(str(place / "bin" / "python")) is None:
        create(place, newest)
    install(place, extras, newest)


if __name__ == "__main__":
    main()
