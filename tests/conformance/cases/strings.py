"""tf.strings: lengths, cases, parts, joins, regular expressions, numbers, hashes, encodings."""

import numpy as np
from conformance_kit import raises, script


@script("lengths and cases")
def _(tf):
    return {
        "len": raises(lambda: tf.strings.length(["aé", "", b"\xff\xfe"])),
        "lenu": raises(lambda: tf.strings.length(["aé€", "", b"\xff\xfe", b"\x80a"], unit="UTF8_CHAR")),
        "lenbad": raises(lambda: tf.strings.length(["a"], unit="X")),
        "len nonstr": raises(lambda: tf.strings.length([1])),
        "lower": raises(lambda: tf.strings.lower(["AÉß", b"\xffA"])),
        "loweru": raises(lambda: tf.strings.lower(["AÉẞİ"], encoding="utf-8")),
        "lowerbadutf": raises(lambda: tf.strings.lower([b"\xffA"], encoding="utf-8")),
        "lowerbad": raises(lambda: tf.strings.lower(["A"], encoding="latin1")),
        "upperu": raises(lambda: tf.strings.upper(["éßﬁ"], encoding="utf-8")),
        "upper": raises(lambda: tf.strings.upper("aé")),
        "strip": raises(lambda: tf.strings.strip([" a b\t\n\r\x0b\x0c", "", "\xa0x", "\x00a\x00"])),
    }


@script("joining")
def _(tf):
    return {
        "join": raises(lambda: tf.strings.join([["a", "b"], ["c", "d"]], separator="-")),
        "joinscalar": raises(lambda: tf.strings.join([["a", "b"], "x", ["c", "d"]])),
        "joinbad": raises(lambda: tf.strings.join([["a", "b"], ["c"]])),
        "joinempty": raises(lambda: tf.strings.join([])),
        "join1": raises(lambda: tf.strings.join(["a"])),
        "joinnum": raises(lambda: tf.strings.join([["a"], [1]])),
        "joinbc": raises(lambda: tf.strings.join([tf.constant([["a", "b"]]), tf.constant([["x"]])])),
        "rj": raises(lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]])),
        "rj0": raises(lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=0, separator="-")),
        "rj10": raises(lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=[1, 0])),
        "rj01": raises(lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=[0, 1], keepdims=True)),
        "rjneg": raises(lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=-1, keepdims=True)),
        "rjbad": raises(lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=2)),
        "rjdup": raises(lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=[1, 1])),
        "rjempty": raises(lambda: tf.strings.reduce_join(tf.constant([], tf.string))),
        "rjeaxes": raises(lambda: tf.strings.reduce_join([["a", "b"]], axis=[])),
        "rjscalar": raises(lambda: tf.strings.reduce_join("a")),
        "rjemp2": raises(lambda: tf.strings.reduce_join(tf.constant(np.zeros((0, 2), object)), axis=0)),
        "usj": raises(
            lambda: tf.strings.unsorted_segment_join(["a", "b", "c", "d"], [1, 0, 1, 0], 2, separator=",")
        ),
        "usj2": raises(lambda: tf.strings.unsorted_segment_join([["a", "b"], ["c", "d"]], [1, 1], 3)),
        "usjneg": raises(lambda: tf.strings.unsorted_segment_join(["a", "b"], [-1, 0], 2)),
        "usjout": raises(lambda: tf.strings.unsorted_segment_join(["a", "b"], [5, 0], 2)),
        "usjr2": raises(
            lambda: tf.strings.unsorted_segment_join([["a", "b"], ["c", "d"]], [[0, 1], [1, 0]], 2, ",")
        ),
        "usjshape": raises(lambda: tf.strings.unsorted_segment_join(["a", "b"], [0], 2)),
        "usjn": raises(lambda: tf.strings.unsorted_segment_join(["a", "b"], [0, 1], -1)),
    }


@script("regular expressions")
def _(tf):
    return {
        "rfm": raises(lambda: tf.strings.regex_full_match(["abc", "ab", "x\n"], "a.c|x$")),
        "rfmbad": raises(lambda: tf.strings.regex_full_match(["a"], "(a")),
        "rfmt": raises(lambda: tf.strings.regex_full_match(["a", "b"], tf.constant("a"))),
        "rfmback": raises(lambda: tf.strings.regex_full_match(["aa"], r"(a)\1")),
        "rr": raises(lambda: tf.strings.regex_replace(["a1b22", "éé"], r"(\d+)", r"<\1\0>")),
        "rr1": raises(lambda: tf.strings.regex_replace(["aaa"], "a", "b", replace_global=False)),
        "rrdot": raises(lambda: tf.strings.regex_replace(["éa"], ".", "x")),
        "rrbad": raises(lambda: tf.strings.regex_replace(["a"], "(a)", r"\2")),
        "rrempty": raises(lambda: tf.strings.regex_replace(["abc"], "", "-")),
        "rrinv": raises(lambda: tf.strings.regex_replace([b"\xffa"], "a", "b")),
        "rrbs": raises(lambda: tf.strings.regex_replace(["a"], "a", "\\\\")),
        "rrmulti": raises(lambda: tf.strings.regex_replace(["a"], ["a"], "b")),
    }


@script("parts")
def _(tf):
    return {
        "sub": raises(lambda: tf.strings.substr(["hello", "world"], 1, 3)),
        "subneg": raises(lambda: tf.strings.substr(["hello"], -3, 2)),
        "sublong": raises(lambda: tf.strings.substr(["hello"], 3, 10)),
        "subend": raises(lambda: tf.strings.substr(["hello"], 5, 1)),
        "subout": raises(lambda: tf.strings.substr(["hello"], 6, 1)),
        "suboutneg": raises(lambda: tf.strings.substr(["hello"], -6, 1)),
        "subv": raises(lambda: tf.strings.substr(["hello", "world"], [0, 1], [1, 2])),
        "subbc": raises(lambda: tf.strings.substr([["hello"], ["world"]], [0, 1], [1, 2])),
        "subu": raises(lambda: tf.strings.substr(["éa€b"], 1, 2, unit="UTF8_CHAR")),
        "subuneg": raises(lambda: tf.strings.substr(["éa€b"], -2, 2, unit="UTF8_CHAR")),
        "subuout": raises(lambda: tf.strings.substr(["éa€b"], 5, 2, unit="UTF8_CHAR")),
        "subneglen": raises(lambda: tf.strings.substr(["hello"], 1, -1)),
        "subdt": raises(
            lambda: tf.strings.substr(["hello"], tf.constant(1, tf.int64), tf.constant(1, tf.int32))
        ),
        "subshape": raises(lambda: tf.strings.substr(["hello"], [1, 2], [1, 2])),
        "subshape2": raises(lambda: tf.strings.substr(["hello"], 1, [1, 2])),
    }


@script("hashing")
def _(tf):
    return {
        "hash": raises(
            lambda: tf.strings.to_hash_bucket(
                ["a", "bc", "hello world how are you", "", "12345678"], 1000000007
            )
        ),
        "hashstrong": raises(
            lambda: tf.strings.to_hash_bucket_strong(
                ["a", "bc", "hello world how are you", "", "12345678"], 1000000007, [1, 2]
            )
        ),
        "hashk": raises(lambda: tf.strings.to_hash_bucket_strong(["a"], 10, [1])),
    }


@script("fingerprints of every length")
def _(tf):
    sizes = [*range(140), 200, 255, 256, 257, 1000]
    texts = [bytes((i * 7 + j * 3 + 1) % 256 for j in range(i)) for i in sizes]
    fast = tf.strings.to_hash_bucket_fast
    return {"buckets": fast(texts, 2**62 + 11), "none": raises(lambda: fast(texts, 0))}


@script("unicode")
def _(tf):
    return {
        "tc": raises(lambda: tf.strings.unicode_transcode(["aé", b"\xff\xfea"], "UTF-8", "UTF-16-BE")),
        "tc8": raises(
            lambda: tf.strings.unicode_transcode([b"\xff\xfea", b"\xe2\x82a", "a\x01b"], "UTF-8", "UTF-8")
        ),
        "tci": raises(
            lambda: tf.strings.unicode_transcode([b"\xff\xfea"], "UTF-8", "UTF-8", errors="ignore")
        ),
        "tcs": raises(
            lambda: tf.strings.unicode_transcode([b"\xff\xfea"], "UTF-8", "UTF-8", errors="strict")
        ),
        "tcr": raises(
            lambda: tf.strings.unicode_transcode(
                [b"\xff\xfea", "a\x01b\tc"],
                "UTF-8",
                "UTF-32-BE",
                replacement_char=63,
                replace_control_characters=True,
            )
        ),
        "tcl": raises(lambda: tf.strings.unicode_transcode([b"\xe9"], "latin1", "UTF-8")),
        "tcbad": raises(lambda: tf.strings.unicode_transcode([b"\xe9"], "nope", "UTF-8")),
        "tcbad2": raises(lambda: tf.strings.unicode_transcode([b"\xe9"], "UTF-8", "nope")),
        "tc16": raises(lambda: tf.strings.unicode_transcode([b"\x00a\xd8"], "UTF-16-BE", "UTF-8")),
        "enc": raises(lambda: tf.strings.unicode_encode([[104, 233], [8364, 55296]], "UTF-8")),
        "enc16": raises(lambda: tf.strings.unicode_encode([104, 233], "UTF-16-BE")),
        "encstrict": raises(lambda: tf.strings.unicode_encode([55296], "UTF-8", errors="strict")),
        "encign": raises(lambda: tf.strings.unicode_encode([97, 55296], "UTF-8", errors="ignore")),
        "encs": raises(lambda: tf.strings.unicode_encode(97, "UTF-8")),
    }


TEXTS = (
    "",
    "a",
    "1.5x",
    "1,2",
    "Infinity",
    "+1",
    "1_0",
    ".5",
    "5.",
    "1e",
    "0b1",
    "1f",
    "NaN",
    "-inf",
    " 2.5 ",
    "-3e2",
    "0x10",
    "1e400",
    "0x1p3",
)
TEXTS += (
    "12 ",
    " 7",
    "-5",
    "2147483648",
    "-2147483649",
    "+3",
    "1e2",
    "007",
    "0x1f",
    "9223372036854775807",
    "9223372036854775808",
    "0.1",
    "16777217",
)


@script("numbers")
def _(tf):
    dtypes = (tf.float32, tf.float64, tf.int32, tf.int64, tf.uint32, tf.uint64, tf.float16, tf.int8)
    return {d.name: {t: raises(lambda t=t, d=d: tf.strings.to_number([t], d)) for t in TEXTS} for d in dtypes}
