"""The order of backward: why the selected node waits, and what goes wrong if it does not."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.debug.session import Session
from explorer.theme.tokens import Theme
from explorer.views.buttons import Segments
from explorer.views.order_early import EarlyOrder
from explorer.views.order_list import OrderList
from explorer.views.order_toy import OrderToy

ORDER, TOY, EARLY = range(3)
PAGES = (
    ("Order", "The order in which backward processes the nodes"),
    ("Wrong order: a toy", "What a wrong order does to b = a + a; c = b + b"),
    ("Wrong order: this pass", "What goes wrong if the selected node is processed too early"),
)


class OrderView(QWidget):
    """Three pages: the order, a wrong one in two lines of code, and one in the pass itself.

    Only the page in sight works.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Order of backward")
        group = QActionGroup(self)
        self._choices = []
        for title, explanation in PAGES:
            action = QAction(title, group)
            action.setToolTip(explanation)
            action.setCheckable(True)
            action.triggered.connect(self._turn)
            self._choices.append(action)
        segments = Segments([(action, action.text()) for action in self._choices])
        self.order, self.toy = OrderList(session, theme), OrderToy(theme)
        self.early = EarlyOrder(session, theme)
        self.order.early_asked.connect(self._turn_to_early)
        self._pages = QStackedWidget()
        for page in (self.order, self.toy, self.early):
            self._pages.addWidget(page)
        top = QHBoxLayout()
        top.setContentsMargins(theme.px(14), theme.px(8), theme.px(14), 0)
        top.addWidget(segments)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(top)
        column.addWidget(self._pages, 1)
        self.show_page(ORDER)

    @property
    def page(self) -> int:
        """The page that is shown."""
        return self._pages.currentIndex()

    def show_page(self, page: int) -> None:
        """Show one of the pages `ORDER`, `TOY` and `EARLY`."""
        self._choices[page].setChecked(True)
        self._pages.setCurrentIndex(page)

    def _turn(self) -> None:
        self.show_page(next(i for i, action in enumerate(self._choices) if action.isChecked()))

    def _turn_to_early(self) -> None:
        self.show_page(EARLY)
