"""What has to be done from time to time whether or not anybody asks for it."""
