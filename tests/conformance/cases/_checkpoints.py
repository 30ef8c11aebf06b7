"""What scripts of checkpoints share."""

import contextlib
import os
import shutil
import tempfile


@contextlib.contextmanager
def folder():
    """A directory that is gone afterwards."""
    made = tempfile.mkdtemp()
    try:
        yield made
    finally:
        shutil.rmtree(made)


def asked(status):
    """What a status says when it is asked whether everything was found: None, or the class of the exception."""
    found = {}
    for name in ("assert_consumed", "assert_existing_objects_matched", "assert_nontrivial_match"):
        try:
            found[name] = getattr(status, name)() is status
        except Exception as error:
            found[name] = type(error).__name__
    status.expect_partial()
    return found


def written(tf, checkpoint, into):
    """The names and shapes of what `checkpoint` writes."""
    return [
        [name, list(shape)]
        for name, shape in tf.train.list_variables(checkpoint.write(os.path.join(into, "w")))
    ]


def in_place(path, into):
    """A path without the directory that it lies in."""
    return None if path is None else os.path.relpath(path, into)
