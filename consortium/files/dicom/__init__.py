"""DICOM files opened with pydicom and their frames written as PNG, with look-up tables for the window presets.

Runs inside `files.sandbox`. What it writes holds pixels and tables only: no name, no date, no identifier.
"""
