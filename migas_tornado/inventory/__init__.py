"""What computers tell about themselves: their software and their hardware."""
