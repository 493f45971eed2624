"""The keys of a lecture: those that a clicker sends, and those at the computer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from explorer.debug.lessons.stop import StageView


class Act(StrEnum):
    """What a key of a lecture does."""

    ON = "on"
    BACK = "back"
    STEP = "step"
    STEP_BACK = "step back"
    START = "start"
    END = "end"
    BLACK = "black"
    WHITE = "white"
    CLEAR = "clear"
    NOTHING = "nothing"
    NEXT_VIEW = "next view"
    LAST_VIEW = "last view"
    CHOOSE_VIEW = "choose view"
    STEP_SIZE = "size of a step"
    COLOUR = "colour"
    ZOOM = "zoom"
    SPOTLIGHT = "spotlight"
    MAGNIFIER = "magnifier"
    LASER = "laser dot"
    PEN = "pen"
    LARGER_CIRCLE = "larger circle"
    SMALLER_CIRCLE = "smaller circle"
    UNDO = "undo"
    ERASE = "erase"
    THEME = "theme"
    LARGER = "larger"
    SMALLER = "smaller"
    USUAL_SIZE = "usual size"
    DISPLAY = "display"
    PRESENTER = "presenter"
    KEYS = "keys"
    LEAVE = "leave"


@dataclass(frozen=True)
class LectureKey:
    """What some keys do in a lecture.

    Attributes
    ----------
    act : Act
    keys : tuple of str
        As Qt spells them.
    title : str
        In the sheet of keys.
    group : str
    """

    act: Act
    keys: tuple[str, ...]
    title: str
    group: str


CLICKER, PICTURE, POINTING, SCREEN = "Clicker", "What is shown", "Pointing", "Screens"

LECTURE_KEYS = (
    LectureKey(
        Act.ON, ("PgDown", "Space", "Right", "Down"),
        "On: the next stop of the lesson; without a lesson, a step", CLICKER,
    ),
    LectureKey(
        Act.BACK, ("PgUp", "Shift+Space", "Left", "Up"),
        "Back: the stop before; without a lesson, a step back", CLICKER,
    ),
    LectureKey(Act.START, ("Home",), "The first stop, or the start of the pass", CLICKER),
    LectureKey(Act.END, ("End",), "The last stop, or the end of the pass", CLICKER),
    LectureKey(Act.BLACK, ("B", "."), "Black; again, or any step: back", CLICKER),
    LectureKey(Act.WHITE, ("W",), "White; again, or any step: back", CLICKER),
    LectureKey(
        Act.CLEAR, ("Esc",),
        "Put away what is pointed with, black or white; it never leaves the lecture", CLICKER,
    ),
    LectureKey(Act.NOTHING, ("F5", "Shift+F5"), "Nothing: clickers send them to slides", CLICKER),
    LectureKey(Act.STEP, ("F10",), "A step of the debugger, in a lesson too", PICTURE),
    LectureKey(Act.STEP_BACK, ("Shift+F10",), "A step back of the debugger", PICTURE),
    LectureKey(Act.STEP_SIZE, ("G",), "Larger steps; after the largest the smallest", PICTURE),
    LectureKey(Act.NEXT_VIEW, ("V",), "The next view", PICTURE),
    LectureKey(Act.LAST_VIEW, ("Shift+V",), "The view before", PICTURE),
    LectureKey(
        Act.CHOOSE_VIEW, ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0"),
        "Map, neighbourhood, formula, probabilities, attention, residual stream, embeddings, "
        "training, generation, text", PICTURE,
    ),
    LectureKey(Act.COLOUR, ("C",), "Colour the map by data, or by gradient", PICTURE),
    LectureKey(Act.ZOOM, ("F",), "Zoom to the selection; again: the whole map", PICTURE),
    LectureKey(Act.SPOTLIGHT, ("S",), "Spotlight: all but a circle is dimmed", POINTING),
    LectureKey(Act.MAGNIFIER, ("M",), "Magnifier", POINTING),
    LectureKey(Act.LASER, ("L",), "Laser dot", POINTING),
    LectureKey(Act.PEN, ("I",), "Pen, whose ink stays on the map while it zooms", POINTING),
    LectureKey(Act.LARGER_CIRCLE, ("]",), "A larger spotlight, magnifier, dot", POINTING),
    LectureKey(Act.SMALLER_CIRCLE, ("[",), "A smaller one", POINTING),
    LectureKey(Act.UNDO, ("Ctrl+Z",), "Take the last line of the pen away", POINTING),
    LectureKey(Act.ERASE, ("E",), "Erase all that was drawn", POINTING),
    LectureKey(Act.THEME, ("T",), "Dark, light, high contrast", SCREEN),
    LectureKey(Act.LARGER, ("Ctrl++", "Ctrl+="), "Larger text", SCREEN),
    LectureKey(Act.SMALLER, ("Ctrl+-",), "Smaller text", SCREEN),
    LectureKey(Act.USUAL_SIZE, ("Ctrl+0",), "Text of the usual size", SCREEN),
    LectureKey(Act.DISPLAY, ("D",), "The lecture on the next display", SCREEN),
    LectureKey(Act.PRESENTER, ("P",), "The presenter’s window, or no longer", SCREEN),
    LectureKey(Act.KEYS, ("?", "F1"), "These keys", SCREEN),
    LectureKey(Act.LEAVE, ("Ctrl+L",), "Leave the lecture", SCREEN),
)  # fmt: skip

# Views that a key shows; the next one when it is pressed again.
VIEWS_BY_KEY = {
    "1": (StageView.MAP,),
    "2": (StageView.NEIGHBOURHOOD,),
    "3": (StageView.FORMULA,),
    "4": (StageView.PROBABILITIES,),
    "5": (StageView.ATTENTION, StageView.HEAD, StageView.CACHE),
    "6": (StageView.STREAM, StageView.UNITS),
    "7": (StageView.EMBEDDINGS,),
    "8": (StageView.TRAINING,),
    "9": (StageView.GENERATION,),
    "0": (StageView.TEXT,),
}


def act_of(key: str) -> Act | None:
    """Return what a key does; None if it does nothing in a lecture."""
    return next((one.act for one in LECTURE_KEYS if key in one.keys), None)
