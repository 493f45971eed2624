"""The colours of the themes, by what they are for, and how large everything is.

Every colour of text stands on every surface with a contrast of at least 7:1 (WCAG AAA). In the
third theme so does what is written on bands and buttons, surfaces are black, and lines are bright:
for weak projectors, bright rooms and tired eyes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

SURFACES = ("window", "panel", "raised")
CODE = ("code_keyword", "code_name", "code_text", "code_number")
TEXTS = ("text", "muted", "negative", "positive", "warning", *CODE)


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``, and the scale of all lengths.

    Lengths stand in the code as they are at scale 1. Layouts and fonts of widgets take them from
    `px`; widgets that paint themselves count in them, and scale the painter and the mouse at their
    edge (`explorer.theme.scaling`).

    Attributes
    ----------
    window, panel, raised : str
        Surfaces: behind everything, of views, of buttons and cards.
    border : str
    text, muted : str
    negative, positive : str
        Text of signed numbers; blue and orange, told apart by colour-blind people too.
    warning : str
    accent, accent_text : str
        The one button that matters most, and what is written on it.
    current : str
        The moment that is shown: its node, its line, its position.
    found : str
        What the search found; no number and no operation has a colour like it.
    code_keyword, code_name, code_text, code_number : str
        Code: keywords, names that are defined or built in, texts, numbers.
    current_surface : str
        Behind what belongs to the current moment.
    selected_surface : str
        Behind the selected item of a list.
    box, box_border : str
        Scopes on the map; each one within another is a little lighter (darker in the light theme).
    box_step : str
        The surface that nested boxes approach.
    forward, forward_other, backward, update : str
        Bands of the time line.
    breakpoint, bookmark : str
        Marks on the time line, in lists and beside the source.
    band_text : str
    unborn, pending, zero : str
        Cells: not computed yet; gradient not reached yet; exactly zero.
    partial, final : str
        Cells by state: gradient partly added up; complete.
    not_a_number : str
    ramp_negative, ramp_neutral, ramp_positive : str
        Ends and middle of the scale of signed numbers.
    flows : tuple of str
        Arrows between blocks: keys and values.
    ops : tuple of str
        Cells by operation.
    scale : float
        How large everything is; 1 at first.
    finest : float
        The width in pixels of the screen that no line goes below.
    least_text : float
        Pixels at scale 1 of the smallest letters that are written, where maps write as it fits.
    """

    name: str
    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    negative: str
    positive: str
    warning: str
    accent: str
    accent_text: str
    current: str
    found: str
    code_keyword: str
    code_name: str
    code_text: str
    code_number: str
    current_surface: str
    selected_surface: str
    box: str
    box_step: str
    box_border: str
    forward: str
    forward_other: str
    backward: str
    update: str
    breakpoint: str
    bookmark: str
    band_text: str
    unborn: str
    pending: str
    zero: str
    partial: str
    final: str
    not_a_number: str
    ramp_negative: str
    ramp_neutral: str
    ramp_positive: str
    flows: tuple[str, ...]
    ops: tuple[str, ...]
    scale: float = 1.0
    finest: float = 0.0
    least_text: float = 0.0

    def px(self, length: float) -> int:
        """Return a length in pixels of the screen; what is seen at scale 1 stays in sight."""
        return max(round(length * self.scale), min(math.ceil(length), 1))

    def line(self, width: float) -> float:
        """Return the width of a line that is painted with a scaled painter."""
        return max(width, self.finest / self.scale)

    def scaled(self, scale: float, finest: float = 0.0, least_text: float = 0.0) -> Theme:
        """Return the theme at another scale."""
        return replace(self, scale=scale, finest=finest, least_text=least_text)

    def of_sign(self, value: float) -> str:
        """Return the colour of a number: one for each sign, that of text for zero."""
        if value < 0:
            return self.negative
        return self.positive if value > 0 else self.text

    def more_room(self, least: float) -> float:
        """Return how many times more room a text needs that could be as small as `least`."""
        return max(1.0, self.least_text / least)


DARK = Theme(
    name="dark",
    window="#0b0f16",
    panel="#0f141d",
    raised="#171e2a",
    border="#273244",
    text="#e9eef5",
    muted="#a9b6c8",
    negative="#8ab8ff",
    positive="#f6a766",
    warning="#ffcf70",
    accent="#2563d9",
    accent_text="#ffffff",
    current="#f59e5b",
    found="#ff5cd0",
    breakpoint="#ff4d5e",
    code_keyword="#c9b2ff",
    code_name="#7fd3f2",
    code_text="#8fdcbc",
    code_number="#e6d07c",
    current_surface="#3a2412",
    selected_surface="#1b2943",
    box="#131a25",
    box_step="#33405a",
    box_border="#2b3a54",
    forward="#6d93d1",
    forward_other="#86a9e0",
    backward="#e0945a",
    update="#62b58c",
    bookmark="#d7b4ff",
    band_text="#0b0f16",
    unborn="#1c2431",
    pending="#403a5c",
    zero="#2f4a4a",
    partial="#e6b84a",
    final="#45b3a3",
    not_a_number="#ff4fd8",
    ramp_negative="#66aaff",
    ramp_neutral="#4a525c",
    ramp_positive="#ff9d4d",
    flows=("#2fd0a5", "#e58ac0"),
    ops=(
        "#8b98a9", "#5f6b7c", "#b8c2cf", "#56b4e9", "#e69f00", "#2fbf95", "#cc79a7", "#f0e442",
        "#9a8cff", "#ff8f6b",
    ),
)  # fmt: skip

LIGHT = Theme(
    name="light",
    window="#eef1f5",
    panel="#ffffff",
    raised="#f4f6f9",
    border="#c5ced9",
    text="#131b26",
    muted="#414c5a",
    negative="#0a4596",
    positive="#7b3600",
    warning="#6b4300",
    accent="#1d55c4",
    accent_text="#ffffff",
    current="#c2560c",
    found="#b5008f",
    breakpoint="#c8102e",
    code_keyword="#4a1fa6",
    code_name="#004a66",
    code_text="#0a4d3c",
    code_number="#574100",
    current_surface="#ffe9d6",
    selected_surface="#dde9fc",
    box="#f7f9fb",
    box_step="#c3cddb",
    box_border="#b3bfce",
    forward="#7ea3dc",
    forward_other="#9dbbe9",
    backward="#eba873",
    update="#7cc4a0",
    bookmark="#6b34b8",
    band_text="#0d1420",
    unborn="#e6eaef",
    pending="#cfc8e6",
    zero="#a9c4bf",
    partial="#b58100",
    final="#007a6c",
    not_a_number="#b0008a",
    ramp_negative="#0b57c2",
    ramp_neutral="#dde2e8",
    ramp_positive="#c75a00",
    flows=("#00795c", "#a8467c"),
    ops=(
        "#5d6a7a", "#8a96a5", "#3d4855", "#0072b2", "#c77f00", "#00795c", "#a8467c", "#8a7d00",
        "#5b48c9", "#c0391b",
    ),
)  # fmt: skip

CONTRAST = Theme(
    name="contrast",
    window="#000000",
    panel="#000000",
    raised="#121212",
    border="#8d9aab",
    text="#ffffff",
    muted="#dde4ec",
    negative="#8fc7ff",
    positive="#ffb86b",
    warning="#ffe08a",
    accent="#0a49b8",
    accent_text="#ffffff",
    current="#ffb000",
    found="#ff5ce0",
    breakpoint="#ff5566",
    code_keyword="#d9c8ff",
    code_name="#8fe0ff",
    code_text="#9ff0cc",
    code_number="#ffe98a",
    current_surface="#402800",
    selected_surface="#062a63",
    box="#0b0b0b",
    box_step="#3d4248",
    box_border="#6f7a88",
    forward="#8fbaff",
    forward_other="#b4d2ff",
    backward="#ffb57a",
    update="#84e6b8",
    bookmark="#e2c8ff",
    band_text="#000000",
    unborn="#17191c",
    pending="#4d4184",
    zero="#2c6060",
    partial="#ffd24a",
    final="#4fe6d0",
    not_a_number="#ff4fd8",
    ramp_negative="#5cb0ff",
    ramp_neutral="#3b4047",
    ramp_positive="#ffa033",
    flows=("#33f0b8", "#ff9fd6"),
    ops=(
        "#aeb9c7", "#7d899a", "#e2e8f0", "#6cc8ff", "#ffb41f", "#3fe0b2", "#ee9ac6", "#fff25c",
        "#b3a6ff", "#ffa285",
    ),
)  # fmt: skip

THEMES = {theme.name: theme for theme in (DARK, LIGHT, CONTRAST)}
