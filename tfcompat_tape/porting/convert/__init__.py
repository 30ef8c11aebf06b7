"""`tfcompat convert`: the same script in torch, and in TensorFlow's names where torch has nothing that is the same.

What comes in: a script or a notebook that runs. What goes out: its text, of which nothing has changed but what had to.
`reading` opens the file, `cells` makes one script of a notebook and a notebook of what it became, `source` is the
script as text and tree, `observe` runs it and notes what each expression is, `table` and `helpers` say what torch has
for a name, `expressions`, `calls`, `creating`, `assigning`, `statements` and `tapes` rewrite, `script` puts it
together, `runs` compares the runs of both, `command` is the command line.
"""
