"""The rows of pages."""

from __future__ import annotations

from tests.access.rows import Row

ROWS: list[Row] = []
