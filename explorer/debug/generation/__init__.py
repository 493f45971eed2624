"""Names made up token by token: what is drawn, where the random numbers fall, and many at once."""
