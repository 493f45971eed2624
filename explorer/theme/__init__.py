"""How things look: colours, text sizes, icons."""
