"""tf.profiler.experimental: when it starts, stops and refuses."""

import os
import pathlib
import tempfile

from conformance_kit import raises, script


@script("profiler: one at a time")
def _(tf):
    profiler = tf.profiler.experimental
    folder = tempfile.mkdtemp()
    answers = {
        "stop before start": raises(profiler.stop),
        "start": profiler.start(folder),
        "again": raises(lambda: profiler.start(folder)),
    }
    y = tf.tanh(tf.constant([0.0]))
    answers |= {
        "y": y,
        "stop": profiler.stop(),
        "stop again": raises(profiler.stop),
        "files": len(os.listdir(os.path.join(folder, "plugins", "profile"))),
    }
    with profiler.Profile(folder) as entered:
        answers["entered"] = entered
        answers["inside"] = raises(lambda: profiler.start(folder))
    answers["after"] = raises(profiler.stop)
    try:
        with profiler.Profile(folder):
            raise KeyError("mine")
    except KeyError:
        answers["after a failure"] = raises(profiler.stop)
    return answers


@script("profiler: arguments")
def _(tf):
    profiler = tf.profiler.experimental
    folder = tempfile.mkdtemp()
    answers = {"a number": raises(lambda: profiler.start(3)), "no number runs": raises(profiler.stop)}
    answers["a path"] = raises(lambda: profiler.start(pathlib.Path(folder)))
    answers["options"] = raises(lambda: profiler.start(folder, options=3))
    answers["nothing runs"] = raises(profiler.stop)
    answers["bytes"] = profiler.start(folder.encode(), profiler.ProfilerOptions())
    answers["not saved"] = profiler.stop(save=False)
    answers["empty"] = [profiler.start(""), profiler.stop(save=False)]
    answers["files"] = os.listdir(folder)
    answers["shown"] = [
        repr(profiler.ProfilerOptions()),
        repr(profiler.ProfilerOptions(3, delay_ms=5)._replace(python_tracer_level=1)),
        isinstance(profiler.ProfilerOptions(), tuple),
    ]
    return answers


@script("profiler: Trace")
def _(tf):
    trace = tf.profiler.experimental.Trace
    with trace("step", step_num=3, _r=1) as entered:
        kind = type(entered).__name__
        entered.set_metadata(more=2)
        y = tf.tanh(tf.constant([0.0]))
    return {"y": y, "kind": kind, "not entered": trace("a").__exit__(None, None, None)}
