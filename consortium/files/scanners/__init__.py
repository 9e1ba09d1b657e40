"""Virus scanners: each is a function (path) -> the threat's name, "" when clean; ScannerAway when it cannot tell."""


class ScannerAway(Exception):
    """The scanner gave no verdict: the file waits, it is never passed."""
