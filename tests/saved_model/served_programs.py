"""Functions of strings, tables and files that are written into SavedModels, and what is asked of them.

They run here and under TensorFlow alike, also within a session.
"""

from __future__ import annotations

WORDS = "a\nb\nx\nw1\n"


def served(tf, words):
    """A module with tables, one of them filled from the file `words`."""
    spec, tables = tf.TensorSpec, tf.lookup
    texts = spec([None], tf.string, name="t")

    class Served(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([1.0, 2.0], name="w")
            self.also_w = tf.Variable(3, name="w")
            self.file = tf.saved_model.Asset(words)
            whole, number = tables.TextFileIndex.WHOLE_LINE, tables.TextFileIndex.LINE_NUMBER
            lines = tables.TextFileInitializer(self.file.asset_path, tf.string, whole, tf.int64, number)
            self.words = tables.StaticVocabularyTable(lines, 2)
            numbers = tables.TextFileInitializer(words, tf.int64, number, tf.string, whole)
            self.back = tables.StaticHashTable(numbers, "?")
            pairs = tables.KeyValueTensorInitializer(tf.constant(["x", "y"]), tf.constant([1.5, 2.5]))
            self.pairs = tables.StaticHashTable(pairs, -1.0)
            pairs = tables.KeyValueTensorInitializer(
                tf.constant([10, 20], tf.int64), tf.range(2, dtype=tf.int64)
            )
            self.ints = tables.StaticVocabularyTable(pairs, 3, lookup_key_dtype=tf.int32)
            self.learned = tables.experimental.MutableHashTable(tf.string, tf.int64, -1)
            self.learned.insert(["q", "a"], [7, 8])
            self.rows = tables.experimental.MutableHashTable(tf.int64, tf.float32, [0.0, 0.0])
            self.rows.insert([1], [[1.0, 2.0]])

        @tf.function(input_signature=[texts])
        def look(self, t):
            found = self.words.lookup(t)
            return {
                "words": found,
                "pairs": self.pairs.lookup(t),
                "learned": self.learned.lookup(t),
                "back": self.back.lookup(found),
                "size": self.learned.size(),
            }

        @tf.function(input_signature=[spec([None], tf.int32, name="i")])
        def numbers(self, i):
            return self.ints.lookup(i), self.rows.lookup(tf.cast(i, tf.int64))

        @tf.function(input_signature=[texts])
        def learn(self, t):
            before, size = self.learned.lookup(t), self.learned.size()
            self.learned.insert(t, tf.range(tf.cast(tf.shape(t)[0], tf.int64)) + 100)
            after = self.learned.lookup(t)
            self.learned.remove(t[:1])
            return before, after, self.learned.lookup(t), size

        @tf.function(input_signature=[spec([], tf.string, name="t")])
        def branch(self, t):
            yes, no = (lambda: self.words.lookup(t) + 1), (lambda: self.learned.lookup(t) * 2)
            return tf.cond(self.pairs.lookup(t) > 0.0, yes, no)

        @tf.function(input_signature=[texts, spec([], tf.int32, name="n")])
        def rounds(self, t, n):
            total = tf.zeros([], tf.int64)
            for i in tf.range(n):
                total += tf.reduce_sum(self.words.lookup(tf.strings.join([t, tf.strings.as_string(i)])))
            return total

        @tf.function(input_signature=[spec([None, 2], name="x"), spec([], tf.int32, name="k")])
        def assign(self, x, k):
            self.also_w.assign_add(k)
            return {"y": x * self.w, "n": self.also_w}

        @tf.function(input_signature=[texts])
        def strings(self, t):
            found = [
                tf.strings.upper(tf.strings.strip(t)),
                tf.strings.lower(t) + "!",
                tf.strings.substr(t, 0, 2),
                tf.strings.regex_replace(t, "[ab]", "c"),
                tf.strings.join([t, "q", t], "-"),
                tf.where(t == "abc", "yes", "no"),
                tf.io.decode_base64(tf.io.encode_base64(t)),
                tf.gather(tf.concat([t, t], 0), tf.range(tf.shape(t)[0])),
            ]
            numbers = [
                tf.strings.length(t),
                tf.cast(tf.strings.to_hash_bucket_fast(t, 10), tf.int32),
                tf.cast(tf.strings.to_hash_bucket_strong(t, 10, [1, 2]), tf.int32),
                tf.cast(tf.strings.to_hash_bucket(t, 10), tf.int32),
                tf.cast(tf.strings.regex_full_match(t, "a.*"), tf.int32),
            ]
            number = tf.strings.to_number(tf.strings.as_string(tf.cast(numbers[0], tf.float32), precision=2))
            return {
                "texts": tf.stack(found),
                "numbers": tf.stack(numbers),
                "number": number,
                "whole": tf.strings.reduce_join(t, separator="_"),
                "shown": tf.strings.format("{} of {}", (t[0], tf.shape(t)[0])),
            }

    return Served()


def signatures(m):
    """The functions that are called by names."""
    names = ("look", "learn", "rounds", "assign", "strings")
    return {"serving_default" if name == "look" else name: getattr(m, name) for name in names}


# What a session is asked, in order.
FED = (
    ("serving_default", {"t": ["a", "q", "x", "zz"]}),
    ("learn", {"t": ["a", "new"]}),
    ("learn", {"t": ["z", "q"]}),
    ("rounds", {"t": ["a", "w"], "n": 3}),
    ("assign", {"x": [[1.0, 2.0]], "k": 2}),
    ("assign", {"x": [[1.0, 2.0]], "k": 2}),
    ("strings", {"t": ["abc", " b,c a", "Abc"]}),
)


def shown(tf, x):
    """A structure of tensors as JSON."""
    if isinstance(x, dict):
        return {key: shown(tf, one) for key, one in sorted(x.items())}
    if isinstance(x, (list, tuple)):
        return [shown(tf, one) for one in x]
    return plain(tf.convert_to_tensor(x).numpy())


def plain(array):
    """An array as JSON."""
    found = array.tolist() if hasattr(array, "tolist") else array
    return _decoded(found)


def _decoded(x):
    if isinstance(x, list):
        return [_decoded(one) for one in x]
    return x.decode() if isinstance(x, bytes) else x


def answers(tf, m):
    """What the functions give."""
    c = tf.constant
    calls = {
        "look": lambda: m.look(c(["a", "q", "x", "zz"])),
        "numbers": lambda: m.numbers(c([10, 20, 1, 33])),
        "learn": lambda: m.learn(c(["a", "new"])),
        "learn again": lambda: m.learn(c(["z", "q"])),
        "branch": lambda: [m.branch(c("x")), m.branch(c("a"))],
        "rounds": lambda: m.rounds(c(["a", "w"]), c(3)),
        "assign": lambda: m.assign(c([[1.0, 2.0]]), c(2)),
        "strings": lambda: m.strings(c(["abc", " b,c a", "Abc"])),
        "traced": lambda: tf.function(lambda t: m.look(t))(c(["a", "q"])),
    }
    return {name: shown(tf, call()) for name, call in calls.items()}


def fed(tf, m):
    """What a session is to give: the same calls in the program."""
    return [shown(tf, named(tf, signatures(m)[name], given)) for name, given in FED]


def named(tf, function, given):
    """A call by names, which gives a dict."""
    dtypes = {"i": tf.int32, "n": tf.int32, "k": tf.int32}
    found = function(**{key: tf.constant(value, dtypes.get(key)) for key, value in given.items()})
    if isinstance(found, dict):
        return found
    listed = found if isinstance(found, (list, tuple)) else [found]
    return {f"output_{i}": x for i, x in enumerate(listed)}
