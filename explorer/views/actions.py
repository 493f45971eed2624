"""The table of commands as actions of Qt, with their keys, icons and states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import EVERYWHERE, Command, Desk, Workspace
from explorer.debug.session import Colour, Cone
from explorer.debug.stepping import Granularity
from explorer.theme.icons import command_icon
from explorer.theme.tokens import THEMES, Theme
from explorer.views.buttons import spell

CHOICES = (
    tuple(f"workspace_{workspace.value}" for workspace in Workspace),
    tuple(f"step_by_{granularity.value}" for granularity in Granularity),
    tuple(f"colour_{colour.value}" for colour in Colour),
    tuple(f"theme_{name}" for name in THEMES),
)
SWITCHES = (
    "play",
    "play_back",
    "draw_play",
    "pin",
    "scale_follows",
    "flows",
    "cone_ancestors",
    "cone_descendants",
)


class Actions(QObject):
    """One action a command; they follow the session of the desk.

    Parameters
    ----------
    desk : Desk
        What the commands act on.
    window : QWidget
        Where their keys work.
    theme : Theme

    Attributes
    ----------
    by_id : dict of str to QAction
    """

    def __init__(self, desk: Desk, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._desk = desk
        self.by_id: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.title, window)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            spelled = spell(command.keys[0]) if command.keys else ""
            action.setToolTip(f"{command.title} ({spelled})" if spelled else command.title)
            icon = command_icon(command.id, theme)
            if icon is not None:
                action.setIcon(icon)
            action.triggered.connect(lambda _=False, command=command: command.run(desk))
            window.addAction(action)
            self.by_id[command.id] = action
        for switch in SWITCHES:
            self.by_id[switch].setCheckable(True)
        for choice in CHOICES:
            group = QActionGroup(self)
            for command_id in choice:
                self.by_id[command_id].setCheckable(True)
                group.addAction(self.by_id[command_id])
        self.by_id[f"theme_{theme.name}"].setChecked(True)
        self._alike: dict[Hashable, list[Command]] = defaultdict(list)
        for command in COMMANDS:
            self._alike[command.enabled, command.group in EVERYWHERE].append(command)
        session = desk.session
        for signal in (
            session.opened,
            session.cursor_moved,
            session.selected,
            session.numbers_changed,
            session.colour_changed,
            session.granularity_changed,
            session.found_changed,
            session.play_changed,
            session.breakpoints.changed,
            session.watches.changed,
            session.bookmarks.changed,
        ):
            signal.connect(self.refresh)

    def refresh_group(self, group: str) -> None:
        """Enable what can be done of one group."""
        for command in COMMANDS:
            if command.group == group:
                self.by_id[command.id].setEnabled(command.available(self._desk))

    def refresh(self) -> None:
        """Enable what can be done, and tick what is on."""
        session, actions = self._desk.session, self.by_id
        for one, *others in self._alike.values():
            available = one.available(self._desk)
            if actions[one.id].isEnabled() != available:
                for command in (one, *others):
                    actions[command.id].setEnabled(available)
        actions[f"workspace_{self._desk.workspace.value}"].setChecked(True)
        actions[f"step_by_{session.granularity.value}"].setChecked(True)
        actions[f"colour_{session.colour.value}"].setChecked(True)
        actions["play"].setChecked(session.playing > 0)
        actions["play_back"].setChecked(session.playing < 0)
        generation = self._desk.generation
        actions["draw_play"].setChecked(generation is not None and generation.playing)
        actions["flows"].setChecked(session.shows_flows)
        actions["pin"].setChecked(session.pinned)
        actions["scale_follows"].setChecked(session.scale_follows)
        for cone in (Cone.ANCESTORS, Cone.DESCENDANTS):
            actions[f"cone_{cone.value}"].setChecked(session.cone is cone)
