"""What tables answer differently on purpose (docs/differences.md)."""

import tfcompat_tape as tf


def test_a_dense_table_exports_the_keys_that_are_there():
    table = tf.lookup.experimental.DenseHashTable(tf.int64, tf.float32, 0.0, empty_key=0, deleted_key=-1)
    table.insert([3, 4], [0.5, 1.5])
    keys, values = table.export()
    assert dict(zip(keys.numpy().tolist(), values.numpy().tolist(), strict=True)) == {3: 0.5, 4: 1.5}
