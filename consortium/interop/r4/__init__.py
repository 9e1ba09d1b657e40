"""The vocabulary of FHIR R4 as plain dicts: building blocks, bundles, search, and a reader. It knows no row of ours."""
