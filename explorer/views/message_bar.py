"""The one place where the application tells the person something."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton, ToolButton
from explorer.views.word_label import WordLabel


class MessageBar(QFrame):
    """A sentence, perhaps with something to do about it, in a row of its own.

    Parameters
    ----------
    theme : Theme
    """

    offered = Signal(str)  # the suggestion was taken

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "message")
        self._suggestion = ""
        font = sans(theme.px(BODY))
        self._label = WordLabel()
        self._label.setFont(font)
        self._label.setWordWrap(True)
        self._offer = PushButton()
        self._offer.setFont(font)
        self._offer.setProperty("role", "primary")
        self._offer.clicked.connect(self._take)
        close = ToolButton()
        close.setText("×")
        close.setProperty("role", "close")
        close.setToolTip("Close (Esc)")
        close.setAccessibleName("Close the message")
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*map(theme.px, (16, 7, 10, 7)))
        layout.setSpacing(theme.px(12))
        layout.addWidget(self._label, 1)
        layout.addWidget(self._offer)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence on show; empty if there is none."""
        return "" if self.isHidden() else self._label.text()

    def tell(self, sentence: str, suggestion: str | None = None) -> None:
        """Show a sentence.

        Parameters
        ----------
        sentence : str
        suggestion : str, optional
            A name that is offered to be run instead.
        """
        self._suggestion = suggestion or ""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self._offer.setVisible(bool(suggestion))
        self._offer.setText(f"Run “{suggestion}”")
        self.show()

    def take_over(self, old: MessageBar) -> None:
        """Show the message that another bar shows."""
        if not old.isHidden():
            self.tell(old.text, old._suggestion or None)

    def _take(self) -> None:
        self.hide()
        self.offered.emit(self._suggestion)
