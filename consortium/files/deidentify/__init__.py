"""De-identified copies by the Basic Application Level Confidentiality Profile (DICOM PS3.15 Annex E).

Pure: knows pydicom and the standard's table, and nothing of people, cases or the database. Runs inside `files.sandbox`.
"""
