"""The command line: options in, casework called, tables and exit codes out."""
