"""Windows event logs in pieces: the frame of chunks and records, what events mean, rows of the event table."""
