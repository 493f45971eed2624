"""The map as a picture on a widget: what it shows of a pass, and where the camera stands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from explorer.debug import titles
from explorer.debug.session import Cone, Session
from explorer.layout.camera import Camera, Part, fit
from explorer.layout.flows import Flow
from explorer.layout.map_layout import MapLayout
from explorer.theme.scaling import scaled_point, unscaled_point, unscaled_rect, unscaled_size
from explorer.theme.tokens import Theme
from explorer.views.camera_glide import CameraGlide
from explorer.views.focus import paint_focus
from explorer.views.hover_card import HoverCard
from explorer.views.map_cells import LEAST_TEXT
from explorer.views.map_colours import MapColours, outside_of_cone_dimmed
from explorer.views.map_export import MapPicture
from explorer.views.map_frame import COLUMN_HEADER
from explorer.views.map_marks import SessionMarks
from explorer.views.map_painter import MapPainter
from explorer.views.minimap import Minimap

SELECTION_SCALE = 72.0  # pixels a cell after zooming to the selection
SMALLEST_SHARE = 0.5  # of the scale at which the whole map is seen
SEEN_MARGIN = 10  # pixels between a cell in view and the edge
GLIDE = 180  # milliseconds that the camera takes from one place to another
MINIMAP_FROM = 1.25  # times the scale at which the whole map is seen
IN_VIEW = 0.4  # of the picture that a scope fills when it counts as entered
SMALLEST = (240, 160)  # pixels


class MapCanvas(QWidget):
    """The whole pass as one picture, of which a camera shows a part.

    Parameters
    ----------
    session : Session
    theme : Theme

    Attributes
    ----------
    glide : int
        Milliseconds that the camera takes from one place to another; 0 if the person prefers
        reduced motion.
    """

    scope_entered = Signal(int)  # the innermost scope that fills the picture
    limit_changed = Signal(float)  # the end of the colour scale
    camera_moved = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._layout: MapLayout | None = None
        self.is_on_stage = False  # of a lecture, where nothing lies over the map
        self.left_room = 0.0  # pixels of scale 1 that the whole map leaves free
        self._given: tuple[object, ...] = (None,)  # what the painter was made of
        self._painter: MapPainter | None = None
        self._colours: MapColours | None = None
        self._camera = Camera(1.0, 0.0, 0.0)
        self._stale = self._has_old_numbers = False  # what changed while nobody looked
        self._shows_all = True
        self._part: Part | None = None  # that stays in view when the size changes
        self._entered = 0
        self._aim = 0, self._camera  # the scope that was asked for, and where it is in view
        self._shows_focus = False
        self._hover: int | None = None
        self._marks = SessionMarks(session)
        self._card = HoverCard(self, theme)
        self._minimap = Minimap(self, theme)
        self._minimap.chosen.connect(self._centre_on_share)
        self._gliding = CameraGlide(self)
        self._gliding.moved.connect(self._set_camera)
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        self.glide = GLIDE if self.style().styleHint(hint, None, self) else 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(*map(theme.px, SMALLEST))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of the pass")
        session.cursor_moved.connect(self._recolour)
        session.numbers_changed.connect(self._follow_numbers)
        session.colour_changed.connect(self._recolour)
        session.selected.connect(self._show_selection)
        session.found_changed.connect(self._redraw)
        session.watches.changed.connect(self._find_pins)
        session.breakpoints.changed.connect(self._find_pins)

    def show_pass(self, layout: MapLayout, flows: Sequence[Flow], colours: MapColours) -> None:
        """Show the session's pass, laid out as given.

        The camera stays if the map has the same size as the last one.
        """
        timeline = self._session.timeline
        assert timeline is not None
        last, given = self._layout, (timeline, layout, flows, colours)
        self._layout = layout
        self._colours = colours
        if any(one is not other for one, other in zip(given, self._given, strict=False)):
            self._painter = MapPainter(
                layout, timeline, flows, titles.scope_titles(timeline.trace), self._theme
            )
        elif self._painter is not None:  # the same pass once more, which may show a what-if
            self._painter.show_numbers(timeline)
        self._given = given
        self._hover_over(None)
        self._marks.find_pins()
        self._has_old_numbers = False
        self._shade()
        if last is None and self._part is not None:
            self._keep_in_view(self._part)
        elif last is None or last.grid.shape != layout.grid.shape or self._shows_all:
            self._set_camera(self.whole)
            self._shows_all = True

    @property
    def view_size(self) -> tuple[float, float]:
        """Width and height in pixels of scale 1, in which the camera counts."""
        size = unscaled_size(self, self._theme)
        return size.width(), size.height()

    @property
    def layout_shown(self) -> MapLayout | None:
        """Where everything stands; None before the first pass."""
        return self._layout

    @property
    def camera(self) -> Camera:
        """Which part of the map is on screen, or will be when the camera stands still."""
        return self._gliding.goal or self._camera

    @property
    def seen(self) -> Camera:
        """Which part of the map is on screen now, also while the camera is on its way."""
        return self._camera

    @property
    def whole(self) -> Camera:
        """The camera that shows all of the map."""
        assert self._layout is not None
        box = (0.0, 0.0, float(self._layout.width), float(self._layout.height))
        width, height = self.view_size
        return fit(box, width - self.left_room, height).panned(self.left_room, 0)

    @property
    def shows_all(self) -> bool:
        """Whether the whole map is shown, at any size of the window."""
        return self._shows_all

    @property
    def colours(self) -> MapColours | None:
        """The colours of the pass; None before the first pass."""
        return self._colours

    def take_over(self, old: MapCanvas) -> None:
        """Look at the pass as another map of its session does, in this look and at any size."""
        self.glide, self._shows_all = old.glide, old._shows_all
        if not old._shows_all:
            aimed = old.camera == old._aim[1]
            self._keep_in_view(old._part or Part(old.camera, *old.view_size))
            if aimed:
                self._aim = old._aim[0], self._camera
                self._tell_scope()
        elif self._layout is not None:
            self._set_camera(self.whole)
        if old._has_old_numbers:
            self._follow_numbers()

    def _keep_in_view(self, part: Part) -> None:
        """Show the same part as on a screen of another size, until somebody moves the camera."""
        aimed = self._camera == self._aim[1] and self._aim[0]
        self._gliding.stop()
        self._shows_all = False
        camera = part.on(*self.view_size)
        if aimed:
            self._aim = self._aim[0], camera
        if self._layout is not None:
            self._set_camera(camera)
        self._part = part

    def zoom_to_fit(self) -> None:
        """Show the whole map."""
        if self._layout is not None:
            self.look(self.whole)
            self._shows_all = True

    def zoom_to_selection(self) -> None:
        """Show the selected node large; if it already is, the whole map."""
        camera = self._at_selection()
        if camera == self.camera:
            self.zoom_to_fit()
        elif camera is not None:
            self.look(camera)

    def show_selection(self) -> None:
        """Show the selected node large, also if it already is."""
        camera = self._at_selection()
        if camera is not None:
            self.look(camera)

    def _at_selection(self) -> Camera | None:
        node = self._session.selection
        if node is None or self._layout is None:
            return None
        scale = SELECTION_SCALE * self._theme.more_room(LEAST_TEXT)
        return Camera(scale, 0.0, 0.0).centred(*self._layout.middle(node), *self.view_size)

    def show_scope(self, scope: int) -> None:
        """Show a scope as large as it goes."""
        if scope == 0:
            self.zoom_to_fit()
        elif self._layout is not None:
            self._aim = scope, self._fitted(scope)
            self.look(self._aim[1])

    def look(self, camera: Camera) -> None:
        """Move the camera, smoothly unless the person prefers reduced motion."""
        self._hover_over(None)
        self._shows_all = False
        if self.glide and self.isVisible():
            self._gliding.go(self._camera, camera, unscaled_size(self, self._theme), self.glide)
        else:
            self._gliding.stop()
            self._set_camera(camera)

    def look_again(self, camera: Camera) -> None:
        """Look as a saved camera did, or as near to that as there is something to see."""
        if self._layout is not None:
            box = float(self._layout.width), float(self._layout.height)
            self.look(camera.kept_near(box, self.view_size, self.whole.scale * SMALLEST_SHARE))

    def picture(self) -> MapPicture | None:
        """Return what is shown, to be painted once more; None before the first pass."""
        if self._painter is None:
            return None
        self._catch_up()
        marks, scale = self._marks.now(hovered=None), self._theme.scale
        return MapPicture(
            self._painter, self._camera, self.view_size, scale, marks, self._session.cursor
        )

    def node_at(self, point: QPointF) -> int | None:
        """Return the node at a point of the widget."""
        if self._layout is None:
            return None
        point = unscaled_point(point, self._theme)
        return self._layout.node_at(*self._camera.to_map(point.x(), point.y()))

    def point_of(self, node: int) -> QPointF:
        """Return where the middle of a node's cell is on the widget."""
        assert self._layout is not None
        at = self._camera.to_screen(*self._layout.middle(node))
        return scaled_point(QPointF(*at), self._theme)

    def _fitted(self, scope: int) -> Camera:
        assert self._layout is not None
        left, top, width, height = map(float, self._layout.box[scope])
        return fit((left, top, width, height), *self.view_size)

    def _set_camera(self, camera: Camera) -> None:
        self._camera, self._part = camera, None
        self._tell_scope()
        self._refresh_minimap()
        self.update()
        self.camera_moved.emit()

    def _tell_scope(self) -> None:
        """Tell which scope was asked for or fills the picture, if that has changed."""
        if self._layout is None:
            return
        if self._camera == self._aim[1]:
            entered = self._aim[0]
        else:
            corners = self._camera.to_map(0, 0), self._camera.to_map(*self.view_size)
            entered = self._layout.filling_scope(*corners, IN_VIEW)
        if entered != self._entered:
            self._entered = entered
            self.scope_entered.emit(entered)

    def _refresh_minimap(self) -> None:
        if self._painter is None or self._layout is None:
            return
        if self.is_on_stage or self._camera.scale <= MINIMAP_FROM * self.whole.scale:
            self._minimap.hide()
            return
        left, top = self._camera.to_map(0, 0)
        width, height = (side / self._camera.scale for side in self.view_size)
        self._minimap.show_part(self._painter.image, QRectF(left, top, width, height))

    def _centre_on_share(self, across: float, down: float) -> None:
        if self._layout is not None:
            x, y = across * self._layout.width, down * self._layout.height
            self._gliding.stop()
            self._set_camera(self._camera.centred(x, y, *self.view_size))

    def _find_pins(self) -> None:
        self._marks.find_pins()
        self.update()

    def _recolour(self) -> None:
        self._card.hide()  # what it says may be out of date
        if self.isVisible():
            self._shade()
        else:
            self._stale = True

    def _catch_up(self) -> None:
        """Show what has changed while the map was hidden."""
        if self._stale:
            self._shade()

    def _shade(self) -> None:
        self._stale = False
        if self._painter is None or self._colours is None:
            return
        colours = self._colours
        if self._has_old_numbers:
            colours = self._colours = self._with_numbers(self._painter, colours)
        session = self._session
        shading = colours.at(session.cursor, session.colour, session.scale_follows)
        self._painter.recolour(outside_of_cone_dimmed(shading.indices, session))
        self.limit_changed.emit(shading.limit)
        if self._minimap.isVisible():
            self._minimap.update()
        self.update()

    def _follow_numbers(self) -> None:
        self._has_old_numbers = True
        self._recolour()

    def _with_numbers(self, painter: MapPainter, colours: MapColours) -> MapColours:
        """Let a painter show the numbers of the session, and return their colours."""
        self._has_old_numbers = False
        timeline = self._session.timeline
        if timeline is None:
            return colours
        painter.show_numbers(timeline)
        return colours.with_numbers(timeline, self._session.contrast)

    def _redraw(self) -> None:
        self.update()

    def _show_selection(self) -> None:
        """Bring the selected node into view, if the camera is close and has lost it."""
        node = self._session.selection
        if self._session.cone is not Cone.ALL:
            self._recolour()
        if node is not None and self._layout is not None and not self._shows_all:
            middle = self._layout.middle(node)
            point = QPointF(*self.camera.to_screen(*middle))
            edge = SEEN_MARGIN + round(self.camera.scale / 2)
            inside = unscaled_rect(self, self._theme)
            if not inside.adjusted(edge, edge + COLUMN_HEADER, -edge, -edge).contains(point):
                self.look(self.camera.centred(*middle, *self.view_size))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._painter is None:
            painter.fillRect(self.rect(), QColor(self._theme.window))
            return
        painter.scale(self._theme.scale, self._theme.scale)
        self._catch_up()  # a widget can be painted that is not shown
        size = unscaled_size(self, self._theme)
        marks = self._marks.now(self._hover)
        self._painter.paint(painter, self._camera, size, marks, self._session.cursor)
        if self._shows_focus:
            paint_focus(painter, unscaled_rect(self, self._theme), self._theme)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._shows_all and self._layout is not None:
            self._gliding.stop()
            self._set_camera(self.whole)
        elif self._part is not None:
            self._keep_in_view(self._part)
        self._refresh_minimap()

    def _hover_over(self, node: int | None, at: QPointF | None = None) -> None:
        """Tell about the node under the mouse, if there is one, at a point of the widget."""
        timeline = self._session.timeline
        if node is None or timeline is None or at is None:
            self._card.hide()
        else:
            self._card.show_node(timeline, self._session.cursor, node, at, self._session.contrast)
        if node != self._hover:
            self._hover = node
            self.update()
