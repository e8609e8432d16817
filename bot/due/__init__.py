"""What happens by itself at a time: one flat module each, declaring ``DUE``."""
