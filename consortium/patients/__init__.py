"""The child: identity, guardians, consents, and the pathway over all tiers."""
