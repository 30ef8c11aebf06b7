"""tf.io for tensors and strings: raw bytes, base 64, compression, tables, JSON, serialized tensors."""

import gzip
import zlib

import numpy as np
from cases._plain import ask

TENSORS = (
    "tf.constant([[1.5, -2.0]])",
    "tf.constant([1, -2, 300])",
    "tf.constant(['a', '\\xe9', ''])",
    "tf.constant([True, False])",
    "tf.constant([1.5], tf.float16)",
    "tf.constant([1.5, 2], tf.bfloat16)",
    "tf.constant([1 + 2j], tf.complex64)",
    "tf.constant([1 + 2j], tf.complex128)",
    "tf.constant(5, tf.int64)",
    "tf.constant([1, 255], tf.uint8)",
    "tf.constant([-1], tf.int8)",
    "tf.constant([1], tf.uint16)",
    "tf.constant([-1], tf.int16)",
    "tf.constant([1], tf.uint32)",
    "tf.constant([1], tf.uint64)",
    "tf.constant(0.1, tf.float64)",
    "tf.zeros([0, 2])",
    "tf.constant([], tf.string)",
    "tf.constant('x')",
)
NUMBERS = [
    "int64",
    "int8",
    "int16",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "complex64",
    "complex128",
    "bool",
    "uint8",
    "int32",
    "float32",
]


def scope(tf):
    return {
        "tf": tf,
        "np": np,
        "io": tf.io,
        "csv": tf.io.decode_csv,
        "proto": tf.make_tensor_proto,
        "array": tf.make_ndarray,
        "P": type(tf.make_tensor_proto(1)),
        "data": lambda *args, **options: tf.make_tensor_proto(*args, **options).SerializeToString(),
        "dims": lambda shape: tf.TensorShape(shape).as_proto(),
        "s": tf.io.serialize_tensor(tf.constant([1.0, 2.0])).numpy(),
        "sp": tf.SparseTensor([[0, 1], [1, 0]], [5.0, 6.0], [2, 3]),
        "z": zlib.compress(b"hello", 6),
        "g": gzip.compress(b"hello" * 3, 6, mtime=0),
    }


ask(
    "io.encode_base64, io.decode_base64",
    scope,
    r"""
    io.encode_base64('')
    io.encode_base64('a')
    io.encode_base64('ab')
    io.encode_base64('abc')
    io.encode_base64(b'\xff\xfe~')
    io.encode_base64('', pad=True)
    io.encode_base64('a', pad=True)
    io.encode_base64('ab', pad=True)
    io.encode_base64('abc', pad=True)
    io.encode_base64(['a', 'bb'])
    io.encode_base64(3)
    io.encode_base64(tf.constant(3))
    io.decode_base64('')
    io.decode_base64('YQ')
    io.decode_base64('YQ==')
    io.decode_base64('YQ=')
    io.decode_base64('YWI')
    io.decode_base64('YWI=')
    io.decode_base64('Y')
    io.decode_base64('+/+/')
    io.decode_base64('-_-_')
    io.decode_base64('YW I')
    io.decode_base64('YQ===')
    io.decode_base64('====')
    io.decode_base64('YR')
    io.decode_base64('A=B=')
    io.decode_base64('YWJjZA==')
    io.decode_base64(b'\xff\xff\xff\xff')
    io.decode_base64(3)
    io.decode_base64(['YQ', 'YWI'])
    """,
)
ask(
    "io.decode_raw",
    scope,
    r"""
    io.decode_raw(['\x01\x00\x00\x00', '\x00\x00\x01\x00'], tf.int32)
    io.decode_raw('\x00\x01', tf.int16, little_endian=False)
    io.decode_raw('abc', tf.int16)
    io.decode_raw(['ab', 'abcd'], tf.int16)
    io.decode_raw([''], tf.int16)
    io.decode_raw(tf.constant([], tf.string), tf.int16)
    io.decode_raw('\x01\x00\x01', tf.bool)
    io.decode_raw('a', tf.string)
    io.decode_raw(b'\0' * 8, tf.complex64)
    io.decode_raw(b'\0\0\x80\x3f\0\0\0\x40', tf.complex64)
    io.decode_raw(b'\x3f\x80\0\0\x40\0\0\0', tf.complex64, little_endian=False)
    io.decode_raw(b'\x80\x3f', tf.bfloat16)
    io.decode_raw(b'\0\x3f\0\0', tf.uint32)
    io.decode_raw(b'\0\x3f\0\0', 'no')
    io.decode_raw(['abc', 'abcdefgh'], tf.uint8, fixed_length=4)
    io.decode_raw(['abc'], tf.int16, fixed_length=3)
    io.decode_raw(['abc'], tf.int16, fixed_length=0)
    io.decode_raw(['ab'], tf.int16, fixed_length=4, little_endian=False)
    io.decode_raw([['ab', 'cd']], tf.uint8)
    io.decode_raw([1], tf.int16)
    """,
)
ask(
    "io.decode_compressed",
    scope,
    """
    io.decode_compressed([z], 'ZLIB')
    io.decode_compressed(g, 'GZIP')
    io.decode_compressed(g + g, 'GZIP')
    io.decode_compressed('abc')
    io.decode_compressed('abc', 'ZLIB')
    io.decode_compressed(z, 'GZIP')
    io.decode_compressed(g, 'ZLIB')
    io.decode_compressed('abc', 'LZ')
    io.decode_compressed(z[:-5], 'ZLIB')
    io.decode_compressed('', 'ZLIB')
    io.decode_compressed(3)
    """,
)
ask(
    "io.decode_csv",
    scope,
    r"""
    csv(['1,2.5,a', '3,,b'], [[0], [7.0], ['x']])
    csv(['"a,b","c""d"', 'e,f'], [[''], ['']])
    csv(['"a,b"'], [[''], ['']], use_quote_delim=False)
    csv(['x'], [[0]])
    csv(['x'], [[0.0]])
    csv(['1.5'], [[0]])
    csv([',1'], [tf.constant([], tf.int32), [0]])
    csv(['2,1'], [tf.constant([], tf.int32), [0]])
    csv(['1,1'], [tf.int32, tf.float64])
    csv(['1'], [[0], [0]])
    csv(['1,2,3'], [[0], [0]])
    csv(['NA,2'], [[5], [0]], na_value='NA')
    csv(['1,2,3'], [[0], [0]], select_cols=[0, 2])
    csv(['1,2,3'], [[0], [0]], select_cols=[2, 0])
    csv(['1,2,3'], [[0], [0]], select_cols=[2])
    csv(['1,2,3'], [[0], [0]], select_cols=[1, 1])
    csv(['1,2,3'], [[0], [0]], select_cols=[-1, 1])
    csv(['1,2,3'], [[0], [0]], select_cols=[1, 9])
    csv(['1|2'], [[0], [0]], field_delim='|')
    csv(['1|2'], [[0], [0]], field_delim='||')
    csv('1,2', [[0], [0]])
    csv([['1,2'], ['3,4']], [[0], [0]])
    csv([' 1 , 2 '], [[0], [0.0]])
    csv(['a"b,c'], [[''], ['']])
    csv(['"a"b,c'], [[''], ['']])
    csv(['"ab,c'], [[''], ['']])
    csv(['"1","2"'], [[0], [0.0]])
    csv(['1,2\n'], [[0], [0]])
    csv(['a,b\r\n'], [[''], ['']])
    csv(['"a\nb",b'], [[''], ['']])
    csv(['9223372036854775807'], [tf.constant([0], tf.int64)])
    csv(['99999999999'], [[0]])
    csv(['1'], [[True]])
    csv([''], [[3]])
    csv(['', ','], [[3], [4]])
    csv(['1,'], [[3], [4]])
    csv([',1'], [[3], [4]])
    csv(tf.constant([], tf.string), [[3], [4]])
    csv(['1'], [[3, 4]])
    csv(['1'], [3])
    csv(['1'], [[[3]]])
    csv(['1e400,0x10,inf,nan'], [[0.0], [0.0], [0.0], [0.0]])
    csv(['0.1'], [tf.constant([], tf.float64)])
    csv([b'\xff,\xc3\xa9'], [[''], ['']])
    csv([1], [[3]])
    """,
)
ask(
    "io.decode_json_example",
    scope,
    """
    io.decode_json_example('{"features":{"feature":{"a":{"int64List":{"value":["1", 2, -3]}}}}}')
    io.decode_json_example(['{"features":{"feature":{"b":{"bytes_list":{"value":["YQ=="]}}}}}'])
    io.decode_json_example('{"features":{"feature":{"a":{"floatList":{"value":[1.5,"NaN","-Infinity",2]}}}}}')
    io.decode_json_example('{}')
    io.decode_json_example('{"features":{}}')
    io.decode_json_example('{"features":{"feature":{"a":{}}}}')
    io.decode_json_example('{"features":{"feature":{"a":{"int64List":{}}}}}')
    io.decode_json_example('{"features":3}')
    io.decode_json_example('xx')
    io.decode_json_example('{"q":3}')
    io.decode_json_example('{"features":{"feature":{"a":{"int64List":{"value":[1.5]}}}}}')
    io.decode_json_example('{"features":{"feature":{"a":{"int64List":{"value":["x"]}}}}}')
    io.decode_json_example('{"features":{"feature":{"a":{"int64List":{"value":3}}}}}')
    io.decode_json_example('[]')
    io.decode_json_example(3)
    """,
)
ask(
    "io.serialize_tensor",
    scope,
    "\n".join(f"io.serialize_tensor({x})" for x in TENSORS)
    + """
    io.serialize_tensor([1, 2])
    io.serialize_tensor(tf.Variable([1, 2]))
    """,
)
ask(
    "io.parse_tensor",
    scope,
    "\n".join(f"io.parse_tensor(io.serialize_tensor({x}), {x}.dtype)" for x in TENSORS)
    + """
    io.parse_tensor(s, tf.int32)
    io.parse_tensor(s[:-3], tf.float32)
    io.parse_tensor(s[:1], tf.float32)
    io.parse_tensor('hello', tf.float32)
    io.parse_tensor('', tf.float32)
    io.parse_tensor([s], tf.float32)
    io.parse_tensor(3, tf.float32)
    io.parse_tensor(data([1.5] * 4), tf.float32)
    io.parse_tensor(P(dtype=1, tensor_shape=dims([3]), float_val=[1, 2]).SerializeToString(), tf.float32)
    io.parse_tensor(P(dtype=1, tensor_shape=dims([3])).SerializeToString(), tf.float32)
    io.parse_tensor(P(dtype=7, tensor_shape=dims([2])).SerializeToString(), tf.string)
    io.parse_tensor(P(dtype=1, tensor_shape=dims([1]), float_val=[1, 2]).SerializeToString(), tf.float32)
    io.parse_tensor(P(dtype=1, tensor_shape=dims([3]), tensor_content=b'1234').SerializeToString(), tf.float32)
    io.parse_tensor(P(dtype=1, tensor_shape=dims(None), float_val=[1]).SerializeToString(), tf.float32)
    io.parse_tensor(P(dtype=1, tensor_shape=dims([None]), float_val=[1]).SerializeToString(), tf.float32)
    io.parse_tensor(P(dtype=77, float_val=[1]).SerializeToString(), tf.float32)
    """,
)
ask(
    "make_tensor_proto",
    scope,
    "\n".join(f"data({x}.numpy())" for x in TENSORS)
    + "\n"
    + "\n".join(f"data(np.array([1, 0], '{name}'))" for name in NUMBERS)
    + "\n"
    + "\n".join(f"data(np.array([1], '{name}'))" for name in NUMBERS)
    + """
    proto([1.5, 2.5])
    proto([1, 2], shape=[2, 2], dtype=tf.int32)
    proto([1, 2], shape=[3], verify_shape=True)
    proto([1, 2], shape=[2], verify_shape=True)
    proto(['a', 'b'])
    proto(3)
    proto([1, 2, 3], shape=[2])
    proto(None)
    proto(tf.constant([1.0]))
    proto(tf.bfloat16.as_numpy_dtype(1.5))
    proto([True, False])
    proto([1 + 2j])
    proto([1.5], dtype=tf.int32)
    proto(np.array([1.5, 1.5, 1.5]))
    proto([], dtype=tf.float32)
    proto([])
    proto(1.5, shape=[4])
    data([1, 2], shape=[2])
    data([1, 2, 3, 4], shape=[2, 2])
    data(np.array([1, 2], np.int32), shape=[4])
    data('a', shape=[2])
    data(b'\\xff')
    data(np.zeros([0], np.float32))
    data(1.0, shape=[0])
    data([1.0, 1.0], shape=[2], allow_broadcast=True)
    data([1.0], shape=[2], allow_broadcast=True)
    data([1, 2], dtype=tf.float32)
    data(np.array([1.5, 2.5]), dtype=tf.float32)
    data(np.array([1.5, 2.5]), dtype=tf.int32)
    data(2**40)
    data('a', dtype=tf.int32)
    data([[1], [2, 3]])
    data([[1.0, 2.0], [3.0, 4.0]])
    data(np.array(['a', 'bc']))
    data(np.arange(6).reshape(2, 3).T)
    [(f.name, f.number) for f in type(proto(1)).DESCRIPTOR.fields if f.number not in (14, 15)]
    """,
)
ask(
    "make_ndarray",
    scope,
    "\n".join(f"array(proto(np.array([1, 0], '{name}')))" for name in NUMBERS)
    + "\n"
    + "\n".join(f"array(proto(np.array([1], '{name}')))" for name in NUMBERS)
    + """
    array(proto(1.5, shape=[4]))
    array(proto(['a', 'b']))
    array(proto(tf.bfloat16.as_numpy_dtype(1.5)))
    array(3)
    array(P(dtype=1, tensor_shape=dims([3]), float_val=[1, 2]))
    array(P(dtype=1, tensor_shape=dims([3])))
    array(P())
    tf.constant(proto([1.0]))
    """,
)
ask(
    "io: SparseTensors as strings",
    scope,
    """
    io.serialize_sparse(sp)
    io.serialize_many_sparse(sp)
    io.deserialize_many_sparse(io.serialize_many_sparse(sp), tf.float32)
    io.deserialize_many_sparse(tf.stack([io.serialize_sparse(sp)] * 2), tf.float32)
    io.deserialize_many_sparse(io.serialize_many_sparse(sp), tf.int32)
    io.deserialize_many_sparse(io.serialize_many_sparse(sp), tf.float32, rank=2)
    io.deserialize_many_sparse(io.serialize_many_sparse(sp), tf.float32, rank=1)
    io.deserialize_many_sparse(io.serialize_many_sparse(sp), tf.float32, rank=3)
    io.deserialize_many_sparse(io.serialize_sparse(sp), tf.float32)
    io.deserialize_many_sparse([['a', 'b', 'c']], tf.float32)
    io.deserialize_many_sparse(['a', 'b'], tf.float32)
    io.serialize_sparse(3)
    io.serialize_sparse(tf.constant([1.0]))
    io.serialize_sparse(sp, out_type=tf.int32)
    io.serialize_many_sparse(3)
    io.serialize_many_sparse(tf.SparseTensor([[0]], [1], [2]))
    io.serialize_many_sparse(tf.SparseTensor([[1, 0], [0, 0]], [1, 2], [2, 2]))
    io.serialize_many_sparse(tf.SparseTensor([[5, 0]], [1], [2, 2]))
    io.deserialize_many_sparse(io.serialize_many_sparse(tf.SparseTensor([[0, 1]], ['a'], [3, 2])), tf.string)
    """,
)
