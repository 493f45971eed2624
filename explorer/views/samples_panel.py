"""Documents that the model made up on the way."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.runs.desk import RunDesk
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.word_label import WordLabel


class SamplesPanel(QWidget):
    """What was last made up at or before the shown step.

    Parameters
    ----------
    desk : RunDesk
    theme : Theme
    """

    def __init__(self, desk: RunDesk, theme: Theme) -> None:
        super().__init__()
        self._desk = desk
        heading = WordLabel("SAMPLES")
        heading.setProperty("role", "heading")
        self.origin = WordLabel()
        self.origin.setProperty("role", "muted")
        self.origin.setFont(sans(theme.px(SMALL)))
        self.origin.setContentsMargins(*map(theme.px, (14, 0, 14, 4)))
        self.origin.setWordWrap(True)
        self.documents = QLabel()
        self.documents.setFont(mono(theme.px(16)))
        self.documents.setWordWrap(True)
        self.documents.setTextFormat(Qt.TextFormat.RichText)
        self.documents.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.documents.setContentsMargins(*map(theme.px, (14, 0, 14, 10)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(6), 0, 0)
        column.setSpacing(0)
        for widget in (heading, self.origin, self.documents):
            column.addWidget(widget)
        self.refresh()

    def refresh(self) -> None:
        """Show what belongs to the shown step."""
        record, shown = self._desk.record, self._desk.samples_shown
        self.documents.setVisible(bool(shown))
        if shown:
            what = "at the end" if shown[0].final else f"after step {numbers.count(shown[0].step)}"
            heat = f", temperature {record.settings.temperature:g}" if record else ""
            self.origin.setText(f"Made up {what}{heat}")
            words = (escape(sample.document) or "∅" for sample in shown)
            self.documents.setText(" &nbsp; ".join(w.replace(" ", "&nbsp;") for w in words))
        elif record is None:
            self.origin.setText("")
        elif record.settings.samples_every:
            every = numbers.count(record.settings.samples_every)
            self.origin.setText(f"None yet: some are made up every {every} steps.")
        else:
            self.origin.setText("None before the end.")
