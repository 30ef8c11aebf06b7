"""What makes the functions of `tf.experimental.numpy`, one idea a file; loaded when first used."""
