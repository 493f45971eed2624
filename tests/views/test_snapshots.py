"""The map looks as it did when somebody last looked at it.

Five zoom levels in two themes. Pictures are compared small and with a tolerance: fonts and
antialiasing differ a little from machine to machine. After a change that is meant to be seen, run
with ``UPDATE_SNAPSHOTS=1``, and look at the new pictures.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from explorer.debug.session import Colour, Session
from explorer.layout.camera import Camera
from explorer.theme.tokens import THEMES
from explorer.trace.passes import Subject
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import LoadedPass

FOLDER = Path(__file__).with_name("snapshots")
SIZE, SMALL = QSize(720, 480), QSize(144, 96)
MEAN_TOLERANCE, WORST_TOLERANCE = 2.5, 70  # of 255, over all pixels; at 99 in 100 of them
SCALES = {"fit": None, "blocks": 4.0, "cells": 9.0, "symbols": 30.0, "numbers": 90.0}
NODE, EVENT = 43_801, 90_000


def small(image: QImage) -> npt.NDArray[np.int64]:
    """Return the colours of a picture made small."""
    scaled = image.scaled(
        SMALL, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_RGBX8888)
    return np.array(scaled.constBits()).reshape(-1, 4)[:, :3].astype(np.int64)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("zoom", SCALES)
def test_the_map_looks_as_it_did(
    qtbot: QtBot, subject: Subject, loaded_emma: LoadedPass, zoom: str, theme: str
) -> None:
    window = MainWindow(subject, Session(), THEMES[theme])
    qtbot.addWidget(window)
    view = window.explore.map_view
    view.glide = 0
    view.setParent(None)
    qtbot.addWidget(view)
    view.resize(SIZE)
    window.show_pass(loaded_emma)
    window.session.set_colour(Colour.GRADIENT)
    window.session.seek(EVENT)
    window.session.select(NODE)
    view.zoom_to_fit()
    scale = SCALES[zoom]
    if scale is not None:
        x, y = loaded_emma.layout.x[NODE] + 0.5, loaded_emma.layout.y[NODE] + 0.5
        view.look(Camera(scale, 0.0, 0.0).centred(x, y, SIZE.width(), SIZE.height()))
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    view.render(image)

    kept = FOLDER / f"{zoom}-{theme}.png"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        assert image.save(str(kept))
    difference = np.abs(small(image) - small(QImage(str(kept))))
    assert difference.mean() <= MEAN_TOLERANCE
    assert np.quantile(difference, 0.99) <= WORST_TOLERANCE
