"""Write down what the notebooks in examples/guide print, with a Python that has TensorFlow and matplotlib:

python tests/examples/record_guide.py [NAME ...]
"""

import json
import os
import subprocess
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", MPLBACKEND="agg")

from guide_cells import GUIDE, NAMES, PRINTED, printed

ONE = "--one"  # a process for each: the numbers of one do not depend on the others


def cells(name: str) -> list[str]:
    book = json.loads((GUIDE / f"{name}.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]


if __name__ == "__main__":
    if sys.argv[1:2] == [ONE]:
        print(json.dumps(printed(cells(sys.argv[2]), sys.argv[2])))
        sys.exit()
    table = json.loads(PRINTED.read_text(encoding="utf-8")) if PRINTED.exists() else {}
    for name in sys.argv[1:] or NAMES:
        done = subprocess.run(
            [sys.executable, __file__, ONE, name], stdout=subprocess.PIPE, text=True, check=True
        )
        table[name] = json.loads(done.stdout.splitlines()[-1])
    rows = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(table[name], indent=1)}" for name in NAMES if name in table
    )
    PRINTED.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
