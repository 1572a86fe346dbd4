"""What people at a computer may choose: applications and devices. Contract: agent-v5 10."""
