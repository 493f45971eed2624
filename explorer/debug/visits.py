"""The history of what was selected, walked back and forth like that of a browser."""

from __future__ import annotations

LIMIT = 500


class Visits:
    """Nodes in the order in which they were selected, and where one is among them.

    Parameters
    ----------
    node : int, optional
        The first.
    """

    def __init__(self, node: int | None = None) -> None:
        self._nodes = [] if node is None else [node]
        self._at = len(self._nodes) - 1

    def add(self, node: int) -> None:
        """Note a selection; what came after where one is falls away."""
        if not self._nodes or node != self._nodes[self._at]:
            del self._nodes[self._at + 1 :]
            self._nodes = [*self._nodes, node][-LIMIT:]
            self._at = len(self._nodes) - 1

    def can_revisit(self, direction: int, shown: int | None) -> bool:
        """Return whether there is an earlier (-1) or later (1) selection than the shown one."""
        return 0 <= self._revisited(direction, shown) < len(self._nodes)

    def revisit(self, direction: int, shown: int | None) -> int:
        """Go back (-1) or on (1) from the shown selection, and return the one that is there."""
        self._at = self._revisited(direction, shown)
        return self._nodes[self._at]

    def _revisited(self, direction: int, shown: int | None) -> int:
        """Return where in the history a step leads.

        From none of it, as after steps or with no selection, it first leads back to where one was.
        """
        away = bool(self._nodes) and shown != self._nodes[self._at]
        return self._at + (0 if away and direction < 0 else direction)
