"""The form for a new run: a field a setting, and sentences at the fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES

from explorer.runs.dataset import DataSetError
from explorer.runs.desk import RunDesk
from explorer.runs.settings import RunSettings, table
from explorer.runs.weights import Weights
from explorer.theme.tokens import DARK
from explorer.views.run_settings_dialog import RunSettingsDialog
from microgpt import Config

PATIENCE = 60_000  # milliseconds
SMALL = {"n_embd": "4", "n_head": "2", "block_size": "4", "steps": "7"}


def fetch_nothing(
    folder: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> None:
    progress(1, 2)
    while not cancelled():
        pass
    raise DataSetError("the download was cancelled")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunDesk]:
    desk = RunDesk(tmp_path / "runs.sqlite3", fetcher=fetch_nothing)
    yield desk
    desk.close()


@pytest.fixture
def form(qtbot: QtBot, desk: RunDesk) -> RunSettingsDialog:
    return opened(qtbot, desk)


def opened(qtbot: QtBot, desk: RunDesk, weights: Weights | None = None) -> RunSettingsDialog:
    parent = QWidget()
    qtbot.addWidget(parent)
    form = RunSettingsDialog(parent, desk, DARK, weights)
    form.home = parent  # type: ignore[attr-defined]  # kept alive
    with qtbot.waitExposed(form):
        form.open()
    return form


def fill(form: RunSettingsDialog, values: dict[str, str]) -> None:
    for name, text in values.items():
        field = form.fields[name]
        (field.setCurrentText if name in ("engine", "dataset") else field.setText)(text)


def test_there_is_a_field_for_each_setting_with_its_default(form: RunSettingsDialog) -> None:
    rows = {row.name: row for row in table()}
    assert set(form.fields) == set(rows) - {"dataset_digest"}
    assert RunSettings(**form.values) == RunSettings()
    for name, remark in form.remarks.items():
        assert remark.text().lower() == rows[name].meaning.lower()
        assert form.fields[name].accessibleName() == rows[name].label
    assert form.make.isEnabled()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("steps", "many", "Steps must be a whole number, not 'many'."),
        ("steps", "", "Steps must be a whole number, not ''."),
        ("steps", "-1", "Steps must be at least 0 and at most 1,000,000, not -1."),
        ("learning_rate", "0", "Learning rate must be above 0 and at most 10, not 0.0."),
        ("learning_rate", "nan", "Learning rate must be above 0 and at most 10, not nan."),
        ("n_head", "5", "Heads must divide the width: 5 does not divide 16."),
        ("dataset", "file", None),
    ],
)
def test_what_is_wrong_stands_at_the_field(
    form: RunSettingsDialog, name: str, text: str, sentence: str | None
) -> None:
    fill(form, {name: text})
    remark = form.remarks["dataset_file" if sentence is None else name]
    wanted = sentence or "File must name the text file with the documents."
    assert (remark.text(), remark.property("role")) == (wanted, "warning")
    assert not form.make.isEnabled()
    form.accept()
    assert form.isVisible()
    fill(form, {name: str(next(row.default for row in table() if row.name == name))})
    assert (remark.property("role"), form.make.isEnabled()) == ("muted", True)


def test_a_true_minus_sign_is_one(form: RunSettingsDialog) -> None:
    fill(form, {"seed": "\N{MINUS SIGN}3"})
    assert form.values["seed"] == -3


def test_the_run_is_made_with_what_was_typed(
    form: RunSettingsDialog, desk: RunDesk, tmp_path: Path
) -> None:
    file = tmp_path / "names.txt"
    file.write_text(NAMES.text)
    form.name.setText("mine")
    fill(form, {**SMALL, "dataset": "file", "dataset_file": str(file), "engine": "scalar"})
    form.accept()
    assert form.result() == QDialog.DialogCode.Accepted
    assert desk.record.name == "mine"
    assert desk.record.settings.config == Config(1, 4, 2, 4)
    assert (desk.record.settings.steps, desk.record.settings.engine) == (7, "scalar")


def test_a_run_that_cannot_be_made_leaves_the_form_open(
    form: RunSettingsDialog, desk: RunDesk, tmp_path: Path
) -> None:
    fill(form, {"dataset": "file", "dataset_file": str(tmp_path / "none.txt")})
    form.accept()
    assert form.isVisible()
    assert form.problem.text().startswith("The run cannot be made: ")
    assert not desk.path.exists()


def test_weights_decide_the_shape(qtbot: QtBot, desk: RunDesk, tmp_path: Path) -> None:
    letters = tuple(sorted(set("".join(NAMES.documents))))
    size = len(letters) + 1
    count = 2 * size * 4 + 4 * 4 + 4 * 16 + 2 * 64
    weights = Weights(Config(1, 4, 2, 4), letters, np.arange(count) / count)
    form = opened(qtbot, desk, weights)
    assert not form.fields["n_embd"].isEnabled()
    assert form.values["n_embd"] == 4
    file = tmp_path / "names.txt"
    file.write_text(NAMES.text)
    fill(form, {"dataset": "file", "dataset_file": str(file)})
    form.accept()
    assert np.array_equal(desk.matrices(0).parameters, weights.parameters)


def test_the_published_names_are_fetched_and_given_up(
    qtbot: QtBot, form: RunSettingsDialog, desk: RunDesk
) -> None:
    assert form.fetch.isHidden()
    fill(form, {"dataset": "published"})
    remark = form.remarks["dataset"]
    assert (form.fetch.text(), form.make.isEnabled()) == ("Fetch", False)
    form.fetch.click()
    qtbot.waitUntil(lambda: desk.fetching.share == 0.5, timeout=PATIENCE)
    desk.poll()
    assert remark.text() == "50% of the published names are fetched."
    assert form.fetch.text() == "Cancel"
    form.fetch.click()
    qtbot.waitUntil(lambda: desk.fetching.is_over, timeout=PATIENCE)
    desk.poll()
    assert remark.text() == "The download was cancelled."
    assert form.fetch.text() == "Fetch"
    form.reject()
    desk.poll()


def test_published_names_that_are_there_need_no_fetching(
    form: RunSettingsDialog, desk: RunDesk
) -> None:
    (desk.folder / "published-names.txt").write_text("anna")
    fill(form, {"dataset": "published"})
    assert form.fetch.isHidden()
    assert form.make.isEnabled()
