"""Downloads from a server of our own: whole, cut, wrong and not there."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scorer.errors import DownloadError
from scorer.fetching import Fetched, fetch
from scorer.registry import Download, Entry

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Site:
    """
    Serves what `files` hold.

    Args:
        cut: the first so many answers end after half of the file, without a word.
        ranges: it knows them.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"/data.bin": CONTENT}
        self.redirects: dict[str, str] = {}
        self.cut = 0
        self.ranges = True
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class calls it so
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        wanted = to.headers.get("Range")
        self.asked.append(wanted or "")
        if to.path in self.redirects:
            to.send_response(302)
            to.send_header("Location", self.redirects[to.path])
            to.send_header("Content-Length", "0")
            return to.end_headers()
        if to.path not in self.files:
            return to.send_error(404)
        content, begin = self.files[to.path], 0
        if wanted and self.ranges:
            begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if begin >= len(content):
                return to.send_error(416)
        to.send_response(206 if begin else 200)
        to.send_header("Content-Length", str(len(content) - begin))
        if begin:
            to.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        to.end_headers()
        if self.cut:
            self.cut -= 1
            to.wfile.write(content[begin : begin + (len(content) - begin) // 2])
            to.close_connection = True
            return None
        to.wfile.write(content[begin:])
        return None


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


def entry(*downloads: Download) -> Entry:
    return Entry(name="own", summary="", loader="", source="", downloads=downloads)


def fetched(folder: Path, *downloads: Download, progress: Callable[..., None] = lambda *_: None) -> list[Fetched]:
    return list(fetch(entry(*downloads), folder, progress))


def test_a_file_is_downloaded_once_and_checked(site: Site, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    download = Download(url=f"{site.url}/data.bin", sha256=SHA256)
    (first,) = fetched(tmp_path / "new" / "folder", download, progress=lambda *step: seen.append(step))
    assert first == Fetched(tmp_path / "new" / "folder" / "data.bin", SHA256, verified=True, downloaded=True)
    assert first.path.read_bytes() == CONTENT
    assert seen[-1] == ("data.bin", len(CONTENT), len(CONTENT))
    (again,) = fetched(tmp_path / "new" / "folder", download)
    assert again == Fetched(first.path, SHA256, verified=True, downloaded=False)
    assert len(site.asked) == 1


def test_without_a_known_digest_the_one_obtained_is_told(site: Site, tmp_path: Path) -> None:
    (result,) = fetched(tmp_path, Download(url=f"{site.url}/data.bin", name="other"))
    assert result == Fetched(tmp_path / "other", SHA256, verified=False, downloaded=True)


def test_a_file_that_is_not_the_known_one_is_not_kept(site: Site, tmp_path: Path) -> None:
    site.files["/data.bin"] = CONTENT + b"!"
    with pytest.raises(DownloadError, match=rf"is not the file that is known: its sha256 is \w+, and {SHA256} was exp"):
        fetched(tmp_path, Download(url=f"{site.url}/data.bin", sha256=SHA256))
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_ones_own_is_not_overwritten(site: Site, tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="is there, but is not the published file: move it away"):
        fetched(tmp_path, Download(url=f"{site.url}/data.bin", sha256=SHA256))
    assert (tmp_path / "data.bin").read_bytes() == b"mine"


def test_a_cut_download_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    site.cut = 2
    (result,) = fetched(tmp_path, Download(url=f"{site.url}/data.bin", sha256=SHA256))
    assert result.path.read_bytes() == CONTENT
    half = len(CONTENT) // 2
    assert site.asked == ["", f"bytes={half}-", f"bytes={half + half // 2}-"]


def test_a_download_that_is_cut_each_time_goes_on_in_the_next_call(site: Site, tmp_path: Path) -> None:
    site.cut = 4
    download = Download(url=f"{site.url}/data.bin", sha256=SHA256)
    with pytest.raises(DownloadError, match="the connection broke"):
        fetched(tmp_path, download)
    assert not (tmp_path / "data.bin").exists()
    (result,) = fetched(tmp_path, download)
    assert result.path.read_bytes() == CONTENT
    assert site.asked[-1] == f"bytes={len(CONTENT) * 15 // 16}-"


def test_a_cut_download_begins_anew_where_nothing_could_tell_two_versions_apart(site: Site, tmp_path: Path) -> None:
    site.cut = 1
    (result,) = fetched(tmp_path, Download(url=f"{site.url}/data.bin"))
    assert result.path.read_bytes() == CONTENT
    assert site.asked == ["", ""]


def test_a_server_without_ranges_sends_everything_again(site: Site, tmp_path: Path) -> None:
    site.cut, site.ranges = 1, False
    (result,) = fetched(tmp_path, Download(url=f"{site.url}/data.bin", sha256=SHA256))
    assert result.path.read_bytes() == CONTENT


def test_what_is_left_of_another_file_does_no_harm(site: Site, tmp_path: Path) -> None:
    (tmp_path / ".data.bin.part").write_bytes(CONTENT + b"more")
    (result,) = fetched(tmp_path, Download(url=f"{site.url}/data.bin", sha256=SHA256))
    assert result.path.read_bytes() == CONTENT


def test_what_is_not_there_is_told_with_where_to_put_it(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DownloadError) as refused:
        fetched(tmp_path, Download(url=f"{site.url}/gone.json"))
    assert str(refused.value) == (
        f"{site.url}/gone.json: the server says 404 Not Found;"
        f" get it on another machine and put it to {tmp_path}/gone.json"
    )


def test_a_server_that_cannot_be_reached_is_told_with_where_to_put_the_file(site: Site, tmp_path: Path) -> None:
    site.server.server_close()
    with pytest.raises(
        DownloadError, match=r"cannot be reached \(.*\); get it on another machine and put it to .*bin$"
    ):
        fetched(tmp_path, Download(url=f"{site.url}/data.bin"))


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://127.0.0.1/x", "file:///etc/passwd"])
def test_nothing_is_downloaded_without_encryption(tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadError, match="is not https: nothing is downloaded from there"):
        fetched(tmp_path, Download(url=url))


def test_no_redirection_leads_out_of_encryption(site: Site, tmp_path: Path) -> None:
    site.redirects = {"/a": f"{site.url}/data.bin", "/b": "http://example.org/data.bin"}
    (result,) = fetched(tmp_path, Download(url=f"{site.url}/a", name="a", sha256=SHA256))
    assert result.downloaded
    with pytest.raises(DownloadError, match=r"http://example.org/data.bin is not https"):
        fetched(tmp_path, Download(url=f"{site.url}/b", name="b"))


def archive(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in members:
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
        link = tarfile.TarInfo("DATA/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return packed.getvalue()


def test_an_archive_is_unpacked_without_its_links(site: Site, tmp_path: Path) -> None:
    site.files["/DATA.tar.gz"] = archive(("DATA/a", b"1"), ("DATA/b/c", b"2"))
    download = Download(url=f"{site.url}/DATA.tar.gz", name="data", unpack=True)
    (result,) = fetched(tmp_path, download)
    assert result.path == tmp_path / "data"
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        "data",
        "data/a",
        "data/b",
        "data/b/c",
    ]
    (again,) = fetched(tmp_path, download)
    assert not again.downloaded


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "DATA/../../outside"])
def test_an_archive_reaches_nothing_outside_of_its_folder(site: Site, tmp_path: Path, name: str) -> None:
    site.files["/DATA.tar.gz"] = archive((name, b"1"))
    with pytest.raises(DownloadError, match="leads out of the folder"):
        fetched(tmp_path, Download(url=f"{site.url}/DATA.tar.gz", name="data", unpack=True))
    assert not (tmp_path / "data").exists()


def test_what_is_no_archive_is_told(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="cannot be unpacked"):
        fetched(tmp_path, Download(url=f"{site.url}/data.bin", name="data", unpack=True))
