"""What is entered about courses and their videos."""
