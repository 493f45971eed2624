"""The neighbourhood of the selected node, as it is seen at a moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from explorer.debug.neighbourhood import CardReading, contribution_now, describe
from explorer.debug.session import Session
from explorer.layout.camera import Camera, Part
from explorer.layout.card_camera import anchored, beyond, opening
from explorer.layout.card_layouts import CardLayout
from explorer.layout.neighbourhood import CHILDREN, CONSUMERS, MOST_HOPS
from explorer.theme.scaling import device_ratio, scaled_point, unscaled_rect, unscaled_size
from explorer.theme.style import sans
from explorer.theme.tokens import Theme
from explorer.views.focus import paint_focus
from explorer.views.hover_card import HoverCard
from explorer.views.neighbourhood_arithmetic import arithmetic_area, paint_arithmetic
from explorer.views.neighbourhood_choices import Choices, PassScenes
from explorer.views.neighbourhood_glide import CardGlide
from explorer.views.neighbourhood_marks import CardMarks
from explorer.views.neighbourhood_painter import NeighbourhoodPainter
from explorer.views.neighbourhood_scene import Scene
from explorer.views.neighbourhood_stage import Staged, paint_besides, staged

GLIDE = 200  # milliseconds
TELLING = 150  # milliseconds that a selection stays before it is told in words
NOTHING_SELECTED = "Select a node to see what it was computed from, and what uses it."


class NeighbourhoodCanvas(QWidget):
    """Cards around the selected node, children at the left and consumers at the right.

    Parameters
    ----------
    session : Session
    theme : Theme

    Attributes
    ----------
    glide : int
        Milliseconds that cards take to their places; 0 if the person prefers reduced motion.
    """

    arranged = Signal()  # other cards are shown, or they stand elsewhere
    moved = Signal()  # another part of them is on screen

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._choices = Choices()
        self._scenes: PassScenes | None = None
        self._scene: Scene | None = None
        self._arrangement: tuple[object, ...] = ()
        self._notice = ""
        self._is_on_stage = False
        self._staged: Staged | None = None  # what there is room for on a stage
        self._keep: QPointF | None = None  # where on the screen the next centre shall stand
        self._camera = Camera(1.0, 0.0, 0.0)
        self._zoomed = False
        self._part: Part | None = None  # that stays in view when the size changes
        self._painter = NeighbourhoodPainter(theme)
        self._card = HoverCard(self, theme)
        self._hovered: int | None = None
        self._hovered_edge: int | None = None
        self._painted: tuple[list[CardReading], CardMarks] | None = None
        self._gliding = CardGlide(self)
        self._gliding.moved.connect(self.update)
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        self.glide = GLIDE if self.style().styleHint(hint, None, self) else 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.px(240), theme.px(140))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Neighbourhood of the selected node")
        session.opened.connect(self._follow)
        # A click is answered by what is small first; the cards come a moment later.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._follow)
        self._telling = QTimer(self, singleShot=True, interval=TELLING)
        self._telling.timeout.connect(self._tell)
        session.selected.connect(self._follow_soon)
        session.cursor_moved.connect(self._follow_time)
        session.numbers_changed.connect(self._follow_numbers)

    @property
    def choices(self) -> Choices:
        """How far it goes, in which layout, which sums are folded."""
        return self._choices

    @property
    def scene(self) -> Scene | None:
        """What is shown; None if no node is selected."""
        return self._scene

    @property
    def notice(self) -> str:
        """Why the layout that was chosen is not shown; empty if it is."""
        return self._notice

    def set_hops(self, hops: int) -> None:
        """Choose how far the neighbourhood goes, 1 to `MOST_HOPS`."""
        self._choose(replace(self._choices, hops=min(max(hops, 1), MOST_HOPS)))

    def set_layout(self, layout: CardLayout) -> None:
        """Choose how cards are arranged."""
        self._choose(replace(self._choices, layout=layout))

    def set_folds(self, folds: bool) -> None:
        """Choose whether sums are one card each."""
        self._choose(replace(self._choices, folds=folds, opened=frozenset()))

    def toggle_sum(self, total: int) -> None:
        """Show each addition of a sum, or the sum as one card again."""
        self._choose(replace(self._choices, opened=self._choices.opened ^ {total}))

    def take_over(self, old: NeighbourhoodCanvas) -> None:
        """Show the cards that another view of the session does, from where it looks at them."""
        self.glide, self._zoomed = old.glide, old._zoomed
        self._choices, self._notice = old._choices, old._notice
        self._scenes, self._scene = old._scenes, old._scene
        self._arrangement = old._arrangement
        if old._zoomed:
            room = unscaled_size(old, old._theme)
            part = Part(old._camera, room.width(), room.height())
            self._keep_in_view(old._part or part)

    def _keep_in_view(self, part: Part) -> None:
        room = unscaled_size(self, self._theme)
        self._set_camera(part.on(room.width(), room.height()))
        self._part = part

    def take_stage(self) -> None:
        """Show no more than there is room for, for a lecture."""
        self._is_on_stage = True

    def recentre(self) -> None:
        """Bring all cards into view, or the selected one into the middle if there are many."""
        self._zoomed = False
        if self._scene is not None:
            self._open(self._scene)

    def beyond(self) -> dict[str, int]:
        """Return how many cards are out of the picture at each side, by an arrow."""
        if self._scene is None:
            return {}
        room = unscaled_size(self, self._theme)
        return beyond(self._scene.middle, self._camera, room.width(), room.height())

    def point_of(self, card: int) -> QPointF:
        """Return where the middle of a card is on the widget."""
        return scaled_point(self._place_of(card), self._theme)

    def _place_of(self, card: int) -> QPointF:
        """Return where the middle of a card is, in pixels of scale 1."""
        assert self._scene is not None
        return QPointF(*self._camera.to_screen(*self._scene.middle[card].tolist()))

    def _follow_soon(self) -> None:
        self._soon.start()

    def _follow(self) -> None:
        """Show the neighbourhood of what is selected; hidden, leave it for later."""
        if self.isVisible():
            self._arrange()
            self.update()

    def _follow_time(self) -> None:
        """Paint again if the moment changes anything that is shown; most steps do not."""
        if not self.isVisible():
            return
        self._card.hide()  # what it says may be out of date
        if self._staged is not None and self._staged.besides:
            self._follow()  # others may be worth a look now
        scene = self._scene
        if scene is None or scene.nodes[0] != self._session.selection:
            return  # other cards are about to be shown
        if self._shown_now(scene) != self._painted:
            self.update()

    def _follow_numbers(self) -> None:
        """Show other numbers on the same cards, in the same places."""
        timeline = self._session.timeline
        if self._scenes is None or timeline is None:
            return
        self._card.hide()
        if timeline.trace.child is not self._scenes.timeline.trace.child:
            self._follow()  # another pass was opened while this view was hidden
            return
        self._scenes = self._scenes.with_numbers(timeline)
        _, *chosen = self._arrangement
        self._arrangement = timeline, *chosen
        if self._scene is not None:
            self._scene = self._scenes.refill(self._scene)
        self._follow()

    def _choose(self, choices: Choices) -> None:
        """Show the same node differently; it stays where it is if one has moved the picture."""
        self._choices = choices
        if self._scene is not None and self._keep is None and self._zoomed:
            self._keep = self._place_of(0)
        self._follow()
        self._keep = None

    def _arrange(self) -> None:
        timeline, node = self._session.timeline, self._session.selection
        if (timeline, node, self._choices, *self._stage()) == self._arrangement:
            return
        self._hover(None, None)
        if timeline is not None and (self._scenes is None or self._scenes.timeline is not timeline):
            self._scenes, self._scene = PassScenes(timeline), None
            self._choices = replace(self._choices, opened=frozenset())
        self._arrangement = timeline, node, self._choices, *self._stage()
        glides = bool(self.glide) and self._keep is not None
        before = self._places_on_screen(self._scene) if glides and self._scene else {}
        self._gliding.stop()
        if self._scenes is None or node is None:
            self._scene, self._notice, self._staged = None, "", None
        else:
            self._scene, self._notice = self._made(self._scenes, node)
            self._look(self._scene)
            if before:
                self._gliding.go(before, self._scene, self._camera, self.glide)
            self._telling.start()
        self.arranged.emit()

    def _made(self, scenes: PassScenes, node: int) -> tuple[Scene, str]:
        """Return the scene of a node: on a stage with no more than can all be seen."""
        if not self._is_on_stage:
            return scenes.make(node, self._choices)
        size = unscaled_size(self, self._theme)
        self._staged = staged(scenes, node, self._choices, self._session.cursor, size)
        return self._staged.scene, self._staged.reason

    def _stage(self) -> tuple[object, ...]:
        """Return what else decides what is shown on a stage."""
        if not self._is_on_stage:
            return ()
        is_crowded = self._staged is not None and self._staged.besides
        return self.width(), self.height(), self._session.cursor if is_crowded else None

    def _set_camera(self, camera: Camera) -> None:
        self._camera, self._part = camera, None
        self.moved.emit()
        self.update()

    def _look(self, scene: Scene) -> None:
        if self._keep is not None:
            self._set_camera(anchored(self._camera.scale, self._keep.x(), self._keep.y()))
        else:
            self._open(scene, self._camera.scale if self._zoomed else None)

    def _open(self, scene: Scene, scale: float | None = None) -> None:
        room = unscaled_size(self, self._theme)
        bounds = scene.bounds() if self._staged is None else self._staged.bounds
        self._set_camera(opening(bounds, room.width(), room.height(), scale))

    def _hover(self, card: int | None, edge: int | None) -> None:
        """Mark the card or the edge that the mouse is over."""
        if card is None:
            self._card.hide()
        if (card, edge) != (self._hovered, self._hovered_edge):
            self._hovered, self._hovered_edge = card, edge
            self.update()

    def _tell(self) -> None:
        """Say to those who cannot see it what is around the node; no frame waits for that."""
        scenes, scene = self._scenes, self._scene
        if scenes is None or scene is None:
            return
        node = scene.nodes[0]
        children, consumers = (
            scenes.graph.neighbours(node, way, self._choices.folds) for way in (CHILDREN, CONSUMERS)
        )
        cursor = self._session.cursor
        text = describe(scenes.timeline, cursor, node, children, consumers)
        self.setAccessibleDescription(text)

    def _places_on_screen(self, scene: Scene) -> dict[int, tuple[float, float]]:
        points = (scene.middle - (self._camera.left, self._camera.top)) * self._camera.scale
        return {node: (x, y) for node, (x, y) in zip(scene.nodes, points.tolist(), strict=True)}

    def _shown_now(self, scene: Scene) -> tuple[list[CardReading], CardMarks]:
        """Return all that depends on the moment or the mouse."""
        return scene.facts.at(self._session.cursor), self._marks(scene)

    def _marks(self, scene: Scene) -> CardMarks:
        timeline, session = self._session.timeline, self._session
        assert timeline is not None
        around = scene.neighbourhood
        moment = timeline.moment(session.cursor)
        active, active_edge = contribution_now(timeline, session.cursor), None
        if active is not None:
            found = np.flatnonzero(around.edges == active.edge)
            active_edge = int(found[0]) if len(found) else None
        compared = session.compared
        return CardMarks(
            current=None if moment.node is None else around.card_of(moment.node),
            compared=None if compared is None else around.card_of(compared),
            hovered=self._hovered,
            hovered_edge=self._hovered_edge,
            active=None if active_edge is None else active,
            active_edge=active_edge,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.scale(theme.scale, theme.scale)
        area, scene = unscaled_rect(self, theme), self._scene
        painter.fillRect(area, QColor(theme.window))
        if scene is None:
            self._paint_frame(painter)
            painter.setPen(QColor(theme.muted))
            painter.setFont(sans())
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(20, 20, -20, -20), wrapped, NOTHING_SELECTED)
            return
        self._painted = self._shown_now(scene)
        (readings, marks), camera = self._painted, self._camera
        written = None
        if marks.active is not None and marks.active_edge is not None:
            text = marks.active.arithmetic
            notes = [] if self._staged is None else self._staged.notes(camera)
            written = arithmetic_area(text, scene, marks.active_edge, camera, area.size(), notes)
        moved, shown = self._gliding.state()
        self._painter.paint(
            painter,
            scene,
            readings,
            marks,
            camera,
            area.size(),
            device_ratio(self, theme),
            moved,
            shown,
            None if written is None else written[0],
        )
        if marks.active is not None and written is not None and moved is None:
            paint_arithmetic(painter, marks.active.arithmetic, *written, theme)
        if self._staged is not None:
            paint_besides(painter, self._staged, camera, theme)
        self._paint_frame(painter)

    def _paint_frame(self, painter: QPainter) -> None:
        if self.hasFocus():
            paint_focus(painter, unscaled_rect(self, self._theme), self._theme)

    def showEvent(self, event: QShowEvent) -> None:
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._part is not None:
            self._keep_in_view(self._part)
        elif self._is_on_stage and self.isVisible():
            self._follow()
        elif self._scene is not None and not self._zoomed:
            self.recentre()
