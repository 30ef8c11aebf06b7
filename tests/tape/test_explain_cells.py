"""Explain where the source code is in pieces, as in a notebook, or not there: no reason is better than a wrong one."""

from __future__ import annotations

import itertools
import linecache

import pytest

from tfcompat_tape.tape.explain import Reason

IMPORTS = "import numpy as np\nimport tfcompat_tape as tf\n"
TAPE = "with tf.GradientTape(explain=True, persistent=True) as tape:\n"
count = itertools.count()
notebooks = []


@pytest.fixture(autouse=True)
def closed():
    """Whose functions would keep their tapes."""
    yield
    while notebooks:
        notebooks.pop().namespace.clear()


class Notebook:
    """Cells that are run one after the other in one namespace."""

    def __init__(self, source):
        self.source = source
        self.namespace = {"__name__": "__main__"}
        notebooks.append(self)

    def __call__(self, text):
        file = f"<cell {next(count)}>"
        if self.source:
            linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        exec(compile(text, file, "exec"), self.namespace)
        return self.namespace.get("found")


def explained(*cells, source=True):
    notebook = Notebook(source)
    notebook(IMPORTS)
    for cell in cells[:-1]:
        notebook(cell)
    (found,) = notebook(cells[-1])
    return found


BATCH = "image = tf.constant([[1.0, 2.0]])\nbatch = tf.expand_dims(image, 0)\n"
LOSS = TAPE + "    tape.watch(image)\n    y = tf.reduce_sum(batch)\nfound = tape.explain(y, image)\n"


def test_in_one_cell_the_code_tells():
    found = explained(BATCH + LOSS)
    assert (found.reason, found.where.text) == (Reason.BEFORE_CONTEXT, "batch = tf.expand_dims(image, 0)")


@pytest.mark.parametrize(
    ("cells", "source"), [((BATCH, LOSS), True), ((BATCH, LOSS), False), ((BATCH + LOSS,), False)]
)
def test_what_another_cell_made_is_not_known(cells, source):
    found = explained(*cells, source=source)
    assert found.reason is None and found.connected is False
    assert set(found.possible) == {Reason.BEFORE_CONTEXT, Reason.INDEPENDENT}
    assert "nothing was computed from it while the tape recorded" in str(found)


def test_modules_that_another_cell_imported_carry_nothing():
    found = explained(
        "v, w = tf.Variable([1.0, 2.0]), tf.Variable(2.0)\n",
        TAPE
        + "    print(np.mean(v * 2.0))\n    h = np.ones(2, np.float32)\n    y = w * tf.reduce_sum(tf.constant(h))\n"
        "found = tape.explain(y, v)\n",
    )
    assert found.reason is Reason.INDEPENDENT and not found.certain


def test_numpy_is_followed_within_a_cell():
    found = explained(
        "v = tf.Variable([1.0, 2.0])\n",
        TAPE + "    h = np.mean(v * 2.0)\n    y = tf.constant(2.0) * h\nfound = tape.explain(y, v)\n",
    )
    assert (found.reason, found.where.text) == (Reason.LEFT_LIBRARY, "h = np.mean(v * 2.0)")


def test_without_source_what_left_may_have_come_back():
    found = explained(
        "v = tf.Variable([1.0, 2.0])\n",
        TAPE + "    h = np.mean(v * 2.0)\n    y = tf.constant(2.0) * h\nfound = tape.explain(y, v)\n",
        source=False,
    )
    assert not found.certain and "Certain is that its value left the library" in str(found)


def test_what_is_seen_needs_no_source():
    text = "v = tf.Variable(3.0)\n" + TAPE + "    y = tf.stop_gradient(v * v)\nfound = tape.explain(y, v)\n"
    found = explained(text, source=False)
    assert (found.reason, found.certain, found.where.line) == (Reason.STOP_GRADIENT, True, 3)


def test_the_same_code_in_two_files_has_two_places():
    text = "v = tf.Variable(3.0)\n" + TAPE + "    y = tf.stop_gradient(v * v)\nfound = tape.explain(y, v)\n"
    assert explained(text).where.file != explained(text).where.file


def test_a_function_of_another_file():
    notebook = Notebook(True)
    notebook(IMPORTS)
    notebook("def double(image):\n    return image * 2.0\n")
    (found,) = notebook("image = tf.constant([1.0, 2.0])\nbatch = double(image)\n" + LOSS)
    assert (found.reason, found.where.text) == (Reason.BEFORE_CONTEXT, "batch = double(image)")


def test_a_dictionary_of_both_is_not_read_wrongly():
    text = 'data = {"image": tf.constant([[1.0, 2.0]])}\ndata["batch"] = data["image"] * 2.0\n'
    text += TAPE + '    tape.watch(data["image"])\n    y = tf.reduce_sum(data["batch"])\n'
    found = explained(text + 'found = tape.explain(y, data["image"])\n')
    assert found.reason is None and Reason.BEFORE_CONTEXT in found.possible
