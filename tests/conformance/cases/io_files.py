"""tf.io and tf.io.gfile on files, which the cases make in a directory of their own; records."""

import gzip
import pathlib
import shutil
import tempfile
import zlib

from conformance_kit import raises, script


def ask(name, expressions):
    """A script that evaluates lines one after the other; `D` is an empty directory, and stands so in the answers."""
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(name)
    def _(tf):
        directory = tempfile.mkdtemp()

        def short(x):
            if isinstance(x, str):
                return x.replace(directory, "D")
            if isinstance(x, bytes):
                return x.replace(directory.encode(), b"D")
            if isinstance(x, (list, tuple)):
                return [short(one) for one in x]
            if tf.is_tensor(x) and x.dtype == tf.string:
                value = x.numpy()
                return [x.shape, short(value if isinstance(value, bytes) else value.tolist())]
            return x

        names = {
            "tf": tf,
            "io": tf.io,
            "g": tf.io.gfile,
            "G": tf.io.gfile.GFile,
            "W": tf.io.TFRecordWriter,
            "O": tf.io.TFRecordOptions,
            "D": directory,
            "path": pathlib.Path(directory),
            "zlib": zlib,
            "gzip": gzip,
            "j": lambda *parts: "/".join([directory, *parts]),
            "data": lambda name: pathlib.Path(directory, name).read_bytes(),
            "put": lambda file, text: [file.write(text), file.close()],
            "walked": lambda *args, **options: sorted(
                [a, sorted(b), sorted(c)] for a, b, c in tf.io.gfile.walk(*args, **options)
            ),
            "using": lambda file, use: [use(file), file.close()][0],
        }
        try:
            return {
                f"{i} {line}": short(raises(lambda line=line: eval(line, names)))
                for i, line in enumerate(lines)
            }
        finally:
            shutil.rmtree(directory)


ask(
    "io: files",
    r"""
    io.write_file(j('a.txt'), b'hi\n\xff')
    io.read_file(j('a.txt'))
    io.read_file(j('nope'))
    io.read_file(D)
    io.read_file([j('a.txt')])
    io.read_file(3)
    io.read_file('')
    io.write_file(j('x', 'y', 'b.txt'), 'b')
    g.exists(j('x', 'y', 'b.txt'))
    io.write_file(j('c'), 3)
    io.write_file(j('c'), ['a'])
    io.write_file(['c'], 'a')
    io.write_file(D, 'a')
    io.write_file(j('a.txt', 'z'), 'a')
    io.matching_files(j('*.txt'))
    io.matching_files(j('*.q'))
    io.matching_files([j('*.txt'), j('x/y/*')])
    io.matching_files([[j('*.txt')]])
    io.matching_files(3)
    io.match_filenames_once(j('*.txt')).numpy().tolist()
    io.match_filenames_once(j('*.q')).shape
    """,
)
ask(
    "io.gfile: directories",
    r"""
    io.write_file(j('a.txt'), 'abcd')
    io.write_file(j('x', 'y', 'b.txt'), 'b')
    io.write_file(j('.hidden'), 'b')
    [g.exists(j('a.txt')), g.exists(j('nope')), g.exists(D), g.exists(path), g.exists(j('a.txt').encode())]
    g.exists(3)
    [g.isdir(D), g.isdir(j('a.txt')), g.isdir(j('nope'))]
    g.isdir(3)
    sorted(g.listdir(D))
    g.listdir(j('nope'))
    g.listdir(j('a.txt'))
    g.mkdir(j('m'))
    g.mkdir(j('m'))
    g.mkdir(j('q', 'r'))
    g.mkdir(j('a.txt'))
    g.makedirs(j('q', 'r'))
    g.makedirs(j('q', 'r'))
    g.makedirs(j('a.txt', 'z'))
    g.makedirs(j('a.txt'))
    sorted(g.glob(j('*')))
    sorted(g.glob([j('*.txt'), j('m*')]))
    g.glob(j('zz*'))
    sorted(g.glob(j('**/*.txt')))
    sorted(g.glob(j('*/*')))
    g.glob(j('[ab].txt'))
    g.glob(j('?.txt'))
    g.glob(j('{a,b}.txt'))
    g.glob(j('a.txt'))
    g.copy(j('a.txt'), j('b.txt'))
    g.copy(j('a.txt'), j('b.txt'))
    g.copy(j('a.txt'), j('b.txt'), overwrite=True)
    g.copy(j('nope'), j('z'))
    g.copy(j('a.txt'), j('no', 'z'))
    g.rename(j('b.txt'), j('c.txt'))
    g.rename(j('c.txt'), j('a.txt'))
    g.rename(j('c.txt'), j('d.txt'), overwrite=True)
    g.rename(j('nope'), j('z'))
    g.remove(j('d.txt'))
    g.remove(j('nope'))
    g.remove(j('m'))
    g.rmtree(j('q'))
    g.rmtree(j('nope'))
    g.stat(j('a.txt')).length
    [type(g.stat(j('a.txt')).mtime_nsec).__name__, g.stat(j('a.txt')).is_directory, g.stat(D).is_directory]
    g.stat(j('nope'))
    walked(D)
    walked(D, topdown=False)
    [a for a, b, c in g.walk(j('x'))]
    [a for a, b, c in g.walk(j('x'), topdown=False)]
    walked(j('nope'))
    [g.join('a', 'b'), g.join('a/', '/b'), g.join('a'), g.join(b'a', b'b'), g.join('gs://x', 'y'), g.join('a', '', 'b')]
    """,
)
ask(
    "io.gfile.GFile",
    r"""
    put(G(j('t.txt'), 'w'), 'l1\nl2\nl3')
    G(j('t.txt')).read()
    G(j('t.txt'), 'rb').read()
    G(j('t.txt')).read(4)
    list(G(j('t.txt')))
    G(j('t.txt')).readlines()
    G(j('t.txt')).readline()
    list(G(j('t.txt'), 'rb'))
    using(G(j('t.txt')), lambda f: [f.seek(3), f.read(2), f.tell(), f.size(), f.seekable()])
    using(G(j('t.txt')), lambda f: [f.seek(-2, 2), f.read()])
    using(G(j('t.txt')), lambda f: [f.read(1), f.seek(1, 1), f.read(1)])
    using(G(j('t.txt')), lambda f: [f.seek(offset=1), f.tell(), f.read(1)])
    using(G(j('t.txt')), lambda f: [f.seek(position=1), f.read(1)])
    using(G(j('t.txt')), lambda f: f.seek())
    using(G(j('t.txt')), lambda f: f.seek(100))
    using(G(j('t.txt')), lambda f: f.seek(-1))
    using(G(j('t.txt')), lambda f: f.seek(1, 5))
    using(G(j('t.txt')), lambda f: [f.read(2), f.close(), f.read(2)])
    using(G(j('t.txt')), lambda f: [f.name, f.mode, f.flush()])
    using(G(j('t.txt')), lambda f: [next(f), f.next(), next(f)])
    using(G(j('t.txt')), lambda f: [f.read(), f.read(), f.readline()])
    G(j('t.txt')).write('x')
    G(j('u.txt'), 'w').read()
    G(j('u.txt'), 'z')
    G(j('t.txt'), 'rt').read(2)
    G(j('nope')).read()
    G(j('nope')).name
    G(j('nope')).size()
    G(D).read()
    G(3).read()
    put(G(j('t.txt'), 'a'), 'more')
    G(j('t.txt')).read()
    put(G(j('u.txt'), 'w'), b'x')
    put(G(j('u.txt'), 'wb'), 'xy')
    data('u.txt')
    put(G(j('u.txt'), 'w'), 3)
    put(G(j('u.txt'), 'wb'), b'\xff')
    G(j('u.txt')).read()
    G(j('u.txt'), 'rb').read()
    G(j('t.txt'), 'r+').read()
    G(j('t.txt')).read(-5)
    G(j('t.txt')).read(-1)
    put(G(j('no', 'dir'), 'w'), 'x')
    using(G(j('w.txt'), 'w'), lambda f: [f.write('abc'), f.tell(), f.flush(), f.size()])
    G(path / 't.txt').read(2)
    G(j('t.txt').encode()).read(2)
    """,
)
ask(
    "io.TFRecordWriter",
    r"""
    using(W(j('r')), lambda w: [w.write(b'hello'), w.write(b''), w.write('text'), w.flush()])
    data('r')
    using(W(j('long')), lambda w: w.write(bytes(range(256)) * 40))
    [len(data('long')), data('long')[:12], data('long')[-4:]]
    using(W(j('many')), lambda w: [w.write(bytes([n]) * n) for n in (1, 7, 255)])
    data('many')
    W(j('r2')).write(3)
    using(W(j('r3'), 'ZLIB'), lambda w: w.write(b'hello' * 10))
    zlib.decompress(data('r3'))
    using(W(j('r4'), O(compression_type='GZIP', compression_level=1)), lambda w: w.write(b'x'))
    gzip.decompress(data('r4'))
    using(W(j('r5'), O('')), lambda w: w.write(b'x'))
    data('r5')
    using(W(j('r6'), options='GZIP'), lambda w: [w.write(b'x'), w.close(), w.write(b'y')])
    O('LZ')
    [O().compression_type, O('GZIP').compression_type]
    vars(O('ZLIB', window_bits=9))
    [O.get_compression_type_string(O('GZIP')), O.get_compression_type_string('ZLIB')]
    O.get_compression_type_string(None)
    O.get_compression_type_string(O())
    O.get_compression_type_string('Q')
    O.compression_type_map
    W(j('r7'), 'LZ')
    W(j('no', 'r5'))
    W(3)
    """,
)


ask(
    "GFile: carriage returns, and reading what was written",
    r"""
    (path / "a").write_bytes(b"a\rb\r\nc\r\r\nd\r")
    list(G(D + "/a"))
    list(G(D + "/a", "rb"))
    (lambda f: [f.readline(), f.tell(), f.read(2), f.readlines(), f.tell()])(G(D + "/a"))
    (path / "a").write_bytes(b"0123")
    (lambda f: [f.write("x"), f.flush(), f.tell(), f.read(), f.close()])(G(D + "/a", "a+"))
    (lambda f: [f.read(), f.write("yz"), f.flush(), f.close()])(G(D + "/a", "a+"))
    (lambda f: [f.write("ab"), f.flush(), f.read(), f.close()])(G(D + "/a", "w+"))
    (lambda f: [f.read(), f.write("c"), f.close()])(G(D + "/a", "r+"))
    (path / "a").read_bytes()
    """,
)

ask(
    "a file for rmtree, and patterns that overlap",
    """
    (path / "a").write_bytes(b"x")
    io.matching_files([D + "/a", D + "/*"])
    g.rmtree(D + "/a")
    g.listdir(D)
    """,
)
