"""FHIR R4: what the records here look like to other systems, and the router under /fhir/R4/ that serves them."""
