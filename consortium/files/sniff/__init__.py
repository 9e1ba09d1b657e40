"""What a file is, told by its bytes and never by its name or the type a browser claims. Pure: bytes in, verdict out."""

from .faults import Fault, Refused
from .kinds import Kind, Sample, sniff

__all__ = ["Fault", "Kind", "Refused", "Sample", "sniff"]
