"""Functions as TensorFlow's graphs: nodes with names, from the notes of a trace."""
