"""What the tables of each browser's history mean."""
