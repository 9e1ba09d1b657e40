"""Each script runs the product and its physical limit in turn, in one run, and prints one JSON object."""
