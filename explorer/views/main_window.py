"""The window: it puts the views together, and runs passes."""

from __future__ import annotations

from dataclasses import asdict, astuple
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from explorer.debug.commands import COMMANDS
from explorer.debug.failure import failure_sentence
from explorer.debug.names import NameCheck, check_name
from explorer.debug.numbers import count
from explorer.debug.palette import Palette
from explorer.debug.palette_entries import standard_providers
from explorer.debug.pictures import PictureRequest
from explorer.debug.session import Colour, Cone, Session
from explorer.debug.session_file import (
    SessionFileError,
    SessionState,
    capture,
    read_session,
    restore,
    save_session,
)
from explorer.debug.stepping import Granularity
from explorer.layout.camera import Camera
from explorer.theme.icons import command_icon
from explorer.theme.style import style_sheet
from explorer.theme.tokens import Theme
from explorer.trace.passes import Subject, untrained
from explorer.views.app_menu import AppMenu
from explorer.views.bookmarks_panel import BookmarksPanel
from explorer.views.breadcrumbs import Breadcrumbs
from explorer.views.breakpoints_panel import BreakpointsPanel
from explorer.views.buttons import spell
from explorer.views.command_palette import CommandPalette
from explorer.views.event_bar import EventBar
from explorer.views.export_dialog import ExportDialog
from explorer.views.focus import order_focus
from explorer.views.inspector import Inspector
from explorer.views.keys_sheet import KeysSheet
from explorer.views.legend import Legend
from explorer.views.map_export import export_map
from explorer.views.map_panel import MapPanel
from explorer.views.map_view import MapView
from explorer.views.message_bar import MessageBar
from explorer.views.neighbourhood_panel import NeighbourhoodPanel
from explorer.views.order_view import OrderView
from explorer.views.outline import Outline
from explorer.views.pass_loader import LoadedPass, PassLoader
from explorer.views.player import Player
from explorer.views.search_bar import SearchBar
from explorer.views.session_dialogs import SessionDialog
from explorer.views.source_view import SourceView
from explorer.views.timeline_view import TimelineView
from explorer.views.token_strip import TokenStrip
from explorer.views.top_bar import TopBar
from explorer.views.watches_panel import WatchesPanel
from explorer.views.workbench import Pane, Panel, Workbench
from microgpt import Config

SMALLEST = QSize(1280, 640)
GEOMETRY, ARRANGEMENT = "window/geometry", "window/arrangement"  # in the settings
FALLBACK_NAME = "emma"  # if the first name can't be run
CHOICES = (
    tuple(f"step_by_{granularity.value}" for granularity in Granularity),
    tuple(f"colour_{colour.value}" for colour in Colour),
)
SWITCHES = (
    "play",
    "play_back",
    "pin",
    "scale_follows",
    "flows",
    "cone_ancestors",
    "cone_descendants",
)


class MainWindow(QMainWindow):
    """The window of the application.

    Parameters
    ----------
    subject : Subject
        The model that passes are made with.
    session : Session
    theme : Theme
    settings : QSettings, optional
        Where it is kept how the window is arranged.
    """

    def __init__(
        self, subject: Subject, session: Session, theme: Theme, settings: QSettings | None = None
    ) -> None:
        super().__init__()
        self._settings = settings
        self._subject, self._session = subject, session
        self._submitted = ""
        self.setWindowTitle("microGPT Explorer")
        self.setMinimumSize(SMALLEST)
        self.resize(1600, 960)
        self.setStyleSheet(style_sheet(theme))
        self._actions = self._make_actions(theme)
        self._keys_sheet: KeysSheet | None = None
        self._picture_folder = self._session_folder = Path.home()
        self._opening: tuple[Subject, SessionState] | None = None

        self.loader = PassLoader(subject, self)
        self.loader.started.connect(self._on_started)
        self.loader.loaded.connect(self.show_pass)
        self.loader.failed.connect(self._on_failed)
        self.loader.ended.connect(self._on_ended)

        self.top_bar = TopBar(session, self._actions, f"untrained · seed {subject.seed}")
        self.top_bar.submitted.connect(self.run)
        self.top_bar.cancelled.connect(self.cancel_run)
        self.loader.progressed.connect(self.top_bar.set_progress)
        self.map_view = MapView(session, theme)
        self._breadcrumbs, self._legend = Breadcrumbs(session, theme), Legend(session, theme)
        self.search_bar = SearchBar(session, self._actions)
        self.outline = Outline(session, theme)
        self.outline.scope_chosen.connect(self.map_view.show_scope)
        self.inspector = Inspector(session, theme)
        self.source = SourceView(session, theme)
        self.token_strip = TokenStrip(session, theme)
        self.timeline_view = TimelineView(session, theme)
        self.neighbourhood = NeighbourhoodPanel(session, theme)
        self.order = OrderView(session, theme)
        self.event_bar = EventBar(session, theme)
        self.breakpoints = BreakpointsPanel(session, theme)
        self.watches = WatchesPanel(session, theme)
        self.bookmarks = BookmarksPanel(session, theme)
        self._player = Player(session, self)
        self.message = MessageBar()
        self.message.offered.connect(self._run_suggestion)
        self.setCentralWidget(self._arrange())
        self.menu = AppMenu(COMMANDS, self._actions, self)
        palette = Palette(standard_providers(self, spell, self.map_view.show_scope))
        self.command_palette = CommandPalette(self, palette, theme, self._actions["palette"])
        order_focus(self, self._reading_order())

        for signal in (
            session.opened,
            session.cursor_moved,
            session.selected,
            session.colour_changed,
            session.granularity_changed,
            session.found_changed,
            session.play_changed,
            session.breakpoints.changed,
            session.watches.changed,
            session.bookmarks.changed,
        ):
            signal.connect(self._refresh_actions)
        self._refresh_actions()
        if settings is not None:
            self._restore_arrangement(settings)

    @property
    def session(self) -> Session:
        """What is shown."""
        return self._session

    @property
    def is_running(self) -> bool:
        """Whether a pass is being recorded."""
        return self.loader.is_running

    def run(self, typed: str) -> None:
        """Run a name as it was typed; if it can't be run, say why and keep the last pass."""
        check = self.check(typed)
        if check.name is not None:
            self._submitted = typed
            self.loader.load(check.name)
        else:
            self.top_bar.name.setFocus()

    def open_first(self, typed: str) -> None:
        """Run the name that the program was started with; if it can't be run, another one."""
        self.top_bar.name.setText(typed)
        self.run(typed)
        if not self.loader.is_running:
            tokenizer = self._subject.tokenizer
            self._submitted = typed
            known = not tokenizer.unknown(FALLBACK_NAME)
            self.loader.load(FALLBACK_NAME if known else tokenizer.letters[0])

    def check(self, typed: str) -> NameCheck:
        """Check a typed name, and tell the person what there is to say about it."""
        check = check_name(typed, self._subject.tokenizer, self._subject.positions_limit)
        self.message.hide()
        if check.message:
            self.message.tell(check.message, check.suggestion)
        return check

    def show_pass(self, loaded: LoadedPass) -> None:
        """Show a finished pass. What is being typed meanwhile is left alone."""
        self._session.open(loaded.timeline)
        failed = failure_sentence(loaded.timeline)
        if failed:
            self.message.tell(f"{failed} Everything before it can be stepped.")
        self.map_view.show_pass(loaded.layout, loaded.flows, loaded.colours)
        opening, self._opening = self._opening, None
        if opening is not None:
            self._subject, state = opening
            restore(self._session, state)
            self.top_bar.name.clear()
            if state.camera is not None:
                self.map_view.look(Camera(*state.camera))
        if self.top_bar.name.text() in (self._submitted, ""):
            self._show_name()
            self.map_view.setFocus()

    def focus_name(self) -> None:
        """Put the keyboard into the name field."""
        self.top_bar.name.setFocus()
        self.top_bar.name.selectAll()

    def cancel_run(self) -> None:
        """Give up the pass being recorded, the message and what was typed; else the search."""
        if self.message.isHidden() and not self.is_running:
            self.search_bar.close_search()
        self.message.hide()
        if self.loader.is_running:
            self.loader.cancel()
            self.top_bar.set_cancelling()
        self._show_name()
        self.map_view.setFocus()

    def stand_still(self) -> None:
        """Show everything where it belongs at once, without any motion on the way."""
        self.map_view.glide = self.neighbourhood.view.glide = 0

    def zoom_to_selection(self) -> None:
        """Show the selected node large; if it already is, the whole map."""
        self.map_view.zoom_to_selection()

    def zoom_to_fit(self) -> None:
        """Show the whole map."""
        self.map_view.zoom_to_fit()

    def open_search(self) -> None:
        """Open the search, and put the keyboard into it."""
        self.search_bar.open_search()

    def export_map(self) -> None:
        """Ask where to put a picture of the map, and how large it is to be."""
        trace = self._session.trace
        if trace is None:
            return
        name = trace.document.name if trace.document else "pass"
        size = (self.map_view.width(), self.map_view.height())
        dialog = ExportDialog(self, size, self._picture_folder / f"map-{name}.png")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.requested.connect(self._write_picture)
        dialog.open()

    def save_session(self) -> None:
        """Ask where to save the session, and save it."""
        trace = self._session.trace
        if trace is not None and trace.document is not None:
            file = self._session_folder / f"session-{trace.document.name}.json"
            self._ask_for_session(file, saves=True).chosen.connect(self.write_session)

    def open_session(self) -> None:
        """Ask for a saved session, and open it."""
        file = self._session_folder / "session.json"
        self._ask_for_session(file, saves=False).chosen.connect(self.read_session)

    def write_session(self, path: Path) -> None:
        """Save the session in a file, and tell how that went."""
        camera = None if self.map_view.shows_all else astuple(self.map_view.camera)
        try:
            save_session(path, capture(self._session, camera))
        except OSError as error:
            self.message.tell(f"The session was not saved: {error}.")
        else:
            self._session_folder = path.parent
            self.message.tell(f"The session is in {path}.")

    def read_session(self, path: Path) -> None:
        """Open a session file; if it can't be opened, say why and change nothing."""
        try:
            state = read_session(path)
            subject = self._subject_for(state)
        except (OSError, ValueError) as error:
            self.message.tell(f"The session was not opened: {error}.")
            return
        self.message.hide()
        self._session_folder = path.parent
        self.cancel_run()
        self._opening = subject, state
        self.loader.use(subject)
        self.loader.load(state.name)

    def _subject_for(self, state: SessionState) -> Subject:
        """Return the model of a session.

        Raises
        ------
        SessionFileError
            It was made with another vocabulary, or its name can't be read.
        """
        subject = self._subject
        if state.letters != "".join(subject.tokenizer.letters):
            raise SessionFileError(
                f"it was made with another vocabulary than that of {subject.documents_file}"
            )
        if (state.config, state.seed) != (asdict(subject.model.config), subject.seed):
            subject = untrained(Config(**state.config), state.seed, subject.documents_file)
        check = check_name(state.name, subject.tokenizer, subject.positions_limit)
        if check.name != state.name:
            raise SessionFileError(f"its name “{state.name}” can't be read by the model")
        return subject

    def _ask_for_session(self, suggestion: Path, saves: bool) -> SessionDialog:
        dialog = SessionDialog(self, suggestion, saves)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def show_keys(self) -> None:
        """Show the sheet of keys."""
        if self._keys_sheet is None:
            self._keys_sheet = KeysSheet(self)
        self._keys_sheet.show()
        self._keys_sheet.raise_()

    def show_panel(self, panel: str) -> None:
        """Show a panel, and put the keyboard into it."""
        self.workbench.show_panel(panel)

    def reset_panels(self) -> None:
        """Put all panels back to where they are at first."""
        self.workbench.reset()

    def ask_condition(self) -> None:
        """Show the breakpoints, and put the keyboard into the field for a condition."""
        self.show_panel("breakpoints")

    def toggle_palette(self) -> None:
        """Open the command palette, or close it."""
        self.command_palette.toggle()

    def show_menu(self) -> None:
        """Open the menu of all commands."""
        self.menu.popup_below(self.top_bar.menu_button)

    def _make_actions(self, theme: Theme) -> dict[str, QAction]:
        actions = {}
        for command in COMMANDS:
            action = QAction(command.title, self)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            spelled = spell(command.keys[0]) if command.keys else ""
            action.setToolTip(f"{command.title} ({spelled})" if spelled else command.title)
            icon = command_icon(command.id, theme)
            if icon is not None:
                action.setIcon(icon)
            action.triggered.connect(lambda _=False, command=command: command.run(self))
            self.addAction(action)
            actions[command.id] = action
        for switch in SWITCHES:
            actions[switch].setCheckable(True)
        for choice in CHOICES:
            group = QActionGroup(self)
            for command_id in choice:
                actions[command_id].setCheckable(True)
                group.addAction(actions[command_id])
        return actions

    def _arrange(self) -> QWidget:
        self._map_panel = MapPanel(
            self.map_view, self.search_bar, self._breadcrumbs, self._legend, self._actions
        )
        marks = [
            Panel("breakpoints", "Breakpoints", self.breakpoints),
            Panel("watches", "Watches", self.watches),
            Panel("bookmarks", "Bookmarks", self.bookmarks),
        ]
        self.workbench = Workbench(
            Panel("map", "Map", self._map_panel),
            left=[
                Pane([Panel("outline", "Outline", self.outline)], 0.45),
                Pane([Panel("source", "Source", self.source)], 0.55),
            ],
            right=[
                Pane([Panel("inspector", "Inspector", self.inspector)], 0.66),
                Pane(marks, 0.34),
            ],
            below=[
                Pane(
                    [
                        Panel("neighbourhood", "Neighbourhood", self.neighbourhood),
                        Panel("order", "Order of backward", self.order),
                    ],
                    0.36,
                )
            ],
        )
        central = QWidget()
        rows = QVBoxLayout(central)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(1)
        rows.addWidget(self.top_bar)
        rows.addWidget(self.message)
        rows.addWidget(self.token_strip)
        rows.addWidget(self.workbench, 1)
        rows.addWidget(self.event_bar)
        rows.addWidget(self.timeline_view)
        return central

    def _reading_order(self) -> list[QWidget]:
        """Return the areas of the window in the order in which the Tab key visits them."""
        return [
            self.top_bar,
            self.message,
            self.token_strip,
            self.outline,
            self.source,
            self._map_panel,
            self.neighbourhood,
            self.order,
            self.inspector,
            self.breakpoints,
            self.watches,
            self.bookmarks,
            self.event_bar,
            self.timeline_view,
        ]

    def _show_name(self) -> None:
        """Put the name of the pass on show into the name field."""
        trace = self._session.trace
        if trace is not None and trace.document is not None:
            self.top_bar.show_name(trace.document.name)

    def _write_picture(self, request: PictureRequest) -> None:
        picture = self.map_view.picture()
        if picture is None:
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            length = export_map(picture, request)
        except (OSError, ValueError) as error:
            self.message.tell(f"The map was not exported: {error}.")
        else:
            self._picture_folder = request.path.parent
            self.message.tell(f"The map is in {request.path} ({count(-(-length // 1000))} kB).")
        finally:
            QGuiApplication.restoreOverrideCursor()

    def _run_suggestion(self, name: str) -> None:
        self.top_bar.name.setText(name)
        self.run(name)

    def _on_started(self) -> None:
        self.top_bar.set_running(True)

    def _on_ended(self) -> None:
        if self._opening is not None:  # it was given up, or failed
            self._opening = None
            self.loader.use(self._subject)
        self.top_bar.set_running(False)

    def _on_failed(self, sentence: str) -> None:
        self.message.tell(sentence)

    def _refresh_actions(self) -> None:
        for command in COMMANDS:
            self._actions[command.id].setEnabled(command.enabled(self))
        self._actions[f"step_by_{self._session.granularity.value}"].setChecked(True)
        self._actions[f"colour_{self._session.colour.value}"].setChecked(True)
        self._actions["play"].setChecked(self._session.playing > 0)
        self._actions["play_back"].setChecked(self._session.playing < 0)
        self._actions["flows"].setChecked(self._session.shows_flows)
        self._actions["pin"].setChecked(self._session.pinned)
        self._actions["scale_follows"].setChecked(self._session.scale_follows)
        for cone in (Cone.ANCESTORS, Cone.DESCENDANTS):
            self._actions[f"cone_{cone.value}"].setChecked(self._session.cone is cone)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.map_view.setFocus()

    def _restore_arrangement(self, settings: QSettings) -> None:
        """Arrange the window as it was when it was closed; what can't be read is ignored."""
        for key, restore_it in (
            (GEOMETRY, self.restoreGeometry),
            (ARRANGEMENT, self.workbench.restore),
        ):
            saved = settings.value(key)
            if isinstance(saved, QByteArray):
                restore_it(saved)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.loader.cancel()
        if self._settings is not None:
            self._settings.setValue(GEOMETRY, self.saveGeometry())
            self._settings.setValue(ARRANGEMENT, self.workbench.arrangement())
        super().closeEvent(event)
