"""Clinical arithmetic without a row or a request: units, growth, early warning scores, doses, each with its trace."""
