"""Sound as WAV files."""

import struct

import numpy as np
from conformance_kit import raises, script

SOUND = np.array([[0.0, 0.1, 0.2], [0.5, -0.5, 2.0]], np.float32)


def wav(
    size=16, rate=16000, align=2, kind=1, channels=1, bits=16, extra=b"", junk=b"", tail=b"", data=b"\1\0\2\0"
):
    """The bytes of a file with some fields as given."""
    about = struct.pack("<HHIIHH", kind, channels, 8000, rate, align, bits) + extra
    body = (
        b"WAVEfmt "
        + struct.pack("<I", size)
        + about
        + junk
        + b"data"
        + struct.pack("<I", len(data))
        + data
        + tail
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


FILES = {
    "plain": {},
    "18 bytes": {"size": 18, "extra": b"\0\0"},
    "40 bytes": {"size": 40, "extra": b"\0" * 24},
    "rate": {"rate": 5},
    "align": {"align": 5},
    "floats": {"kind": 3},
    "no channels": {"channels": 0},
    "8 bits": {"bits": 8},
    "after": {"tail": b"LIST\4\0\0\0abcd"},
    "cut after": {"tail": b"LIST\4\0\0\0ab"},
    "before": {"junk": b"JUNK\4\0\0\0abcd"},
    "nothing": {"data": b""},
    "odd": {"data": b"\1\0\2\0\3"},
    "one more": {"tail": b"\0"},
    "extremes": {"data": struct.pack("<4h", -32768, 32767, 1, -1)},
}


@script("audio: files")
def _(tf):
    def read(data):
        return raises(lambda: tuple(tf.audio.decode_wav(data)))

    found = {name: read(wav(**fields)) for name, fields in FILES.items()}
    data = wav()
    found["cut"] = [read(data[:size]) for size in range(0, len(data), 5)]
    found["names"] = [read(data[:at] + b"XXXX" + data[at + 4 :]) for at in (0, 4, 8, 12, 36)]
    return found


@script("audio: channels and samples")
def _(tf):
    data = tf.audio.encode_wav(SOUND, 8000)
    return {
        "bytes": data,
        "channels": [
            raises(lambda n=n: tf.audio.decode_wav(data, desired_channels=n).audio) for n in range(-2, 6)
        ],
        "samples": [
            raises(lambda n=n: tf.audio.decode_wav(data, desired_samples=n).audio) for n in range(-2, 6)
        ],
        "both": tf.audio.decode_wav(data, 2, 3).audio,
        "several": raises(lambda: tf.audio.decode_wav([b"a"])),
        "number": raises(lambda: tf.audio.decode_wav(3)),
    }


@script("audio: written")
def _(tf):
    halves = [[(k + 0.5) / 32768] for k in range(-6, 6)]
    wild = [[np.inf], [-np.inf], [np.nan], [3e38], [1.0], [-1.00001]]
    return {
        "halves": tf.audio.encode_wav(halves, 1),
        "wild": tf.audio.encode_wav(wild, 44100),
        "no frames": tf.audio.encode_wav(tf.zeros([0, 2]), 8000),
        "bad": [
            raises(lambda: tf.audio.encode_wav([1.0, 2.0], 8000)),
            raises(lambda: tf.audio.encode_wav(tf.zeros([2, 2], tf.float64), 8000)),
            raises(lambda: tf.audio.encode_wav(tf.zeros([2, 2]), 0)),
            raises(lambda: tf.audio.encode_wav(tf.zeros([2, 2]), -5)),
            raises(lambda: tf.audio.encode_wav(tf.zeros([2, 0]), 8000)),
            raises(lambda: tf.audio.encode_wav(tf.zeros([2, 2]), [8000])),
            raises(lambda: tf.audio.encode_wav(tf.zeros([2, 2]), 2.5)),
        ],
    }


@script("audio: raw ops, and in a function")
def _(tf):
    encode = tf.function(lambda x: tf.audio.encode_wav(x, 8000))
    data = tf.raw_ops.EncodeWav(audio=SOUND, sample_rate=8000)
    return [encode(SOUND), encode(SOUND / 2), tf.raw_ops.DecodeWav(contents=data)._asdict()]
