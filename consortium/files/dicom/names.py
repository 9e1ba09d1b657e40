"""The files that belong to one opened DICOM file."""


def frame_name(number: int) -> str:
    """The file of frame `number`, counted from 1: 16-bit codes, or 8-bit colour."""
    return f"frame-{number:05d}.png"


def table_name(preset: str) -> str:
    """The file that holds a preset's table: one byte of grey for each code."""
    return f"table-{preset}.lut"
