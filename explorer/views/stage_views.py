"""The views that the stage of a lecture can show, each without what only the mouse needs.

Those with plots take a while to load, so that is done when the first of them is made.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Session
from explorer.theme.tokens import Theme
from explorer.views.caption_view import CaptionView
from explorer.views.formula_view import FormulaView
from explorer.views.neighbourhood_view import NeighbourhoodView
from explorer.views.reading_view import ReadingView

# The figures that are shown of a view of the parts of a pass.
FIGURES = {
    StageView.PROBABILITIES: ("position",),
    StageView.ATTENTION: ("matrices",),
    StageView.HEAD: ("steps",),
    StageView.CACHE: ("cache",),
    StageView.STREAM: ("stream",),
    StageView.UNITS: ("units",),
    StageView.EMBEDDINGS: ("projection",),
}


def make_view(view: StageView, session: Session, theme: Theme) -> QWidget:
    """Return what shows a view, other than the map, in a theme that is scaled for the stage."""
    if view in FIGURES:
        reading_view = _reading_view(view, theme)
        reading_view.show_only(*FIGURES[view])
        return reading_view
    if view is StageView.NEIGHBOURHOOD:
        neighbourhood = NeighbourhoodView(session, theme)
        neighbourhood.take_stage()
        return neighbourhood
    if view is StageView.FORMULA:
        return FormulaView(session, theme)
    if view is StageView.TEXT:
        return CaptionView(theme, alone=True)
    return _beyond_the_pass(view, theme)


def _reading_view(view: StageView, theme: Theme) -> ReadingView:
    from explorer.views.attention_view import AttentionView
    from explorer.views.embeddings_view import EmbeddingsView
    from explorer.views.probabilities_view import ProbabilitiesView
    from explorer.views.stream_view import StreamView

    if view is StageView.PROBABILITIES:
        return ProbabilitiesView(theme)
    if view in (StageView.STREAM, StageView.UNITS):
        return StreamView(theme)
    return EmbeddingsView(theme) if view is StageView.EMBEDDINGS else AttentionView(theme)


def _beyond_the_pass(view: StageView, theme: Theme) -> QWidget:
    from explorer.views.generation_view import GenerationView
    from explorer.views.training_view import TrainingView

    return TrainingView(theme) if view is StageView.TRAINING else GenerationView(theme)
