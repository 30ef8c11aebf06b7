"""What `tf.RaggedTensor` and `tf.ragged` consist of, one idea a file; loaded when the first of their names is used."""
