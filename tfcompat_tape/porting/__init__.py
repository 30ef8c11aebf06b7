"""Running TensorFlow scripts unchanged: the import hook and the command line.

In come scripts, notebooks and folders that say `import tensorflow`. `importing.py` lets this package answer to it
(private modules: `private.py`, `internals/`), `run.py` and `notebook_runs.py` run them, `check/` reads them,
`compare/` runs them beside a real TensorFlow, `convert/` writes them in torch; `cli.py` is the command `tfcompat`.
Nothing below imports it.
"""
