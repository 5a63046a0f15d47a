"""Formats read into the tables of `observables`, each in one file, in a sandboxed child process."""
