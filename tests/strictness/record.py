"""Ask a real TensorFlow all questions and keep its answers: `python tests/strictness/record.py [TOPIC ...]`.

Needs a Python that has tensorflow. Where a question ends the process, which happens, it is left out, and a new process
goes on with the next one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))


def ask(name: str, log: Path) -> None:
    """Write an answer a line to `log`, past those that it has."""
    import tensorflow as tf
    from strictness.all_questions import TOPICS
    from strictness.answers import answer

    done = {line.split("\t")[0] for line in log.read_text().splitlines()}
    with log.open("a") as file:
        for subject, key, call in TOPICS[name](tf):
            if f"{subject} {key}" not in done:
                file.write(f"{subject} {key}\t")  # a line without an answer: it ended the process
                file.flush()
                file.write(answer(call) + "\n")
                file.flush()


def main() -> None:
    from strictness.all_questions import TOPICS

    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
    for name in sys.argv[1:] or TOPICS:
        log = Path(f"{name}.log")
        log.write_text("")
        while subprocess.run([sys.executable, __file__, "--ask", name, str(log)], check=False).returncode:
            text = log.read_text()
            if text.endswith("\n") or not text:
                raise SystemExit(f"{name}: the questions cannot be asked")
            log.write_text(text + "ENDED\n")
        table: dict[str, dict[str, str]] = {}
        for line in log.read_text().splitlines():
            question, found = line.split("\t")
            subject, key = question.split(" ", 1)
            if found != "ENDED":
                table.setdefault(subject, {})[key] = found
        log.unlink()
        rows = ",\n".join(
            f"{json.dumps(subject)}: {json.dumps(answers, separators=(',', ':'))}"
            for subject, answers in table.items()
        )
        (HERE / "data" / f"{name}.json").write_text(f"{{\n{rows}\n}}\n")
        print(f"{name}: {sum(map(len, table.values()))} answers")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        ask(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
