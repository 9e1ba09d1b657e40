"""What every case shares: services, the ball and its ledger, clocks, the thread."""
