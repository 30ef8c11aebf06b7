"""`tfcompat check`: what a folder of TensorFlow code uses, read without running it.

What comes in: paths of scripts, packages and notebooks. What goes out: a `Report` of findings, each with its file and
line: names that are missing, arguments that are, names that differ from TensorFlow's in some corner, and code whose
gradient is not what it looks like. `sources` reads files, `uses` finds TensorFlow's names in them, `verdicts` judges a
name, `traps` looks for the code, `output` writes the report, `command` is the command line.
"""
