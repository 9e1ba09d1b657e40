"""Pages around a child's record. Every page that shows a child leaves one entry in the journal."""
