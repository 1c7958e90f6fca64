"""What was printed: a survey file, validated into frozen data."""
