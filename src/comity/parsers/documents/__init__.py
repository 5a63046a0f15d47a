"""What documents of several formats have in common, and the formats' own parts."""
