"""One pass, observed: recorded as columns, queried by time. Knows numpy, and nothing of Qt."""
