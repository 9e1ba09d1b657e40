"""Reads for screens and the API."""

from consortium.casework.queries.rows import case_url
from consortium.files.queries.tiles import (
    Names,
    adding,
    attachment_for,
    attachment_to_look_at,
    files_of_case,
    frame_path,
    names_in,
    picture_path,
    player,
    reason_for,
    series_tile,
    sound_path,
    tile,
    tiles_of_case,
)

__all__ = [
    "Names",
    "adding",
    "attachment_for",
    "attachment_to_look_at",
    "case_url",
    "files_of_case",
    "frame_path",
    "names_in",
    "picture_path",
    "player",
    "reason_for",
    "series_tile",
    "sound_path",
    "tile",
    "tiles_of_case",
]
