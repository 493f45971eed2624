"""The tokenizer: letters to ids and back."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from explorer.debug.generation.spelling import Piece, ids_of, pieces_of, read_ids
from explorer.debug.names import check_name
from explorer.theme.scaling import unscaled_size
from explorer.theme.style import BODY, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.passes import Subject
from explorer.views.word_label import WordLabel

TILE, TALL, GAP, RADIUS = 32, 46, 4, 6  # pixels at scale 1 of a letter with its id below
WORD = 44  # of BOS
MOST_LETTERS = 200


class TokenizerPanel(QWidget):
    """Type letters and see their ids, or ids and see their letters.

    Parameters
    ----------
    subject : Subject
    theme : Theme
    """

    def __init__(self, subject: Subject, theme: Theme) -> None:
        super().__init__()
        self._subject, self._theme = subject, theme
        self.letters, self.ids = QLineEdit(), QLineEdit()
        for field, name, slot in (
            (self.letters, "Letters", self._encode),
            (self.ids, "Ids", self._decode),
        ):
            field.setFont(mono(theme.px(BODY)))
            field.setMaxLength(MOST_LETTERS)
            field.setAccessibleName(name)
            field.textEdited.connect(slot)
        self.letters.setToolTip("Each letter becomes the number of its place in the alphabet")
        self.ids.setToolTip("Each number becomes its letter; BOS becomes nothing")
        self.pieces = _Pieces(theme)
        self.remark = WordLabel()
        self.remark.setFont(sans(theme.px(SMALL)))
        self.remark.setWordWrap(True)
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self._arrange()
        self.show_letters("emma")

    def use(self, subject: Subject) -> None:
        """Use the tokenizer of another model."""
        self._subject = subject
        self._encode(self.letters.text())

    def show_letters(self, letters: str) -> None:
        """Show what some letters become."""
        self.letters.setText(letters)
        self._encode(letters)

    def take_over(self, old: TokenizerPanel) -> None:
        """Show what another panel does."""
        if old.ids.isModified():
            self.ids.setText(old.ids.text())
            self._decode(old.ids.text())
        else:
            self.show_letters(old.letters.text())

    def _encode(self, text: str) -> None:
        tokenizer = self._subject.tokenizer
        pieces = pieces_of(text, tokenizer)
        self.ids.setText(ids_of(pieces))
        self.ids.setCursorPosition(0)
        self.pieces.show_pieces(pieces)
        count, bos = len(tokenizer.letters), tokenizer.bos
        remark = f"{count} letters are 0 to {bos - 1}; BOS, id {bos}, stands at both ends."
        check = check_name(text, tokenizer, self._subject.positions_limit) if text else None
        if check is not None and check.message:
            remark = check.message
            unknown = len(tokenizer.unknown(text))
            if unknown:
                it_has = "It has" if unknown == 1 else "They have"
                remark += f" {it_has} no id, so the model can't read this."
            if check.suggestion:
                remark += f" “{check.suggestion}” can be read."
        self.remark.setText(remark)

    def _decode(self, text: str) -> None:
        tokenizer = self._subject.tokenizer
        try:
            tokens = read_ids(text, tokenizer)
        except ValueError as error:
            self.remark.setText(str(error))
            return
        letters = [*tokenizer.letters, "BOS"]
        self.letters.setText(tokenizer.decode(tokens))
        self.pieces.show_pieces([Piece(letters[token], token) for token in tokens])
        framed = len(tokens) > 1 and tokens[0] == tokens[-1] == tokenizer.bos
        inside = tokenizer.bos in tokens[1:-1]
        self.remark.setText(
            "As the model reads it: BOS at both ends."
            if framed and not inside
            else "Decoded, but no whole document: that has BOS at both ends, and none inside."
        )

    def _arrange(self) -> None:
        px = self._theme.px
        heading = WordLabel("TOKENIZER")
        heading.setProperty("role", "heading")
        grid = QGridLayout()
        grid.setContentsMargins(px(14), 0, px(14), 0)
        grid.setHorizontalSpacing(px(10))
        grid.setVerticalSpacing(px(6))
        for row, field in enumerate((self.letters, self.ids)):
            label = WordLabel(field.accessibleName())
            label.setFont(sans(px(BODY)))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.pieces, 2, 0, 1, 2)
        grid.addWidget(self.remark, 3, 0, 1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, px(10))
        column.setSpacing(0)
        column.addWidget(heading)
        column.addLayout(grid)
        column.addStretch()


class _Pieces(QWidget):
    """A tile for each token, its id below; those that have none stand out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pieces: list[Piece] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Tokens")

    def show_pieces(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        spoken = (f"{p.text} {'no id' if p.token is None else p.token}" for p in pieces)
        self.setAccessibleDescription(", ".join(spoken))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        least = self._theme.px(240)
        return QSize(least, self.heightForWidth(max(least, self.width())))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        areas = self._areas(width / self._theme.scale)
        return self._theme.px(areas[-1].bottom() + 6 if areas else TALL + 12)

    def _areas(self, width: float) -> list[QRectF]:
        areas, x, y = [], 0.0, 6.0
        for piece in self._pieces:
            wide = WORD if len(piece.text) > 1 else TILE
            if x and x + wide > width:
                x, y = 0.0, y + TALL + GAP
            areas.append(QRectF(x, y, wide, TALL))
            x += wide + GAP
        return areas

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        painter.scale(theme.scale, theme.scale)
        width = unscaled_size(self, theme).width()
        for piece, area in zip(self._pieces, self._areas(width), strict=True):
            known = piece.token is not None
            colour = QColor(theme.border if known else theme.warning)
            painter.setPen(QPen(colour, theme.line(1 if known else 2)))
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            is_word = len(piece.text) > 1
            text = piece.text if is_word or piece.text.isprintable() else "·"
            painter.setFont(mono(SMALL if is_word else 17, bold=True))
            painter.setPen(QColor(theme.text if known else theme.warning))
            upper = QRectF(area.left(), area.top() + 2, area.width(), 24)
            painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, "␣" if text == " " else text)
            painter.setFont(sans(SMALL))
            painter.setPen(QColor(theme.muted if known else theme.warning))
            lower = QRectF(area.left(), upper.bottom(), area.width(), 18)
            painter.drawText(
                lower, Qt.AlignmentFlag.AlignCenter, str(piece.token) if known else "–"
            )
