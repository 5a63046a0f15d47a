"""Comity: from a victim's report of cybercrime to evidence that a foreign court accepts."""

__version__ = "0.1.0"
