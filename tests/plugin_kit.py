"""Files and distributions with plugins in them, made for a test."""

import textwrap
from pathlib import Path


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
