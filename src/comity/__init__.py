"""Comity: from a victim's report of cybercrime to evidence that a foreign court accepts."""
