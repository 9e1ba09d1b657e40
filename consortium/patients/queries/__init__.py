"""What screens read about children: the list, a search, one record, and who looked at it."""
