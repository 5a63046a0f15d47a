"""systemd journals in pieces: the header and objects of the file, data fields, the shortest journal of one entry, rows."""
