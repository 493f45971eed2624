"""The colours of the themes can be read and told apart."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from explorer.theme.style import style_sheet
from explorer.theme.tokens import CODE, CONTRAST, DARK, LIGHT, SURFACES, TEXTS, THEMES, Theme

BEHIND_TEXT = (*SURFACES, "current_surface", "selected_surface")
OTHERS = ("name", "scale", "finest", "least_text")  # fields that are no colours
BANDS = ("forward", "forward_other", "backward", "update")
all_themes = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(theme: Theme) -> list[str]:
    several = ("ops", "flows")
    single = [getattr(theme, f.name) for f in fields(theme) if f.name not in (*OTHERS, *several)]
    return [*single, *theme.ops, *theme.flows]


def test_the_formula_of_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#123456", "#123456") == 1
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@all_themes
@pytest.mark.parametrize("surface", BEHIND_TEXT)
@pytest.mark.parametrize("text", TEXTS)
def test_text_has_seven_to_one_on_every_surface(theme: Theme, text: str, surface: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= 7


@all_themes
def test_the_text_of_the_main_button_has_four_and_a_half_to_one(theme: Theme) -> None:
    """It is bold and large; a button that also has 7:1 would be too dark to be the accent."""
    assert contrast(theme.accent_text, theme.accent) >= 4.5


@all_themes
@pytest.mark.parametrize("band", BANDS)
def test_the_text_of_the_time_line_has_four_and_a_half_to_one(theme: Theme, band: str) -> None:
    assert contrast(theme.band_text, getattr(theme, band)) >= 4.5


@all_themes
@pytest.mark.parametrize("surface", SURFACES)
def test_the_mark_of_the_moment_stands_out_by_three_to_one(theme: Theme, surface: str) -> None:
    assert contrast(theme.current, getattr(theme, surface)) >= 3


@all_themes
@pytest.mark.parametrize("surface", [*SURFACES, "box", "box_step"])
def test_the_mark_of_what_is_found_stands_out_by_three_to_one(theme: Theme, surface: str) -> None:
    assert contrast(theme.found, getattr(theme, surface)) >= 3


@all_themes
def test_the_mark_of_what_is_found_is_neither_blue_nor_orange(theme: Theme) -> None:
    """Magenta: red and blue without green, where numbers are blue or orange."""
    red, green, blue = (int(theme.found[i : i + 2], 16) for i in (1, 3, 5))
    assert green < 0.5 * min(red, blue)


@all_themes
@pytest.mark.parametrize("surface", [*SURFACES, "current_surface", "selected_surface"])
def test_breakpoints_stand_out_by_three_to_one(theme: Theme, surface: str) -> None:
    assert contrast(theme.breakpoint, getattr(theme, surface)) >= 3


@all_themes
def test_breakpoints_have_a_colour_of_their_own(theme: Theme) -> None:
    """Red, with little green, where numbers are orange; with little blue, where finds are not."""
    red, green, blue = (int(theme.breakpoint[i : i + 2], 16) for i in (1, 3, 5))
    assert red > 1.9 * max(green, blue)
    assert green < 0.6 * red


@all_themes
def test_kinds_of_code_have_different_colours(theme: Theme) -> None:
    assert len({getattr(theme, kind) for kind in (*CODE, "text", "muted")}) == len(CODE) + 2


@all_themes
def test_colours_are_well_formed(theme: Theme) -> None:
    assert [c for c in colours(theme) if not re.fullmatch("#[0-9a-f]{6}", c)] == []


@all_themes
def test_operations_have_different_colours(theme: Theme) -> None:
    assert len(set(theme.ops)) == len(theme.ops) >= 9


@all_themes
def test_the_three_phases_have_different_colours(theme: Theme) -> None:
    assert len({getattr(theme, band) for band in BANDS}) == len(BANDS)


@all_themes
def test_negative_is_blue_and_positive_is_orange(theme: Theme) -> None:
    for colour in (theme.negative, theme.ramp_negative):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert blue > green > red
    for colour in (theme.positive, theme.ramp_positive):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert red > green > blue


def test_the_themes_have_different_names() -> None:
    assert {name: theme.name for name, theme in THEMES.items()} == {
        "dark": "dark",
        "light": "light",
        "contrast": "contrast",
    }


@pytest.mark.parametrize("surface", [*SURFACES, "box"])
def test_lines_of_the_third_theme_stand_out_by_four_and_a_half_to_one(surface: str) -> None:
    assert contrast(CONTRAST.border, getattr(CONTRAST, surface)) >= 4.5


def test_everything_written_in_the_third_theme_has_seven_to_one() -> None:
    assert contrast(CONTRAST.accent_text, CONTRAST.accent) >= 7
    for band in BANDS:
        assert contrast(CONTRAST.band_text, getattr(CONTRAST, band)) >= 7


def test_the_light_theme_is_light_and_the_dark_one_dark() -> None:
    for surface in SURFACES:
        assert luminance(getattr(DARK, surface)) < 0.05 < 0.8 < luminance(getattr(LIGHT, surface))


def test_lengths_follow_the_scale() -> None:
    large = DARK.scaled(1.7)
    assert [large.px(length) for length in (0, 1, 10, 13)] == [0, 2, 17, 22]
    assert [DARK.scaled(0.4).px(length) for length in (0, 1, 10)] == [0, 1, 4]
    assert DARK.px(13) == 13


def test_no_line_is_finer_than_it_should_be() -> None:
    assert DARK.line(1.2) == 1.2
    lecture = DARK.scaled(1.6, finest=2)
    assert lecture.line(0) * lecture.scale == 2
    assert lecture.line(3) == 3


def test_the_style_sheet_follows_the_scale() -> None:
    usual, large = style_sheet(DARK), style_sheet(DARK.scaled(2))
    lengths = [int(found) for found in re.findall(r"(-?\d+)px", usual)]
    assert [int(found) for found in re.findall(r"(-?\d+)px", large)] == [2 * n for n in lengths]
