"""Instruments, parties, powers and routes as dated, cited data, and the reasoning over them. Pure."""
