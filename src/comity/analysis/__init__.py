"""What the records show: findings with traces, methods and strengths. Pure: tables and snapshots in, findings out."""
