"""Requests to other states: routed, drafted, checked, gated. Pure.

Public: `preparation.prepare` and `lines`, `drafting.RequestingUnit`, `request`, `request_json`, `explanation.explain`, `gate`, `lint`.
"""
