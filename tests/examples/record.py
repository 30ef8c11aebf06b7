"""Write down the curves of the examples in a short form, with a Python that has TensorFlow:

python tests/examples/record.py [NAME ...]
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")

from short_forms import CURVES, SHORT, curve

if __name__ == "__main__":
    table = json.loads(CURVES.read_text(encoding="utf-8")) if CURVES.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or SHORT:
            table[name] = [float(f"{value:.9g}") for value in curve(name, Path(folder) / "picture.png")]
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(table[name])}" for name in SHORT if name in table)
    CURVES.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
