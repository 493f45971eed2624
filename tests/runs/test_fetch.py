"""Fetching; the network is a server on this machine, or an opener made up here."""

from __future__ import annotations

import hashlib
import http.client
import io
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from explorer.runs import fetch
from explorer.runs.dataset import PUBLISHED_SHA256, DataSetError, load_dataset, published_file
from explorer.runs.fetch import PUBLISHED_BYTES, FetchCancelledError, fetch_published
from explorer.runs.settings import RunSettings

PUBLISHED = RunSettings(dataset="published")


class Answer(io.BytesIO):
    """What an opener returns."""


def answering(content: bytes) -> Callable[..., Any]:
    return lambda url, timeout: Answer(content)


def test_published_names_are_fetched_checked_and_kept(tmp_path: Path, reference: Path) -> None:
    content = (reference / "names.txt").read_bytes()
    seen: list[tuple[int, int]] = []
    folder = tmp_path / "new" / "folder"
    file = fetch_published(folder, lambda *p: seen.append(p), opener=answering(content))
    assert seen[-1] == (PUBLISHED_BYTES, PUBLISHED_BYTES)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert list(folder.iterdir()) == [file]
    data = load_dataset(PUBLISHED, folder)
    assert (data.name, data.digest) == ("published names", PUBLISHED_SHA256)
    assert len(data.documents) == 32_033

    def never(url: str, timeout: float) -> Any:
        raise AssertionError("it is here already")

    assert fetch_published(folder, opener=never) == file


def refused(url: str, timeout: float) -> Any:
    raise URLError(ConnectionRefusedError(111, "Connection refused"))


def no_name(url: str, timeout: float) -> Any:
    raise URLError("no host given")


def slow(url: str, timeout: float) -> Any:
    raise TimeoutError("timed out")


class CutOff(Answer):
    def read(self, size: int | None = -1) -> bytes:
        raise http.client.IncompleteRead(b"emm", 5)


@pytest.mark.parametrize(
    ("opener", "sentence"),
    [
        (refused, "could not be fetched from raw.githubusercontent.com: connection refused; the"),
        (no_name, "no host given"),
        (slow, "timed out"),
        (lambda url, timeout: CutOff(), r"incompleteRead\(3 bytes read, 5 more expected\)"),
        (answering(b"emma\n"), r"is not the published list of names \(wrong SHA-256\)"),
        (answering(b"x" * (PUBLISHED_BYTES + 1)), r"\(too long\)"),
    ],
)
def test_failed_download_is_told_and_leaves_nothing(
    tmp_path: Path, opener: Callable[..., Any], sentence: str
) -> None:
    with pytest.raises(DataSetError, match=sentence):
        fetch_published(tmp_path, opener=opener)
    assert list(tmp_path.iterdir()) == []


def test_failed_download_keeps_what_was_there(tmp_path: Path) -> None:
    published_file(tmp_path).write_text("old")
    with pytest.raises(DataSetError):
        fetch_published(tmp_path, opener=refused)
    assert published_file(tmp_path).read_text() == "old"


def test_download_can_be_cancelled(tmp_path: Path) -> None:
    done: list[int] = []
    opener = answering(b"x" * PUBLISHED_BYTES)
    with pytest.raises(FetchCancelledError):
        fetch_published(tmp_path, lambda n, _: done.append(n), lambda: len(done) > 2, opener=opener)
    assert len(done) == 3
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataSetError, match="cannot be written"):
        fetch_published(tmp_path / "file", opener=refused)


class Names(BaseHTTPRequestHandler):
    content = b""

    def do_GET(self) -> None:
        if self.path != "/names.txt":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Names, "content", b"emma\nolivia\n" * 5000)
    with ThreadingHTTPServer(("127.0.0.1", 0), Names) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


direct = partial(fetch_published, opener=build_opener(ProxyHandler({})).open)


def test_names_come_over_http(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PUBLISHED_SHA256", hashlib.sha256(Names.content).hexdigest())
    assert direct(tmp_path, url=f"{server}/names.txt").read_bytes() == Names.content


def test_server_that_does_not_have_it_is_told(tmp_path: Path, server: str) -> None:
    with pytest.raises(DataSetError, match=r"could not be fetched from 127.0.0.1: not Found"):
        direct(tmp_path, url=f"{server}/other.txt")
