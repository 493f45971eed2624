"""The settings of a run: the table, and a sentence for every mistake."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.settings import RunSettings, SettingsError, problems, table
from microgpt import Adam, Config


def numbers(least: float, most: float) -> st.SearchStrategy[float]:
    return st.floats(least, most, exclude_min=True, exclude_max=True)


valid = st.builds(
    RunSettings,
    steps=st.integers(0, 1_000_000),
    seed=st.integers(-(2**63), 2**63 - 1),
    learning_rate=numbers(0, 10),
    beta1=numbers(0, 1),
    beta2=numbers(0, 1),
    epsilon=numbers(0, 1),
    block_size=st.integers(1, 1024),
    temperature=numbers(0, 100),
    engine=st.sampled_from(["replay", "scalar"]),
    dataset=st.sampled_from(["bundled", "published"]),
    dataset_file=st.text(),
)


def test_defaults_are_the_published_ones() -> None:
    settings, adam = RunSettings(), Adam([])
    assert (settings.steps, settings.seed, settings.temperature) == (1000, 42, 0.5)
    assert settings.config == Config()
    for name in ("learning_rate", "beta1", "beta2", "epsilon"):
        assert getattr(settings, name) == getattr(adam, name)


def test_table_describes_every_setting_and_its_default_is_good() -> None:
    rows = table()
    assert [row.name for row in rows] == [field.name for field in fields(RunSettings)]
    for row in rows:
        assert row.label
        assert row.meaning
        assert row.problem(row.default) is None
        assert type(row.default) is row.type
        assert row.range or row.name in ("dataset_file", "dataset_digest")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("steps", -1, "steps must be at least 0 and at most 1,000,000, not -1"),
        ("steps", 1.0, "steps must be a whole number, not 1.0"),
        ("steps", True, "steps must be a whole number, not True"),
        ("learning_rate", 0, "learning rate must be above 0 and at most 10, not 0"),
        ("learning_rate", nan, "learning rate must be above 0 and at most 10, not nan"),
        ("learning_rate", inf, "learning rate must be above 0 and at most 10, not inf"),
        ("learning_rate", "1", "learning rate must be a number, not '1'"),
        ("beta1", 1, "beta1 must be at least 0 and below 1, not 1"),
        ("engine", "fast", "engine must be one of replay, scalar, not 'fast'"),
        ("dataset_file", 3, "file must be a text, not 3"),
        ("n_layer", 0, "layers must be at least 1 and at most 32, not 0"),
        ("n_head", 3, "heads must divide the width: 3 does not divide 16"),
        ("dataset", "file", "file must name the text file with the documents"),
        ("dataset_digest", "abc", "digest must be 64 hexadecimal digits, not 'abc'"),
    ],
)
def test_every_mistake_has_one_sentence(name: str, value: object, sentence: str) -> None:
    assert list(problems({name: value}).values()) == [sentence]
    with pytest.raises(SettingsError) as caught:
        RunSettings(**{name: value})  # type: ignore[arg-type]
    assert str(caught.value) == sentence


def test_model_too_large_to_be_shown_is_refused() -> None:
    assert problems({"n_layer": 4, "n_embd": 64}) == {}
    wrong = problems({"n_layer": 32, "n_embd": 512})
    assert list(wrong) == ["n_layer"]
    assert "more than can be shown" in wrong["n_layer"]


def test_each_bad_field_is_named() -> None:
    assert set(problems({"steps": -1, "beta2": 2.0, "engine": ""})) == {"steps", "beta2", "engine"}


def test_whole_numbers_become_floats_where_floats_are_meant() -> None:
    assert type(RunSettings(temperature=1).temperature) is float


@given(valid)
def test_json_brings_back_equal_settings(settings: RunSettings) -> None:
    assert RunSettings.from_json(settings.to_json()) == settings


@given(st.dictionaries(st.sampled_from([row.name for row in table()]), st.from_type(object)))
def test_any_value_is_either_good_or_told(values: dict[str, object]) -> None:
    if problems(values):
        with pytest.raises(SettingsError):
            RunSettings(**values)  # type: ignore[arg-type]
    else:
        RunSettings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "the settings are not JSON"),
        ("[]", "the settings are not a JSON object"),
        ('{"speed": 1}', "there is no setting speed"),
        ('{"steps": "many"}', "steps must be a whole number, not 'many'"),
        ('{"beta1": NaN}', "beta1 must be at least 0"),
    ],
)
def test_damaged_json_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        RunSettings.from_json(text)


def test_settings_left_out_have_their_defaults() -> None:
    assert RunSettings.from_json(json.dumps({"steps": 5})) == RunSettings(steps=5)
    assert asdict(RunSettings())["n_layer"] == 1
