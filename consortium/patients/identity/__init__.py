"""Pure reading of names and numbers: how a name is found, and whether an identity number can be right."""
