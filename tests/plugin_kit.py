"""Files and distributions with plugins in them, made for a test, and commands to run on them."""

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parent.parent


def write(place: Path, text: str) -> Path:
    """A file with the text."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(textwrap.dedent(text), encoding="utf-8")
    return place


def distribution(site: Path, name: str, version: str, points: dict[str, str]) -> None:
    """What an installer writes for a distribution with these entry points."""
    info = site / f"{name}-{version}.dist-info"
    write(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = "\n".join(f"{key} = {value}" for key, value in points.items())
    write(info / "entry_points.txt", f"[tfcompat_tape]\n{lines}\n")


def tfcompat(*args: str) -> str:
    """Code that does what the command line does."""
    return f"import sys\nfrom tfcompat_tape.porting import cli\nsys.exit(cli.main({list(args)!r}))"


def pytest_in(folder: Path, *args: str, path: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run pytest in a folder, with this package on its path, and `path` if it is given."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
    places = ":".join(str(place) for place in (path, ROOT) if place)
    env = {"PYTHONPATH": places, "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
