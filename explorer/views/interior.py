"""Everything that is seen in the window, in one look; another look is another interior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import Desk
from explorer.debug.palette import Palette, Provider
from explorer.debug.palette_entries import standard_providers
from explorer.debug.session import Session
from explorer.runs.desk import RunDesk
from explorer.runs.step_passes import Replays
from explorer.theme.tokens import Theme
from explorer.views.actions import Actions
from explorer.views.app_menu import AppMenu
from explorer.views.buttons import spell
from explorer.views.command_palette import CommandPalette
from explorer.views.explore_page import ExplorePage
from explorer.views.guides import Guides
from explorer.views.lectern import Lectern
from explorer.views.lesson_files import LessonFiles
from explorer.views.lesson_panel import LessonPanel
from explorer.views.live_steps import LiveSteps
from explorer.views.message_bar import MessageBar
from explorer.views.model_menu import ModelMenu
from explorer.views.pages import Pages
from explorer.views.run_models import RunModels
from explorer.views.session_files import SessionFiles
from explorer.views.top_bar import TopBar
from explorer.views.window_desk import area_of


@dataclass(frozen=True)
class Lasting:
    """What is the same in every look, and what views show of it.

    Attributes
    ----------
    desk : Desk
        What commands act on.
    session : Session
    runs : RunDesk
    replays : Replays
    live : LiveSteps
    sessions : SessionFiles
    run_models : RunModels
    lectern : Lectern
    lessons : LessonFiles
    steps : callable
        What the palette finds of the steps of runs.
    settings : QSettings or None
    """

    desk: Desk
    session: Session
    runs: RunDesk
    replays: Replays
    live: LiveSteps
    sessions: SessionFiles
    run_models: RunModels
    lectern: Lectern
    lessons: LessonFiles
    steps: Provider
    settings: QSettings | None


class Interior(QWidget):
    """The top bar, the message and the pages, with the commands that lead to them.

    Parameters
    ----------
    lasting : Lasting
    theme : Theme
    """

    def __init__(self, lasting: Lasting, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        session, runs, desk = lasting.session, lasting.runs, lasting.desk
        untrained, model = lasting.sessions.untrained, lasting.sessions.model
        self.commands = Actions(desk, self, theme)
        actions = self.commands.by_id
        self.models = ModelMenu(runs, untrained.title, self)
        self.top_bar = TopBar(session, actions, model.title, self.models, theme)
        self.message = MessageBar(theme)
        self.lesson_panel = LessonPanel(lasting.lectern, lasting.lessons, actions, theme)
        self.explore = ExplorePage(session, actions, theme, lasting.live, runs, self.lesson_panel)
        self.pages = Pages(
            self.explore, session, runs, lasting.replays, lasting.sessions, lasting.run_models,
            self.top_bar, actions, theme,
        )  # fmt: skip
        self.guides = Guides(self, session, theme, partial(area_of, self), lasting.settings)
        self.menu = AppMenu(COMMANDS, actions, self)
        palette = Palette(standard_providers(desk, spell, self.explore.map_view.show_scope))
        palette.add(lasting.steps)
        self.command_palette = CommandPalette(self, palette, theme, actions["palette"])
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(1))
        rows.addWidget(self.top_bar)
        rows.addWidget(self.message)
        rows.addWidget(self.pages, 1)

    def take_over(self, old: Interior) -> None:
        """Show all that another interior of the same window does."""
        self.top_bar.take_over(old.top_bar)
        self.message.take_over(old.message)
        self.explore.take_over(old.explore)
        self.pages.take_over(old.pages)
        self.guides.take_over(old.guides)
        self.top_bar.show_workspace(self.pages.workspace)
