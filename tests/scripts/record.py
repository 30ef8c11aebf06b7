"""Write down what the scripts in programs/ print, with a Python that has TensorFlow:

python tests/scripts/record.py
"""

import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
PRINTED = FOLDER / "printed.json"


def printed(script: Path) -> list[str]:
    """The lines that a script prints."""
    options = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    ran = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, **options},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.splitlines()


if __name__ == "__main__":
    table = {path.stem: printed(path) for path in sorted((FOLDER / "programs").glob("*.py"))}
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(lines, indent=1)}" for name, lines in table.items())
    PRINTED.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    print(f"{PRINTED}: {len(table)} scripts")
