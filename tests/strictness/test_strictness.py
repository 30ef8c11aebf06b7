"""Arguments that do not fit are refused with TensorFlow's exception, and taken where TensorFlow takes them.

Answers are recorded (`record.py`); what is different on purpose is in `differences.py`, with the reason.
"""

import json
from pathlib import Path

import pytest
from strictness.all_questions import TOPICS
from strictness.answers import answer, same
from strictness.differences import reason

import tfcompat_tape as tf

DATA = Path(__file__).parent / "data"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("topic", TOPICS)
def test_answers_are_tensorflows(topic: str) -> None:
    recorded = json.loads((DATA / f"{topic}.json").read_text())
    differing, asked = [], 0
    for subject, key, call in TOPICS[topic](tf):
        wanted = recorded.get(subject, {}).get(key)
        if wanted is None:  # TensorFlow ended its process
            continue
        asked += 1
        found = answer(call)
        if not same(found, wanted) and reason(topic, subject, key, wanted, found) is None:
            differing.append(f"{subject} {key}: TensorFlow {wanted}, here {found}")
    assert asked == sum(map(len, recorded.values())), "questions and answers differ: run record.py"
    assert not differing, "\n".join([f"{len(differing)} of {asked} differ:", *differing])
