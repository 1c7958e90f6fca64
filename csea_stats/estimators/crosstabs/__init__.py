"""What two printed margins leave open about the table between them."""
