"""Fixtures on recording: code that is not ours, and the outline of a trace."""

from __future__ import annotations

import importlib.util
import linecache
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from explorer.trace.build import build_trace
from explorer.trace.passes import Subject, untrained
from explorer.trace.record import record
from explorer.trace.trace import Trace
from microgpt import Config

Loader = Callable[..., SimpleNamespace]


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def foreign() -> ModuleType:
    """A scalar autograd that is not ours."""
    return load(Path(__file__).with_name("foreign_autograd.py"))


@pytest.fixture(scope="session")
def observe(foreign: ModuleType) -> Callable[..., Trace]:
    """Run a function on new Scalars under the recorder, and backward; return the trace."""

    def run(function: Callable[..., Any], *numbers: float) -> Trace:
        leaves = [foreign.Scalar(number) for number in numbers]
        recording = record(lambda: function(*leaves), foreign.Scalar)
        recording.result.backward()
        return build_trace(recording, recording.result, {"x": [leaves]} if leaves else {})

    return run


@pytest.fixture
def written(tmp_path: Path, foreign: ModuleType) -> Iterator[Loader]:
    """Write source to a file of its own, run it with the foreign names, return what it defines."""
    files = []

    def write(source: str) -> SimpleNamespace:
        path = tmp_path / f"written{len(files)}.py"
        path.write_text(source)
        files.append(str(path))
        names = {**vars(foreign), "__name__": path.stem}
        exec(compile(source, path, "exec"), names)
        return SimpleNamespace(**names)

    yield write
    for file in files:
        linecache.cache.pop(file, None)


@pytest.fixture(scope="session")
def foreign_trace(foreign: ModuleType, observe: Callable[..., Trace]) -> Trace:
    """One pass of everything in the foreign script."""
    return observe(foreign.everything, 0.5, 0.25)


@pytest.fixture(scope="session")
def published(reference: Path) -> Subject:
    """An untrained model on the published names, as in ``passes-seed42.json``."""
    return untrained(Config(), 42, reference / "names.txt")


@pytest.fixture(scope="session")
def outline() -> Callable[..., list[str]]:
    """Return the titles of a scope and of all scopes in it, indented by depth."""

    def lines(trace: Trace, root: int = 0) -> list[str]:
        depth: dict[int, int] = {}
        titles = []
        for scope in range(root, trace.scopes[root].stop):
            info = trace.scopes[scope]
            depth[scope] = depth.get(info.parent, -1) + 1
            titles.append("  " * depth[scope] + info.title)
        return titles

    return lines
