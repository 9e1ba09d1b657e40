"""The files that belong to one opened DICOM file."""


def frame_name(number: int) -> str:
    """The file of frame `number`, counted from 1: 16-bit codes, or 8-bit colour."""
    return f"frame-{number:05d}.png"


def table_name(preset: str) -> str:
    """The file that holds a preset's table: one byte of grey for each code."""
    return f"table-{preset}.lut"


def small_name(number: int, preset: str) -> str:
    """A frame made small for scrolling, under a preset ("" for colour)."""
    return f"small-{preset or 'colour'}-{number:05d}.jpg"


def codes_name(number: int) -> str:
    """The stored codes in two colour channels, for browsers that apply a window by themselves."""
    return f"codes-{number:05d}.png"
