"""Requests to other states: routed, drafted, checked, gated. Pure."""
