"""What `tf.profiler.experimental` does otherwise (docs/differences.md)."""

import gzip
import json

import tfcompat_tape as tf


def test_it_writes_traces_whatever_the_options_say(tmp_path):
    silent = tf.profiler.experimental.ProfilerOptions(host_tracer_level=0, device_tracer_level=0)
    with tf.profiler.experimental.Profile(str(tmp_path), silent):
        tf.tanh(1.0)
    (written,) = tmp_path.glob("plugins/profile/*/*")
    assert written.name.endswith(".trace.json.gz")
    events = json.loads(gzip.decompress(written.read_bytes()))["traceEvents"]
    assert "Tanh" in {event["name"] for event in events}
