"""Other people's formats: CASE/UCO, STIX, documents, the report, the bundle."""
