"""Convert the examples, and the small scripts in tests/scripts, to torch; run what they became; print a table of it.

    python tools/convert_examples.py                       # all of them, the examples in their short form
    python tools/convert_examples.py newton gan            # these alone
    python tools/convert_examples.py --keep FOLDER         # what they became, and what was seen of them, stays there

What was seen of a script in `--keep FOLDER` is used again where the script is the same.
"""

import argparse
import collections
import hashlib
import os
import pickle
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "examples"))

from short_forms import SHORT  # noqa: E402

from tfcompat_tape.porting.convert import runs  # noqa: E402
from tfcompat_tape.porting.convert.command import judged  # noqa: E402
from tfcompat_tape.porting.convert.reading import read  # noqa: E402
from tfcompat_tape.porting.convert.script import Converted, convert  # noqa: E402

SCRIPTS = {
    **{name: ROOT / "examples" / f"{name}.py" for name in SHORT},
    **{path.stem: path for path in sorted((ROOT / "tests" / "scripts" / "programs").glob("*.py"))},
}


def outcome(script: Path, folder: Path) -> tuple[Converted, str | None]:
    """What a script becomes, and in what both differ."""
    args = SHORT.get(script.stem, [])
    if script.stem in SHORT:
        args = [*args, "--picture", str(folder / f"{script.stem}.png")]
    source = read(str(script))
    digest = hashlib.sha256(f"{source.text}{args[:-1]}".encode()).hexdigest()[:12]
    cached = folder / f"{script.stem}-{digest}.seen"
    if cached.exists():
        original, facts, seen = pickle.loads(cached.read_bytes())
    else:
        original, (facts, seen) = runs.original(str(script), args), runs.observed(str(script), args)
        cached.write_bytes(pickle.dumps((original, facts, seen)))
    result = convert(source, facts)
    (folder / f"{script.stem}_torch.py").write_text(result.text, encoding="utf-8")
    return result, judged(result, original, seen, str(script), args)


def reasons(result: Converted) -> str:
    """Why TensorFlow's names stay, counted."""
    if result.stays:
        counted = collections.Counter(why for _, why in result.stays)
        return "; ".join(f"{why} ({count})" if count > 1 else why for why, count in counted.most_common())
    left = [f"`{name}` ({count})" for name, count in sorted(result.left.items())]
    drawn = [f"{len(result.drawn)} lines draw in a `tf.function`"] if result.drawn else []
    unseen = [f"{len(result.unseen)} lines did not run"] if result.unseen else []
    return ", ".join([*left, *drawn, *unseen])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", default=list(SCRIPTS), help="scripts; all of them if none is named"
    )
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="where what they became goes")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    kinds, failed = collections.Counter[str](), []
    print("| script | converted | TensorFlow's names that stay | seconds |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in options.names:
            since = time.perf_counter()
            try:
                result, verdict = outcome(SCRIPTS[name], folder)
                kind, why = result.kind, reasons(result)
            except runs.RunError as error:
                kind, why, verdict = "failed", "", str(error)
            kinds[kind] += 1
            print(f"| {name} | {kind} | {why} | {time.perf_counter() - since:.0f} |", flush=True)
            if verdict is not None:
                failed.append(f"{name}: {verdict}")
    print("\n" + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    for one in failed:
        print(f"DIFFERS {one}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
