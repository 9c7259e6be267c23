"""What a file is by its first bytes, whatever it is called, and how its letters are written."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib

from measures.csvio import Unreadable
from measures.format import count, number

SAVE_AS = "open it in your spreadsheet program, save it as an Excel workbook (.xlsx) or as CSV, and try that file."

MOST_BYTES = 600_000_000
"""How large a workbook may be once unpacked: a million rows of ten columns are about half of it."""
MOST_RATIO = 250
"""How many times larger than itself a workbook may become. A real one with much repetition stays below 60."""
SMALL = 5_000_000
"""Up to this many bytes unpacked, the ratio does not matter."""
MOST_PARTS = 10_000

_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an older Excel workbook (.xls), or one with a password"),
    (b"%PDF", "is a PDF"),
    (b"\x1f\x8b", "is a compressed file (gzip)"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"GIF8", "is a picture"),
    (b"PAR1", "is a Parquet file"),
    (b"SQLite format 3", "is a database"),
    (b"7z\xbc\xaf", "is a compressed file (7z)"),
    (b"Rar!", "is a compressed file (rar)"),
    (b"{\\rtf", "is a text document (RTF)"),
)
_WEB = re.compile(rb"\s*(<!doctype html|<html|<table|<\?xml|<!--)", re.IGNORECASE)

_PROLOG = re.compile(r"\ufeff?(\s+|<\?.*?\?>|<!--.*?-->)*<[A-Za-z_]", re.DOTALL)
"""All that may stand before an XML part's first element: no document type, so no entities of its own."""
_PROLOG_BYTES = 8192


def kind(data: bytes, name: str) -> str:
    """ "xlsx" or "text", by the bytes. Raises Unreadable for anything else, with how to put it right."""
    if not data.strip():
        raise Unreadable(f"{name} is empty: it needs a header and one row for each number.")
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise Unreadable(f"{name} {what}, which cannot be read: {SAVE_AS}")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        _check_zip(data, name)
        return "xlsx"
    if _WEB.match(data.removeprefix(codecs.BOM_UTF8)[:200]):
        raise Unreadable(f"{name} is a web page or XML, not a table: {SAVE_AS}")
    return "text"


def _check_zip(data: bytes, name: str) -> None:
    """That a zip file is a workbook that can be opened without harm. Reads no more than each part's beginning."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise Unreadable(f"{name} {_other_zip(archive, names)}, which cannot be read: {SAVE_AS}")
            whole = sum(part.file_size for part in parts)
            packed = sum(part.compress_size for part in parts)
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable(f"{name} is locked with a password: save it without one, and try again.")
            if (
                len(parts) > MOST_PARTS
                or whole > MOST_BYTES
                or packed > len(data)
                or (whole > SMALL and whole > MOST_RATIO * max(len(data), 1))
            ):
                raise Unreadable(
                    f"{name} would unpack to {number(whole / 1e6)} MB, more than a workbook of its size should, and was"
                    " not opened: copy the cells that matter into a new workbook."
                )
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(part) as stream:
                        _check_prolog(stream.read(_PROLOG_BYTES), part.filename, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"{name} is damaged or not complete: save it again in your spreadsheet program.") from error


def _check_prolog(head: bytes, part: str, name: str) -> None:
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:4]
    text = head.decode("utf-16" if wide else "utf-8", "replace")
    if head and not _PROLOG.match(text):
        raise Unreadable(
            f"{name} holds something other than cells ({part} declares entities or begins oddly) and was not opened:"
            " copy the cells that matter into a new workbook."
        )


def _other_zip(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        if b"opendocument.spreadsheet" in archive.read("mimetype"):
            return "is an OpenDocument spreadsheet (.ods)"
        return "is an OpenDocument file"
    if "xl/workbook.bin" in names:
        return "is a binary Excel workbook (.xlsb)"
    if any(name.startswith("word/") for name in names):
        return "is a Word document"
    if any(name.startswith("ppt/") for name in names):
        return "is a PowerPoint presentation"
    if any(name.endswith(".iwa") for name in names):
        return "is an Apple Numbers or Pages file"
    return f"is a zip file with {count(len(names), 'file')} in it"


def encoding(data: bytes, name: str) -> tuple[str, str]:
    """How a text's letters are written (for ``bytes.decode``), and its name for people.

    Raises Unreadable where it is no text.

    >>> encoding("Zoë,1\\n".encode("cp1252"), "in.csv")[1], encoding(b"a,b", "in.csv")[1]
    ('Windows-1252', 'UTF-8')
    """
    for mark, codec, said in (
        (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
        (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    ):
        if data.startswith(mark):
            return _proved(data, codec, said, name)
    head = data[:65536]
    if head.count(0) > len(head) // 10:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > 5 * min(even, odd) and len(data) % 2 == 0:
            return _proved(data, "utf-16-be" if even > odd else "utf-16-le", "UTF-16", name)
        raise _no_text(name)
    if sum(head.count(code) for code in range(1, 32) if code not in (9, 10, 11, 12, 13, 26)) > len(head) // 50:
        raise _no_text(name)
    try:
        data.decode("utf-8")
        return "utf-8", "UTF-8"
    except UnicodeDecodeError:
        pass
    lost, meant = data.decode("utf-8", "replace").count("\ufffd"), _wide(data)
    if meant > 3 * lost:
        return "utf-8", "UTF-8"
    try:
        data.decode("cp1252")
        return "cp1252", "Windows-1252"
    except UnicodeDecodeError as error:
        if lost > len(data) // 20:
            raise _no_text(name) from error
        return "cp1252", "Windows-1252"


def _wide(data: bytes) -> int:
    """How many letters beyond ASCII are well written in UTF-8."""
    return sum(ord(letter) > 127 for letter in data.decode("utf-8", "ignore"))


def _proved(data: bytes, codec: str, said: str, name: str) -> tuple[str, str]:
    """The encoding, where it holds for most of the file; a letter that does not becomes a replacement mark."""
    text = data.decode(codec, "replace")
    head = text[:20000]
    odd = sum(letter in "\0\ufffd" or (ord(letter) < 32 and letter not in "\t\n\r\x0b\x0c") for letter in head)
    if odd > len(head) // 20:
        raise _no_text(name)
    return codec, said


def _no_text(name: str) -> Unreadable:
    return Unreadable(f"{name} is neither text nor a workbook that can be read: {SAVE_AS}")
