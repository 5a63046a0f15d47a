"""SQLite databases read page by page, without running SQLite on hostile bytes."""
