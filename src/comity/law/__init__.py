"""Instruments, parties, powers and routes as dated, cited data, and the reasoning over them. Pure.

Public: `corpus.read`, `route.route`, `instrument.binds`, `time_limit`, `provision_text`, `provision.Need`.
"""
