"""What the consortium achieves, in numbers beside the published ones. Reads the features, changes none."""
