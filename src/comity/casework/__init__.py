"""One use case per file; the clock, the locks and the case folder live here."""
