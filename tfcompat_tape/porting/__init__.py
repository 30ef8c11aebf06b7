"""Running TensorFlow scripts unchanged: the import hook and the command line."""
