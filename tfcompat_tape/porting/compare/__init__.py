"""`tfcompat compare`: a script under a real TensorFlow and under this package, and whether the numbers are the same.

What comes in: a script, and the Python of a TensorFlow, or a recording that was made with one. What goes out: a
report, as text and as an HTML page. `recorder` runs the script and writes down what it computes, on both sides
and on machines without this package; `runs` starts it, `stages` says which runs it takes, `recording` reads what it
wrote, `closeness` says whether two values are the same, `align` goes along two recordings, `culprit` finds the op that
made the first difference, `listing` and `drawing` show what lies around it, `output` and `page` write the report,
`command` is the command line.
"""
