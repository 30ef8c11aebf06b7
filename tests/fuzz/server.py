"""The other side: a Python with tensorflow that answers questions, a line of JSON each, without torch or hypothesis.

Started by `oracle.py`: reads `{"program": ..., "questions": [...]}` from stdin, writes the answers to stdout.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import warnings
from pathlib import Path


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what TensorFlow prints is no answer
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
    warnings.simplefilter("ignore")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.fuzz.answers import encode
    from tests.fuzz.program import Program
    from tests.fuzz.questions import ask

    print(json.dumps({"tensorflow": tf.__version__}), file=answers, flush=True)
    for count, line in enumerate(sys.stdin):
        request = json.loads(line)
        made = ask(tf, Program.of(request["program"]), request["questions"], encode)
        print(json.dumps(made), file=answers, flush=True)
        if count % 50 == 0:  # traces of functions are cycles
            gc.collect()


if __name__ == "__main__":
    main()
