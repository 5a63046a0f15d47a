"""Acquiring and keeping exhibits: authorizations, one-pass acquisition, the write-once store, custody."""
