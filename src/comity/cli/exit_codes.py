"""Exit statuses: what a script may rely on."""

OK = 0
BROKEN = 1
"""Something checked does not hold: a verification failed, preserved bytes changed."""
CANNOT = 2
"""The act could not be done: an option, an authorization, a file or a state is not as needed. Nothing was lost."""
INTERRUPTED = 130
"""Stopped by Ctrl-C; the same command goes on where it stopped."""
UNHEARD = 141
"""Whoever read the output left before its end (`comity requests DIR | head`); what the command did is done."""
