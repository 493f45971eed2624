"""Where things stand: pure geometry on the graph. Knows networkx, and nothing of painting."""
