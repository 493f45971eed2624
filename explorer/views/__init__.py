"""The window, one widget a file. Widgets are given the session and listen to it."""
