"""What a source, printed or answered, allows of each question, and the estimates of it."""
