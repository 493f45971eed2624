"""Fonts and the style sheet of the window."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from explorer.theme.tokens import Theme

SANS = ("Inter", "Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans")
MONO = ("JetBrains Mono", "Cascadia Mono", "Menlo", "DejaVu Sans Mono")

BUTTON, ICON = 14, 18  # pixels at scale 1: texts and icons of bars
BODY, SMALL, LARGE = 15, 13, 20  # pixels at scale 1
HAIR = 2  # up to which a length may be that of a line
LENGTH = re.compile(r"\b(\d+)px")


def sans(pixels: int = BODY, bold: bool = False) -> QFont:
    """Return the font of the window's texts."""
    return QFont(_font(SANS, pixels, bold))


def mono(pixels: int = BODY, bold: bool = False) -> QFont:
    """Return the font of names and code, all letters as wide as each other."""
    return QFont(_font(MONO, pixels, bold))


@cache
def _font(families: tuple[str, ...], pixels: int, bold: bool) -> QFont:
    font = QFont(list(families))
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def write_all(window: QWidget, font: QFont) -> None:
    """Give a font to the parts of a window that have none; style sheets let none be inherited."""
    for part in window.findChildren(QWidget):
        if not part.testAttribute(Qt.WidgetAttribute.WA_SetFont):
            part.setFont(font)


def style_sheet(theme: Theme) -> str:
    """Return Qt's style sheet of a theme. Widgets are told apart by `role` properties."""
    return scaled_lengths(_rules(theme), theme) + _knob(theme)


def scaled_lengths(style: str, theme: Theme) -> str:
    """Return a style, such as that of a paragraph, with its lengths at the scale of a theme."""
    return LENGTH.sub(lambda length: f"{_on_screen(theme, int(length[1]))}px", style)


def _on_screen(theme: Theme, length: int) -> int:
    """Return a length on screen; what may be a line is not finer than lines may be."""
    scaled = theme.px(length)
    return max(scaled, round(theme.finest)) if 0 < length <= HAIR else scaled


def _knob(t: Theme) -> str:
    """Return the rules of the knobs of sliders, round at every scale.

    Qt gives square corners to what is a pixel smaller than its two radii.
    """
    radius, groove = t.px(7), t.px(2)
    return f"""
    QSlider[role="step"]::groove:horizontal, QSlider[role="step"]::sub-page:horizontal {{
        height: {2 * groove}px; border-radius: {groove}px; margin: 0 {groove}px; }}
    QSlider[role="step"]::handle:horizontal {{ width: {2 * radius}px; height: {2 * radius}px;
        margin: {groove - radius}px 0; border-radius: {radius}px; }}
    """


def _rules(t: Theme) -> str:
    """Return the style sheet with lengths as they are at scale 1."""
    return f"""
    QWidget {{ background: {t.panel}; color: {t.text}; }}
    QMainWindow, QSplitter, *[role="window"] {{ background: {t.window}; }}
    QSplitter::handle {{ background: {t.border}; }}
    QMainWindow::separator {{ background: {t.border}; width: 1px; height: 1px; }}
    QMainWindow::separator:hover {{ background: {t.negative}; }}
    QDockWidget {{ border: none; }}
    QFileDialog {{ min-width: 640px; min-height: 440px; }}
    QFileDialog QWidget {{ font-size: {BODY}px; }}
    QFileDialog QToolButton {{ padding: 2px; min-width: 26px; min-height: 26px; }}
    QFileDialog #sidebar {{ min-width: 120px; icon-size: 16px; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QTabBar {{ background: transparent; border: none; }}
    QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 6px 10px;
        border: none; border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent};
        font-weight: 600; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QTabBar::tab:focus {{ padding: 5px 9px; border: 1px solid {t.negative};
        border-bottom-width: 2px; border-radius: 4px; }}
    QTableView {{ outline: none; selection-background-color: {t.selected_surface};
        selection-color: {t.text}; }}
    QTableView::item {{ padding: 0 6px; border: none; }}
    QTableView::item:selected {{ background: {t.selected_surface}; }}
    QTableView::indicator {{ width: 11px; height: 11px; border-radius: 6px;
        border: 1px solid {t.muted}; background: transparent; }}
    QTableView::indicator:checked {{ background: {t.breakpoint};
        border-color: {t.breakpoint}; }}
    QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none;
        padding: 2px 6px; }}
    QHeaderView {{ border: none; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border};
        padding: 4px 8px; font-size: {BODY}px; }}
    QLabel {{ background: transparent; }}
    QLabel[role="heading"] {{ color: {t.muted}; font-size: {SMALL}px; font-weight: 600;
        letter-spacing: 1px; padding: 12px 14px 6px 14px; }}
    QLabel[role="heading"][place="row"] {{ padding: 0; }}
    QLabel[role="muted"] {{ color: {t.muted}; }}
    QLabel[role="warning"] {{ color: {t.warning}; }}
    QLabel[role="phase"] {{ background: {t.current_surface}; color: {t.positive};
        border-radius: 15px; padding: 0 14px; font-weight: 600; min-height: 30px; }}
    QLineEdit, QPlainTextEdit {{ background: {t.window}; border: 1px solid {t.border};
        border-radius: 8px; padding: 5px 12px; selection-background-color: {t.accent};
        selection-color: {t.accent_text}; }}
    QPlainTextEdit {{ padding: 3px 8px; }}
    QLineEdit:focus, QPlainTextEdit:focus, QAbstractSpinBox:focus {{ border-color: {t.negative}; }}
    QAbstractSpinBox {{ background: {t.window}; border: 1px solid {t.border};
        border-radius: 8px; min-height: 32px; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QAbstractSpinBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
    QPushButton, QToolButton {{ background: {t.raised}; border: 1px solid {t.border};
        border-radius: 8px; padding: 6px 12px; }}
    QToolButton {{ font-size: {BUTTON}px; icon-size: {ICON}px; }}
    QToolButton[role="close"] {{ font-size: {ICON}px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {t.muted}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {t.selected_surface}; }}
    QPushButton:disabled, QToolButton:disabled {{ background: {t.panel}; color: {t.border}; }}
    QToolButton[segment="true"]:disabled {{ color: {t.border}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {t.negative}; }}
    QPushButton[role="primary"] {{ background: {t.accent}; color: {t.accent_text};
        border-color: {t.accent}; font-weight: 600; padding: 6px 18px; }}
    QPushButton[role="primary"]:focus {{ border-color: {t.text}; }}
    QToolButton[segment="true"] {{ border-radius: 0; border-right-width: 0; color: {t.muted};
        padding: 6px 9px; }}
    QToolButton[segment="true"][place="first"] {{ border-top-left-radius: 8px;
        border-bottom-left-radius: 8px; }}
    QToolButton[segment="true"][place="last"] {{ border-top-right-radius: 8px;
        border-bottom-right-radius: 8px; border-right-width: 1px; }}
    QToolButton:checked {{ background: {t.selected_surface}; }}
    QToolButton[segment="true"]:checked {{ background: {t.selected_surface}; color: {t.text};
        font-weight: 600; }}
    QToolButton::menu-indicator {{ image: none; }}
    QComboBox {{ background: {t.window}; border: 1px solid {t.border}; border-radius: 8px;
        padding: 6px 12px; font-size: {BUTTON}px; }}
    QDialog QComboBox {{ font-size: {BODY}px; }}
    QComboBox::drop-down {{ border: none; width: 26px; }}
    QComboBox::down-arrow {{ image: none; width: 0; height: 0; border: 5px solid {t.window};
        border-top-color: {t.muted}; border-bottom-width: 0; }}
    QSlider {{ border: 1px solid transparent; border-radius: 8px; }}
    QSlider:focus {{ border-color: {t.negative}; }}
    QSlider[role="step"] {{ min-height: 26px; }}
    QSlider[role="step"]::groove:horizontal {{ background: {t.border}; }}
    QSlider[role="step"]::sub-page:horizontal {{ background: {t.negative}; }}
    QSlider[role="step"]::handle:horizontal {{ background: {t.text}; }}
    QComboBox:focus {{ border-color: {t.negative}; }}
    QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.border};
        selection-background-color: {t.selected_surface}; selection-color: {t.text}; }}
    QMenu {{ background: {t.raised}; border: 1px solid {t.border}; padding: 6px;
        font-size: {BODY}px; }}
    QMenu::item {{ padding: 4px 26px; border-radius: 5px; }}
    QMenu::item:selected {{ background: {t.selected_surface}; }}
    QMenu::item:disabled {{ color: {t.muted}; }}
    QMenu::indicator {{ width: 12px; height: 12px; left: 7px; border-radius: 3px;
        border: 1px solid {t.border}; }}
    QMenu::indicator:exclusive {{ border-radius: 6px; }}
    QMenu::indicator:checked {{ background: {t.negative}; border-color: {t.negative}; }}
    QMenu::separator {{ height: 1px; background: {t.border}; margin: 5px 8px; }}
    QProgressBar {{ background: transparent; border: none; }}
    QProgressBar::chunk {{ background: {t.current}; }}
    QTreeView, QTableView, QTextEdit {{ border: 1px solid {t.panel}; }}
    QTreeView:focus, QTableView:focus, QTextEdit:focus {{ border-color: {t.negative}; }}
    QTreeView {{ outline: none; padding: 0 4px;
        selection-background-color: {t.selected_surface}; selection-color: {t.text};
        show-decoration-selected: 1; }}
    QTreeView::item {{ padding: 4px 2px; border: none; }}
    QTreeView::item:hover {{ background: {t.raised}; }}
    QTreeView::item:selected {{ background: {t.selected_surface}; color: {t.text}; }}
    QTreeView::branch:selected {{ background: {t.selected_surface}; }}
    QListWidget {{ background: {t.panel}; border: 1px solid {t.panel}; outline: none; }}
    QListWidget:focus {{ border-color: {t.negative}; }}
    QListWidget::item {{ padding: 4px 8px; border: none; color: {t.text}; }}
    QListWidget::item:selected {{ background: {t.selected_surface}; color: {t.text}; }}
    QHeaderView {{ background: {t.panel}; border: none; }}
    QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none;
        border-bottom: 1px solid {t.border}; padding: 2px 6px 4px 6px; font-size: {SMALL}px; }}
    QToolButton[role="chooser"] {{ background: transparent; border: 1px solid transparent;
        border-radius: 5px; padding: 1px 5px; margin-top: 6px; color: {t.text};
        font-size: {SMALL}px; font-weight: 600; }}
    QToolButton[role="chooser"]::menu-indicator {{ image: none; }}
    QToolButton[role="chooser"]:hover, QToolButton[role="chooser"]:focus {{
        border-color: {t.muted}; }}
    QTextEdit {{ selection-background-color: {t.accent};
        selection-color: {t.accent_text}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {t.border}; border-radius: 4px; min-height: 30px;
        min-width: 30px; margin: 1px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QFrame[role="message"] {{ background: {t.raised}; border: none;
        border-left: 4px solid {t.warning}; }}
    QFrame[role="card"] {{ background: {t.raised}; border: 1px solid {t.border};
        border-radius: 12px; }}
    QFrame[role="card"] QListView {{ background: transparent; border: none; outline: none; }}
    QFrame[role="bar"] {{ background: {t.panel}; border: none;
        border-bottom: 1px solid {t.border}; }}
    """
