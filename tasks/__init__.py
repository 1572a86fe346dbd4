"""What runs on a clock or in the background: scheduler, leader election, jobs, process pool."""
