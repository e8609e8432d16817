"""Health and sight: is this process alive, is it ready, what does it count. See README.md."""
