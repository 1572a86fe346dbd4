"""What happens when people change properties, attributes, tags and attribute sets."""
