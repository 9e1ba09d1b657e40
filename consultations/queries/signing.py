"""Who signed an answer or an opinion, in the reader's language: as casework tells it."""

from consortium.casework.queries.signing import signature, signer_name, spoken_title

__all__ = ["signature", "signer_name", "spoken_title"]
