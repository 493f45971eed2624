"""Passes in the window: asked for by name, made, and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.debug.desk import Workspace
from explorer.debug.failure import failure_sentence
from explorer.debug.names import NameCheck, check_name
from explorer.debug.positions import drawn_node, is_of_draws, start_of_last_position
from explorer.views.models import Model
from explorer.views.pass_loader import LoadedPass
from explorer.views.rest import collect_anew
from explorer.views.run_models import FALLBACK_NAME

if TYPE_CHECKING:
    from explorer.views.generate_page import ShownDraw
    from explorer.views.main_window import MainWindow


class WindowPasses(QObject):
    """Has passes made, and shows them in all of a window.

    Parameters
    ----------
    window : MainWindow
        Whose loader, files and models there are already.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._parameter: int | None = None  # to be selected in the pass that is being made
        self._submitted = ""
        window.loader.started.connect(self._on_started)
        window.loader.loaded.connect(self.show_pass)
        window.loader.failed.connect(window.tell)
        window.loader.ended.connect(self._on_ended)
        window.live.reopened.connect(self._show_other_end)
        window.run_models.opening.connect(self._make_ready)

    @property
    def is_running(self) -> bool:
        """Whether a pass is being recorded."""
        return self._window.loader.is_running

    def run(self, typed: str) -> None:
        """Run a name as it was typed; if it can't be run, say why and keep the last pass."""
        window, check = self._window, self.check(typed)
        if check.name is not None:
            self._submitted = typed
            self._show_a_pass()
            window.run_models.settle()
            window.sessions.give_up()  # the pass of a file that is still being opened
            window.loader.load(check.name)
        else:
            window.top_bar.name.setFocus()

    def run_suggestion(self, name: str) -> None:
        """Put a name into the name field, and run it."""
        self._window.top_bar.name.setText(name)
        self.run(name)

    def open_first(self, typed: str) -> None:
        """Run the name that the program was started with; if it can't be run, another one."""
        self.run_suggestion(typed)
        if not self.is_running:
            tokenizer = self._window.sessions.subject.tokenizer
            self._submitted = typed
            known = not tokenizer.unknown(FALLBACK_NAME)
            self._window.loader.load(FALLBACK_NAME if known else tokenizer.letters[0])

    def check(self, typed: str) -> NameCheck:
        """Check a typed name, and tell the person what there is to say about it."""
        subject, message = self._window.sessions.subject, self._window.message
        check = check_name(typed, subject.tokenizer, subject.positions_limit)
        message.hide()
        if check.message:
            message.tell(check.message, check.suggestion)
        return check

    def open_draw(self, draw: ShownDraw) -> None:
        """Make the pass that led to a draw; it has no loss, and no backward pass."""
        window = self._window
        window.message.hide()
        window.show_workspace(Workspace.EXPLORE)
        window.sessions.give_up()
        self._submitted = window.top_bar.name.text()
        window.run_models.settle()
        window.loader.load(draw.name, draw.record)

    def open_parameter(self, parameter: int) -> None:
        """Open the step that the page of runs shows, and select one of its parameters."""
        self._window.desk.open_shown_step()
        self._parameter = parameter

    def cancel(self) -> None:
        """Give up the pass being recorded, the message and what was typed; else the search."""
        window = self._window
        if window.message.isHidden() and not self.is_running:
            window.explore.search_bar.close_search()
        window.message.hide()
        if self.is_running:
            window.loader.cancel()
            window.top_bar.set_cancelling()
        self._show_name()
        window.pages.current.take_keyboard()

    def show_pass(self, loaded: LoadedPass) -> None:
        """Show a finished pass. What is being typed meanwhile is left alone."""
        window, session = self._window, self._window.session
        session.open(loaded.timeline)
        failed = failure_sentence(loaded.timeline)
        if failed:
            window.message.tell(f"{failed} Everything before it can be stepped.")
        self._show(loaded)
        opened, model = window.sessions.finish_opening(), window.sessions.model
        window.top_bar.show_model(model.title, model.short)
        if opened:
            window.top_bar.name.clear()
            window.pages.draw_with(model)
        if is_of_draws(loaded.timeline.trace):
            session.select(drawn_node(loaded.timeline.trace))
            session.seek(start_of_last_position(loaded.timeline))
        window.run_models.follow(loaded)
        if self._parameter is not None:
            session.select(self._parameter)
        # A full collection takes 50 ms with a large pass: better now, while one waits anyhow, than
        # in the middle of a step.
        collect_anew()
        if window.top_bar.name.text() in (self._submitted, ""):
            self._show_name()
            window.pages.current.take_keyboard()
            window.guides.welcome()

    def show_made(self, loaded: LoadedPass, model: Model | None) -> None:
        """Show a pass that was made elsewhere, and its model; None if it is that of a formula."""
        window = self._window
        window.loader.cancel()
        window.sessions.give_up()
        window.sessions.adopt(model or window.sessions.untrained)
        window.session.open(loaded.timeline)
        window.tell(failure_sentence(loaded.timeline))
        self._show(loaded)
        if model is None:
            window.top_bar.show_model("no model · a formula", "formula")
            window.top_bar.show_name("")
        else:
            window.top_bar.show_model(model.title, model.short)
            self._show_name()
        window.pages.draw_with(window.sessions.model)
        window.run_models.follow(loaded)

    def _show(self, loaded: LoadedPass) -> None:
        """Give the session's pass to what shows more of it than the session knows."""
        self._window.explore.show_pass(loaded)
        self._window.lecture.show_pass(loaded)

    def _show_other_end(self, loaded: LoadedPass) -> None:
        """Show the pass on show with an update at its end, or without one."""
        self._window.session.open_again(loaded.timeline)
        self._show(loaded)

    def _make_ready(self) -> None:
        """Let a pass with another model be seen as soon as it is made."""
        self._window.message.hide()
        if self._window.workspace is not Workspace.GENERATE:  # which shows the model, not the pass
            self._show_a_pass()

    def _show_a_pass(self) -> None:
        """Show a workspace in which the pass that is being made will be seen."""
        if not self._window.workspace.shows_pass:
            self._window.show_workspace(Workspace.EXPLORE)

    def _show_name(self) -> None:
        """Put the name of the pass on show into the name field."""
        trace = self._window.session.trace
        if trace is not None and trace.document is not None:
            self._window.top_bar.show_name(trace.document.name)

    def _on_started(self) -> None:
        self._window.top_bar.set_running(True)

    def _on_ended(self) -> None:
        self._window.sessions.give_up()
        self._parameter = None
        self._window.top_bar.set_running(False)
