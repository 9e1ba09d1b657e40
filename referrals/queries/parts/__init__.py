"""What each part of a referral's page reads: one module a part, one function `part_<name>(page)`."""
