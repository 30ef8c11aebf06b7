"""Strings that are cut into words, bytes, characters and n-grams; and the raw ops behind these."""

from conformance_kit import raises, script


def _inputs(tf):
    constant = tf.ragged.constant
    return {
        "scalar": "hello  world a",
        "vector": ["a b  c", " x ", "", "\tq\n w"],
        "matrix": [["a b", "c"], ["", "d e f"]],
        "deep": [[["a b"], ["c d e"]]],
        "rows": constant([["a b", "c"], [], ["d e f"]]),
        "rows of rows": constant([[["a b"], []], [], [["c"], ["d e"]]]),
        "pairs": constant([[["a b", "x"], ["c", "y z"]], [["d", "e"]]], ragged_rank=1),
        "none": tf.constant([], tf.string),
        "no rows": tf.zeros([0, 2], tf.string),
    }


@script("split")
def _(tf):
    split = tf.strings.split
    found = {}
    for name, x in _inputs(tf).items():
        for sep in (None, "", "b", " ", "  "):
            found[f"{name}, {sep!r}"] = [split(x, sep, most) for most in (-1, 0, 1, 2)]
    return found


@script("split: arguments")
def _(tf):
    split = tf.strings.split
    return {
        "int": raises(lambda: split([1, 2])),
        "None": raises(lambda: split(None)),
        "sep vector": raises(lambda: split("a b", [" "])),
        "sep int": raises(lambda: split("a b", 3)),
        "sep tensor": split("a b", tf.constant(" ")),
        "most float": split("a b", " ", 1.5),
        "most tensor": split("a b c", " ", tf.constant(1)),
        "negative": split("a b c", " ", -2),
        "by name": split(input="a b", sep=" ", maxsplit=1, name="n"),
        "bytes int": raises(lambda: tf.strings.bytes_split([1, 2])),
    }


@script("bytes_split")
def _(tf):
    return {name: tf.strings.bytes_split(x) for name, x in _inputs(tf).items()}


@script("unicode_decode and unicode_split")
def _(tf):
    strings = tf.strings
    found = {}
    for name, x in _inputs(tf).items():
        for encoding in ("UTF-8", "UTF-16-BE"):
            found[f"{name}, {encoding}"] = [
                strings.unicode_decode(x, encoding),
                strings.unicode_decode_with_offsets(x, encoding),
                strings.unicode_split(x, encoding),
                strings.unicode_split_with_offsets(x, encoding),
            ]
    found["no encoding"] = raises(lambda: strings.unicode_decode("a", "nope"))
    found["None"] = raises(lambda: strings.unicode_decode("a", None))
    found["errors"] = raises(lambda: strings.unicode_decode("a", "UTF-8", errors="x"))
    found["replacement"] = raises(lambda: strings.unicode_decode("a", "UTF-8", replacement_char=-1))
    found["beyond"] = raises(lambda: strings.unicode_decode("a", "UTF-8", replacement_char=0x110000))
    found["split, Latin"] = raises(lambda: strings.unicode_split("a", "ISO-8859-1"))
    return found


_BROKEN = [
    b"a\xffb",
    b"\xe2\x82",
    b"\xf0\x9f\x98\x8a",
    b"\xf0\x9f\x98",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\x01\x7f\xc2\x80a",
    b"\xf4\x90\x80\x80",
    b"\xe2\x28\xa1",
    b"",
    b"a\x00b",
    b"\xef\xbb\xbfa",
    b"\xfe\xff\x00a",
    b"\xff\xfea\x00",
    b"\xd8\x3d\xde\x0a",
    b"\xd8\x3d",
]


@script("unicode_decode of what is no text")
def _(tf):
    strings = tf.strings
    found = {}
    for text in _BROKEN:
        for encoding in ("UTF-8", "UTF-16-BE", "UTF-32-BE", "UTF-16", "ISO-8859-1", "ascii"):
            for errors in ("replace", "ignore"):
                found[f"{text!r}, {encoding}, {errors}"] = [
                    *strings.unicode_decode_with_offsets(text, encoding, errors=errors),
                    strings.unicode_transcode(text, encoding, "UTF-8", errors=errors),
                ]
            found[f"{text!r}, {encoding}, strict"] = raises(
                lambda text=text, encoding=encoding: strings.unicode_decode(text, encoding, errors="strict")
            )
        found[f"{text!r}, replaced"] = strings.unicode_decode(
            [text], "UTF-8", replacement_char=63, replace_control_characters=True
        )
        found[f"{text!r}, split"] = strings.unicode_split([text], "UTF-8", replacement_char=63)
    return found


@script("unicode_encode")
def _(tf):
    constant = tf.ragged.constant
    inputs = {
        "vector": tf.constant([104, 233, 0x1F60A]),
        "matrix": [[104, 233], [97, 98]],
        "deep": [[[97, 98], [99, 100]]],
        "rows": constant([[104, 233], [], [0x1F60A]]),
        "rows of rows": constant([[[104], [233]], [], [[]]]),
        "pairs": constant([[[104, 1], [233, 2]], [[3, 4]]], ragged_rank=1),
        "wrong": [[0x110000, 97], [0xD800, -1]],
        "no rows": tf.zeros([0, 2], tf.int32),
        "empty rows": tf.zeros([2, 0], tf.int32),
    }
    found = {}
    for name, x in inputs.items():
        found[name] = [
            raises(lambda x=x, e=encoding, how=how: tf.strings.unicode_encode(x, e, errors=how))
            if how == "strict" and name == "wrong"
            else tf.strings.unicode_encode(x, encoding, errors=how)
            for encoding in ("UTF-8", "UTF-16-BE", "UTF-32-BE")
            for how in ("replace", "ignore", "strict")
        ]
    found["scalar"] = raises(lambda: tf.strings.unicode_encode(104, "UTF-8"))
    found["int64"] = raises(lambda: tf.strings.unicode_encode(tf.constant([[104]], tf.int64), "UTF-8"))
    found["Latin"] = raises(lambda: tf.strings.unicode_encode([[104]], "latin"))
    return found


@script("unicode_script")
def _(tf):
    script = tf.strings.unicode_script
    return {
        "some": script(tf.range(0, 0x110000, 997)),
        "early": script(tf.range(0, 0x600)),
        "none": script([-1, 0x110000, 2**31 - 1]),
        "scalar": script(945),
        "rows": script(tf.ragged.constant([[104, 945], [], [0x4E00]])),
        "int64": raises(lambda: script(tf.constant([104], tf.int64))),
        "float": raises(lambda: script([1.5])),
    }


@script("ngrams")
def _(tf):
    ngrams = tf.strings.ngrams
    found = {}
    ways = [
        {"ngram_width": 1},
        {"ngram_width": [1, 2]},
        {"ngram_width": []},
        {"ngram_width": 2, "separator": ""},
        {"ngram_width": 3, "pad_values": "P"},
        {"ngram_width": 3, "pad_values": ("L", "R"), "separator": "|"},
        {"ngram_width": 3, "pad_values": "P", "padding_width": 1},
        {"ngram_width": (4, 2), "pad_values": "P", "padding_width": 5},
        {"ngram_width": 3, "preserve_short_sequences": True},
        {"ngram_width": [4, 2], "preserve_short_sequences": True},
    ]
    for name, x in _inputs(tf).items():
        if name not in ("scalar", "pairs", "no rows"):
            for way in ways:
                found[f"{name}, {way}"] = ngrams(x, **way)
    words = ["a", "b"]
    found["refused"] = [
        raises(lambda: ngrams("a", 2)),
        raises(lambda: ngrams(_inputs(tf)["pairs"], 2)),
        raises(lambda: ngrams(words, 0)),
        raises(lambda: ngrams(words, "a")),
        raises(lambda: ngrams(words, 2, separator=3)),
        raises(lambda: ngrams(words, 2, pad_values=3)),
        raises(lambda: ngrams(words, 2, pad_values=("L",))),
        raises(lambda: ngrams(words, 2, pad_values=("L", 3))),
        raises(lambda: ngrams(words, 2, padding_width=1)),
        raises(lambda: ngrams(words, 2, pad_values="P", padding_width=0)),
    ]
    return found


@script("raw ops")
def _(tf):
    raw = tf.raw_ops
    words, splits = tf.constant(["a", "b", "c"]), tf.constant([0, 2, 2, 3], tf.int64)
    ngrams = {
        "separator": " ",
        "ngram_widths": [2],
        "left_pad": "L",
        "right_pad": "R",
        "pad_width": -1,
        "preserve_short_sequences": False,
    }
    return {
        "StringSplitV2": raw.StringSplitV2(input=["a b", "", "c"], sep=" "),
        "StringSplitV2, whole": raw.StringSplitV2(input=["a b", ""], sep="", maxsplit=0),
        "StringSplitV2, scalar": raises(lambda: raw.StringSplitV2(input="a b", sep=" ")),
        "StringNGrams": raw.StringNGrams(data=words, data_splits=splits, **ngrams),
        "StringNGrams, splits": [
            raises(lambda s=s: raw.StringNGrams(data=words, data_splits=tf.constant(s, tf.int64), **ngrams))
            for s in ([0, 2], [1, 3], [0, 2, 1, 3], [0, 5])
        ],
        "UnicodeDecode": raw.UnicodeDecode(input=["é", "ab"], input_encoding="UTF-8"),
        "UnicodeDecode, int32": raw.UnicodeDecode(input=["é"], input_encoding="UTF-8", Tsplits=tf.int32),
        "UnicodeDecodeWithOffsets": raw.UnicodeDecodeWithOffsets(input=["éa"], input_encoding="UTF-8"),
        "UnicodeEncode": raw.UnicodeEncode(
            input_values=[104, 233, 97], input_splits=[0, 2, 3], output_encoding="UTF-8"
        ),
        "UnicodeEncode, splits": raises(
            lambda: raw.UnicodeEncode(
                input_values=[104, 233], input_splits=[0, 3, 2], output_encoding="UTF-8"
            )
        ),
        "UnicodeScript": raw.UnicodeScript(input=[97, 945]),
    }
