"""
Getting the data of a benchmark from where its authors publish it.

A file is written beside its place under another name and moved there once it is whole and its digest is the one that
is known, so that a file which is there can be trusted. A download that was cut goes on where it stopped, also in the
next call, if the digest is known: without one, nothing would notice that the file has changed in between.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import urlsplit

from scorer.errors import DownloadError
from scorer.registry import Download, Entry

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that are there and, where it is known, how many there will be."""

_BLOCK_BYTES = 256 * 1024
_TIMEOUT_S = 60.0
_ATTEMPTS = 4
_MOST_UNPACKED_BYTES = 16 * 1024**3
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Fetched:
    """
    What became of one file.

    Args:
        sha256: of what was downloaded; empty for an archive that had been unpacked before.
        verified: it is the one that is known.
        downloaded: it was not there before.
    """

    path: Path
    sha256: str
    verified: bool
    downloaded: bool


class _Interrupted(Exception):
    """The connection broke before the end; what came is kept."""


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirections to where a download may come from, and to nowhere else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]  # the stubs want HTTPMessage, which Message is here


def fetch(entry: Entry, folder: Path, progress: Progress) -> Iterator[Fetched]:
    """
    Download what an entry names into a folder, one file after the other; what is there already stays.

    Raises:
        DownloadError: a file cannot be had; the message says where to put it by hand.
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for download in entry.downloads:
        yield _there(download, folder) or _fetched(download, folder, progress)


def _there(download: Download, folder: Path) -> Fetched | None:
    path = folder / download.file_name
    if download.unpack:
        return Fetched(path, "", verified=False, downloaded=False) if path.is_dir() else None
    if not path.is_file():
        return None
    digest = _sha256(path)
    if download.sha256 and digest != download.sha256:
        raise DownloadError(f"{path} is there, but is not the published file: move it away to have it downloaded")
    return Fetched(path, digest, verified=bool(download.sha256), downloaded=False)


def _fetched(download: Download, folder: Path, progress: Progress) -> Fetched:
    path = folder / download.file_name
    part = folder / f".{download.file_name}.part"
    if not download.sha256:
        part.unlink(missing_ok=True)
    with _explained(download, path):
        _download(download, part, progress)
    digest = _sha256(part)
    if download.sha256 and digest != download.sha256:
        part.unlink()
        raise DownloadError(
            f"{download.url} is not the file that is known: its sha256 is {digest}, and {download.sha256} was expected;"
            " nothing was kept"
        )
    if download.unpack:
        _unpack(part, path)
        part.unlink()
    else:
        part.replace(path)
    return Fetched(path, digest, verified=bool(download.sha256), downloaded=True)


@contextmanager
def _explained(download: Download, path: Path) -> Iterator[None]:
    by_hand = f"get it on another machine and put it to {path}" + (", unpacked" if download.unpack else "")
    try:
        yield
    except urllib.error.HTTPError as error:
        raise DownloadError(f"{download.url}: the server says {error.code} {error.reason}; {by_hand}") from error
    except urllib.error.URLError as error:
        raise DownloadError(f"{download.url} cannot be reached ({error.reason}); {by_hand}") from error
    except (TimeoutError, ConnectionError, http.client.HTTPException, _Interrupted) as error:
        raise DownloadError(f"{download.url}: the connection broke ({error}); try again, or {by_hand}") from error


def _download(download: Download, part: Path, progress: Progress) -> None:
    """Download a file, going on where the connection broke."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _receive(download, part, progress)
        except (_Interrupted, TimeoutError, ConnectionError, http.client.HTTPException):
            if attempt == _ATTEMPTS:
                raise
            if not download.sha256:
                part.unlink(missing_ok=True)
    return None


def _receive(download: Download, part: Path, progress: Progress) -> None:
    _check_address(download.url)
    begun = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(download.url, headers={"User-Agent": "ennead"})  # noqa: S310  _check_address is for this
    if begun:
        request.add_header("Range", f"bytes={begun}-")
    opener = urllib.request.build_opener(_SafeRedirects)
    try:
        response = opener.open(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        # Nothing is left to be sent, or what is there is longer than the file.
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and begun:
            part.unlink()
            return _receive(download, part, progress)
        raise
    with response:
        goes_on = response.status == http.client.PARTIAL_CONTENT and _begins_at(response.headers, begun)
        done = begun if goes_on else 0
        left = response.headers["Content-Length"]
        total = None if left is None else done + int(left)
        with part.open("ab" if goes_on else "wb") as file:
            _copy(response, file, lambda size: progress(download.file_name, done + size, total))
    if total is not None and part.stat().st_size != total:
        raise _Interrupted(f"{part.stat().st_size} of {total} bytes came")
    return None


def _begins_at(headers: Message, offset: int) -> bool:
    return headers.get("Content-Range", "").startswith(f"bytes {offset}-")


def _copy(source: Any, file: IO[bytes], progress: Callable[[int], None]) -> None:
    done = 0
    while block := source.read(_BLOCK_BYTES):
        file.write(block)
        done += len(block)
        progress(done)


def _check_address(url: str) -> None:
    """
    Raises:
        DownloadError: it is not https, and not a server on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise DownloadError(f"{url} is not https: nothing is downloaded from there")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(archive: Path, to: Path) -> None:
    """
    Unpack an archive that holds one folder, to a place where nothing is yet.

    Raises:
        DownloadError: it is no such archive, or holds what should not be unpacked.
    """
    beside = to.with_name(f".{to.name}.unpacking")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        with tarfile.open(archive) as tar:
            for member in _harmless(tar, archive):
                tar.extract(member, beside, set_attrs=False)
        tops = list(beside.iterdir())
        if len(tops) != 1 or not tops[0].is_dir():
            raise DownloadError(f"{archive} does not hold one folder")
        tops[0].replace(to)
    except tarfile.TarError as error:
        raise DownloadError(f"{archive} cannot be unpacked: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _harmless(tar: tarfile.TarFile, archive: Path) -> Iterator[tarfile.TarInfo]:
    """
    Files and folders; links are left out.

    Raises:
        DownloadError: a name leads out of the folder, or all is too much.
    """
    left = _MOST_UNPACKED_BYTES
    for member in tar:
        name = PurePosixPath(member.name)
        if name.is_absolute() or ".." in name.parts:
            raise DownloadError(f"{archive}: the name '{member.name}' leads out of the folder")
        left -= member.size
        if left < 0:
            raise DownloadError(f"{archive} holds more than {_MOST_UNPACKED_BYTES // 1024**3} GiB")
        if member.isreg() or member.isdir():
            yield member
