"""What TensorFlow has in private modules alone and code in the wild uses, a file for each module; all in `__all__`."""
