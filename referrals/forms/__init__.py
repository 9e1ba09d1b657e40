"""What people type about a referral."""
