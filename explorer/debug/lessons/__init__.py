"""Lessons: lists of saved states, each with a caption."""
