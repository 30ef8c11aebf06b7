"""What follows: a gradient is `None` if each way from the source to the target is broken somewhere.

In: a `question`, and the notes. All that the target was computed from is a graph (`provenance`); its edges are
judged one by one (`judge`), and the way with the fewest breaks is the answer. If there is no way at all, `apart` says
what is known of the two ends; if there are no notes, `untraced` says what the list tells. Out: a `report.Connection`.
"""
