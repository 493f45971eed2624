"""Embeddings and their projection, compared with the eigenvectors of the covariance."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.debug.anatomy.embeddings import embeddings, project
from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Reading
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray
from microgpt import Config


@pytest.fixture(scope="module")
def emma() -> Timeline:
    return Timeline(record_pass(untrained(Config()), "emma"))


def reading_at(timeline: Timeline, cursor: int) -> Reading:
    return Reading(timeline, cursor, Anatomy(timeline.trace))


def cloud(rows: int = 27, columns: int = 16) -> FloatArray:
    rng = np.random.default_rng(3)
    return rng.normal(size=(rows, columns)) * np.linspace(3, 0.1, columns) + 5


def test_axes_are_those_of_the_covariance() -> None:
    matrix = cloud()
    found = project(matrix)
    assert found is not None
    variances, vectors = np.linalg.eigh(np.cov(matrix.T))
    np.testing.assert_allclose(found.explained, variances[::-1][:2] / variances.sum())
    for axis, vector in zip(found.axes, vectors.T[::-1], strict=False):
        assert abs(axis @ vector) == pytest.approx(1)
    np.testing.assert_allclose(found.points.mean(axis=0), 0, atol=1e-12)
    spread = found.points.var(axis=0, ddof=1)
    np.testing.assert_allclose(spread, variances[::-1][:2])


def test_points_are_products_with_the_axes() -> None:
    matrix = cloud()
    found = project(matrix)
    assert found is not None
    np.testing.assert_allclose(found.points, (matrix - matrix.mean(axis=0)) @ found.axes.T)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_small_change_does_not_turn_the_picture_over(turn: int) -> None:
    matrix = turn * cloud()
    before = project(matrix)
    assert before is not None
    assert (np.sum(before.axes**3, axis=1) > 0).all()
    rng = np.random.default_rng(4)
    for _ in range(50):
        after = project(matrix + rng.normal(scale=0.01, size=matrix.shape))
        assert after is not None
        assert (np.sum(after.axes * before.axes, axis=1) > 0.9).all()


def test_a_picture_is_turned_like_another() -> None:
    before = project(cloud())
    assert before is not None
    for matrix in (cloud(), -cloud()):
        after = project(matrix, before)
        assert after is not None
        assert (np.sum(after.axes * before.axes, axis=1) > 0.9).all()


@pytest.mark.parametrize("shape", [(27, 1), (1, 16), (2, 16), (3, 2)])
def test_small_matrices_have_a_picture(shape: tuple[int, int]) -> None:
    found = project(cloud(*shape))
    assert found is not None
    assert found.points.shape == (shape[0], 2)
    assert found.axes.shape == (2, shape[1])


def test_along_one_column_is_all_there_is() -> None:
    found = project(cloud(27, 1))
    assert found is not None
    assert found.explained.tolist() == [1.0, 0.0]
    assert not found.points[:, 1].any()


def test_rows_that_are_the_same_differ_nowhere() -> None:
    found = project(np.ones((5, 4)))
    assert found is not None
    assert np.isnan(found.explained).all()
    assert not found.points.any()


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_that_are_none_have_no_picture(number: float) -> None:
    matrix = cloud()
    matrix[3, 4] = number
    assert project(matrix) is None


def test_rows_of_a_name(emma: Timeline) -> None:
    wte, wpe, lm_head = embeddings(reading_at(emma, 0))
    assert [e.name for e in (wte, wpe, lm_head)] == ["wte", "wpe", "lm_head"]
    assert [wte.rows[i] for i in wte.used] == ["BOS", "e", "m", "a"]
    assert [wpe.rows[i] for i in wpe.used] == ["0", "1", "2", "3", "4"]
    assert [lm_head.rows[i] for i in lm_head.used] == ["e", "m", "a", "BOS"]
    for embedding in (wte, wpe, lm_head):
        assert len(embedding.rows) == embedding.matrix.rows
        name = emma.trace.parameter_name(int(embedding.nodes[3, 5]))
        assert name == f"{embedding.name}[3][5]"


def test_vowels_are_letters(emma: Timeline) -> None:
    wte, wpe, lm_head = embeddings(reading_at(emma, 0))
    for embedding in (wte, lm_head):
        vowels = [embedding.rows[i] for i in range(27) if embedding.is_vowel(i)]
        assert vowels == list("aeiou")
        assert embedding.is_vowel(26) is None  # BOS
    assert {wpe.is_vowel(i) for i in range(16)} == {None}


def test_the_picture_is_of_the_moment(emma: Timeline) -> None:
    for embedding in embeddings(reading_at(emma, 0)):
        before = embedding.projection(reading_at(emma, emma.backward_end))
        after = embedding.projection(reading_at(emma, emma.end))
        assert before is not None
        assert after is not None
        found = project(emma.trace.data[embedding.nodes])
        assert found is not None
        np.testing.assert_array_equal(before.points, found.points)
        assert emma.trace.update is not None
        updated = project(emma.trace.update.data[embedding.nodes])
        assert updated is not None
        np.testing.assert_allclose(np.abs(after.points), np.abs(updated.points))
        assert not np.array_equal(after.points, before.points)
        assert (np.sum(after.axes * before.axes, axis=1) > 0).all()
