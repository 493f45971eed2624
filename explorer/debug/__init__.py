"""The debugger without a window: what is shown, and the commands that change it. No Qt here."""
