"""Writing people, seats, invitations and credentials. A package: one module for each of them."""
