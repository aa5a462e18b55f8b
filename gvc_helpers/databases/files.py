"""The files of a database as they lie on a disk: found by their names, unpacked, read as numbers."""

from __future__ import annotations

import mmap
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from gvc_helpers.errors import GvcError, reason
from gvc_helpers.files.archives import pieces, sound_members, unpack
from gvc_helpers.files.locks import OURS, working_folder
from gvc_helpers.files.text import FileError

DEPTH = 3
"""Folders below the one named that are looked into."""
MOST_FILES = 20_000
"""Files that are looked at: whoever names the root of a disk means a folder in it."""
MOST_ROWS = 50_000
"""Rows or columns of a table; the largest database has 39,360 of each."""
LONGEST_LINE = 1 << 24
"""Bytes of a line of text; the longest of a database has some 800,000."""
TEXTS = (".csv", ".txt", ".tsv")
DELIMITERS, HEADER_LINES = (b",", b";", b"\t"), 4
BOOKS, BOOK_BYTES = (".xlsx", ".xlsb"), 10**9
"""Workbooks, which are archives, and what one may have unpacked; the largest has some 0.3 GB."""
FAR_CELL = re.compile(rb'r="([E-Z][A-Z]{2}\d+|[A-Z]{1,3}\d{6,}|[A-Z]{3}\d{5,})"')
"""A cell of a sheet so far away that nobody could hold what lies between it and the first."""
PLACEHOLDERS = {
    "{year}": r"(?P<year>(?:19|20)\d\d)",
    "{yy}": r"(?P<yy>\d\d)",
    "{price}": r"(?P<price>bp|pp)",
    "{edition}": r"(?P<edition>[A-Za-z0-9.]+)",
    "*": r"[^/]*",
}
"""What stands for something in the name of a file, and the expression that finds it."""
PRICES = {"bp": "basic prices", "pp": "purchasers' prices"}
"""Price bases, by what stands for them in names of files."""


Key = tuple[int | None, str, str]
"""Year, edition and price basis of a table."""
Parts = Mapping[str, Path]
"""The plain file of each part of a table, by the name that the form has for it."""


class SourceError(GvcError):
    """The files of a table are missing or damaged; the message names them."""


class YearError(SourceError):
    """The source has no table of the year asked for."""


# How files are named ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """How the files of one table of a database are named.

    Parameters
    ----------
    parts : mapping of str to str
        A name for each part (such as ``"flows"``) and that of its file, which may end in a folder and
        hold ``{year}`` (four digits), ``{yy}`` (two), ``{price}`` (bp or pp), ``{edition}`` (letters and
        digits) or ``*`` (anything). A part without any of the first four is shared by all tables of a
        folder, as a list of labels often is.
    aside : collection of str
        Parts that a parser asks for, but that the table does not depend on.
    edition, price : str
        Edition and price basis, where the names do not hold them.
    folder : bool
        Whether all files of the folder of the first part belong to the table.
    """

    parts: Mapping[str, str]
    aside: Collection[str] = ()
    edition: str = ""
    price: str = ""
    folder: bool = False

    def match(self, part: str, name: str) -> re.Match[str] | None:
        """Compare a name, with the folders it is in, with that of a part."""
        return _expression(self.parts[part]).fullmatch(name)

    def example(self, part: str, year: object = "YYYY") -> str:
        """Name a file of a part, as messages do."""
        shown = {"{year}": str(year), "{yy}": str(year)[-2:], "{price}": "bp", "{edition}": "EDITION"}
        name = self.parts[part]
        for placeholder, text in shown.items():
            name = name.replace(placeholder, text)
        return name

    def is_shared(self, part: str) -> bool:
        """Whether a part belongs to all tables of a folder."""
        return not self.folder and "{" not in self.parts[part]


def _expression(name: str) -> re.Pattern[str]:
    pieces = re.split(r"(\{\w+\}|\*)", name)
    seen: set[str] = set()
    text = ""
    for piece in pieces:
        if piece in seen and piece != "*":
            text += f"(?P={piece.strip('{}')})"
        else:
            text += PLACEHOLDERS.get(piece, re.escape(piece))
        seen.add(piece)
    return re.compile(r"(?:.*/)?" + text, re.IGNORECASE)


# What is there ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A file, plain or in a zip archive."""

    file: Path
    """The file itself, or the archive."""
    name: str
    """Its name with the folders it is in, which for one in an archive are those of the archive."""
    inside: str = ""
    """Its name in the archive; empty for a plain file."""

    def __str__(self) -> str:
        return f"{self.file}: {self.inside}" if self.inside else str(self.file)


@dataclass(frozen=True)
class Found:
    """The files of one table."""

    form: Form
    """How they are named."""
    members: Mapping[str, Member]
    """The file of each part."""
    year: int | None = None
    edition: str = ""
    price: str = ""

    @property
    def price_basis(self) -> str:
        """The price basis in words."""
        return PRICES.get(self.price, self.price)

    @property
    def missing(self) -> list[str]:
        """Parts that a table cannot do without and that are not there."""
        return [part for part in self.form.parts if part not in self.members and not self.form.folder]

    @property
    def files(self) -> list[Path]:
        """The files on the disk that the table depends on, archives as one."""
        return sorted({member.file for part, member in self.members.items() if part not in self.form.aside})

    @contextmanager
    def unpacked(self) -> Iterator[Parts]:
        """Provide every part as a plain file; what is in an archive is unpacked for that while.

        What is wrong with a file, here or where it is read meanwhile, is said of the archive that it is in.

        Raises
        ------
        SourceError
            When a file is damaged, cannot be read, or would take the machine; or there is no room to unpack.
        """
        archives = sorted({member.file for member in self.members.values() if member.inside})
        with working_folder(Path(tempfile.gettempdir())) as temporary:
            places = {archive: temporary / str(number) for number, archive in enumerate(archives)}
            try:
                for archive, place in places.items():
                    wanted = {member.inside for member in self.members.values() if member.file == archive}
                    _unpack(archive, wanted, place)
                parts = {
                    part: places[member.file] / member.inside if member.inside else member.file
                    for part, member in self.members.items()
                }
                for file in parts.values():
                    _refuse_unsound(file)
                yield parts
            except SourceError as error:
                raise type(error)(_of_archives(str(error), places)) from None
            except OSError as error:
                named = _of_archives(f"'{error.filename or self.files[0]}'", places)
                raise SourceError(f"{named} cannot be read: {reason(error)}") from None


def _of_archives(message: str, places: Mapping[Path, Path]) -> str:
    """Name archives in a message, and files in them, in place of where they are unpacked."""
    for archive, place in places.items():
        message = message.replace(f"{place}{os.sep}", f"{archive}: ").replace(str(place), str(archive))
    return re.sub(rf"{re.escape(tempfile.gettempdir())}[/\\]{OURS.pattern}[/\\]?", "", message)


def find(path: Path, forms: Sequence[Form], year: int | None, what: str) -> Found:
    """Find the files of a table.

    Parameters
    ----------
    path : Path
        A folder, looked through with its folders and archives; or a file or archive of the table.
    forms : sequence of Form
        The forms that the database comes in.
    year : int or None
        Year of the table; None where the folder has only one.
    what : str
        Name of the database, for messages.

    Raises
    ------
    SourceError
        When files are missing, or belong to more than one table.
    YearError
        When there is no table of the year, or there are tables of several and none was named.
    """
    _require_place(path)
    try:
        there, faults = _members(path)
    except OSError as error:
        raise SourceError(f"'{error.filename or path}' cannot be read: {reason(error)}") from None
    tables = _tables(there, forms, path)
    if path.is_file():
        tables = [found for found in tables if path in found.files]
    if not tables:
        raise SourceError(faults[0] if faults else _nothing(path, there, forms, year, what))
    found = _chosen(path, tables, year, what)
    if found.missing:
        names = ", ".join(found.form.example(part, found.year or "YYYY") for part in found.missing)
        first = next(iter(found.members.values()))
        raise SourceError(f"'{first}' is there, but not {names}, without which it cannot be read")
    return found


def _require_place(path: Path) -> None:
    """Refuse what is neither a folder nor a file, such as a pipe, which might have no end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise SourceError(f"{'folder' if not path.suffix else 'file'} '{path}' does not exist") from None
    except (OSError, ValueError) as error:  # too long, links in a circle, a NUL in it
        raise SourceError(f"'{path}' cannot be read: {reason(error)}") from None
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise SourceError(f"'{path}' is neither a folder nor a file, but a pipe, device or the like")


def _members(path: Path) -> tuple[list[Member], list[str]]:
    """List files below a folder (or beside a file), those in archives too; and what is wrong with any."""
    root = path if path.is_dir() else path.parent
    there: list[Member] = []
    faults: list[str] = []
    looked_at = 0
    for folder, inner, names in os.walk(root, onerror=_raise):
        depth = len(Path(folder).relative_to(root).parts)
        inner[:] = sorted(name for name in inner if not name.startswith(".")) if depth < DEPTH else []
        if path.is_file():
            inner[:] = []
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith(".") or not _is_file(file):
                continue
            if file.suffix.lower() != ".zip":
                there.append(Member(file, file.resolve().as_posix()))
            elif path.is_dir() or file == path or "indices" in name.lower():
                try:
                    there += _zipped(file)
                except SourceError as error:
                    faults.append(str(error))
        looked_at += len(inner) + len(names)
        if max(looked_at, len(there)) > MOST_FILES:
            raise SourceError(f"'{path}' has more than {MOST_FILES:,} files; name the folder of the table")
    return there, faults


def _is_file(path: Path) -> bool:
    """Whether this is a file that can be reached, and no pipe or device."""
    try:
        return path.is_file()
    except OSError:
        return False


def _raise(error: OSError) -> None:
    raise error


def _zipped(file: Path) -> list[Member]:
    """List the files of an archive."""
    with _opened(file) as (_, entries):
        if not entries:
            raise SourceError(f"the zip archive '{file}' is empty")
        return [
            Member(file, f"{file.resolve().with_suffix('').as_posix()}/{entry.filename}", entry.filename)
            for entry in entries
            if not PurePosixPath(entry.filename).name.startswith(".") and "__MACOSX" not in entry.filename
        ]


@contextmanager
def _opened(
    file: Path, most_bytes: int | None = None
) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """Open an archive, with the files in it.

    Raises
    ------
    SourceError
        When it is damaged or encrypted, leads out of its folder or would take the machine.
    """
    limits = {} if most_bytes is None else {"most_bytes": most_bytes}
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive, sound_members(archive, f"'{file}'", **limits)
    except SourceError:
        raise
    except FileError as error:
        raise SourceError(str(error)) from None
    except DAMAGES as error:
        raise SourceError(
            f"'{file}' cannot be opened as a zip archive, is it whole? {reason(error)}"
        ) from None


DAMAGES = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError)
"""What unpacking raises."""


def _tables(there: Sequence[Member], forms: Sequence[Form], path: Path) -> list[Found]:
    """Put together what belongs to the same table; tables may be incomplete."""
    tables: list[Found] = []
    for form in forms:
        groups: dict[Key, dict[str, list[Member]]] = {}
        shared: dict[str, list[Member]] = {}
        for part in form.parts:
            for member in there:
                match = form.match(part, member.name)
                if match is None:
                    continue
                if form.is_shared(part):
                    shared.setdefault(part, []).append(member)
                else:
                    groups.setdefault(_key(match, form), {}).setdefault(part, []).append(member)
        if form.folder:
            groups = _outermost(groups)
        for (year, edition, price), parts in groups.items():
            first = next(iter(parts))
            for main in _best(parts[first], path):
                members = {part: _nearest(main, near) for part, near in (parts | shared).items()}
                members = _folder_of(main, there) if form.folder else members | {first: main}
                tables.append(Found(form, members, year, edition, price))
    return tables


def _key(match: re.Match[str], form: Form) -> Key:
    groups = match.groupdict()
    year = groups.get("year")
    if groups.get("yy"):
        year = ("19" if groups["yy"] >= "50" else "20") + groups["yy"]
    if year is None and form.folder:
        folder = match.string.split("/")[-2]
        year = folder if re.fullmatch(PLACEHOLDERS["{year}"], folder) else None
    edition = groups.get("edition") or form.edition
    return None if year is None else int(year), edition, groups.get("price") or form.price


def _outermost(
    groups: Mapping[Key, Mapping[str, list[Member]]],
) -> dict[Key, dict[str, list[Member]]]:
    """Leave out folders that lie in another of the same kind, as accounts in that of a table."""
    places = [_folder(m) for parts in groups.values() for members in parts.values() for m in members]
    kept = {
        key: {
            part: [
                m for m in members if not any(_folder(m) != p and _folder(m).startswith(p) for p in places)
            ]
            for part, members in parts.items()
        }
        for key, parts in groups.items()
    }
    return {key: parts for key, parts in kept.items() if any(parts.values())}


def _folder(member: Member) -> str:
    return member.name.rpartition("/")[0] + "/"


def _best(members: list[Member], path: Path) -> list[Member]:
    """Leave aside what is not in the file named, and archives where the same stands unpacked."""
    named = [member for member in members if member.file == path]
    plain = [member for member in members if not member.inside]
    return named or plain or members


def _nearest(main: Member, members: list[Member]) -> Member:
    """Return the file that lies nearest to that of the main part."""
    return max(
        members, key=lambda member: (len(os.path.commonpath([main.name, member.name])), not member.inside)
    )


def _folder_of(main: Member, there: Sequence[Member]) -> dict[str, Member]:
    """Return all files in and below the folder of a file, by their names in it."""
    folder = _folder(main)
    return {
        member.name.removeprefix(folder): member
        for member in there
        if member.name.startswith(folder) and bool(member.inside) == bool(main.inside)
    }


def _chosen(path: Path, tables: list[Found], year: int | None, what: str) -> Found:
    """Choose the table of a year, or say why that cannot be done."""
    years = sorted({found.year for found in tables if found.year is not None})
    fitting = [found for found in tables if year is None or found.year in (None, year)]
    if not fitting:
        if len(years) == 1 and (path.is_file() or path.name == str(years[0])):
            raise YearError(f"'{path}' is of {years[0]}, another year than the year asked for, {year}")
        raise YearError(f"'{path}' has no year {year}; it has {', '.join(map(str, years))}")
    if year is None and len(years) > 1:
        raise YearError(f"'{path}' holds several years, {', '.join(map(str, years))}; name one")
    fitting = [found for found in fitting if not found.missing] or fitting
    if len(fitting) > 1:
        names = "; ".join(str(next(iter(found.members.values()))) for found in fitting)
        raise SourceError(f"'{path}' holds several tables of {what}: {names}; name one of them as the path")
    return fitting[0] if fitting[0].year is not None else replace(fitting[0], year=year)


def _nothing(path: Path, there: Sequence[Member], forms: Sequence[Form], year: int | None, what: str) -> str:
    expected = " or ".join(form.example(next(iter(form.parts)), year or "YYYY") for form in forms)
    names = [PurePosixPath(member.name).name for member in there[:5]]
    has = f"has {', '.join(names)}{', ...' if len(there) > 5 else ''}" if names else "is empty"
    place = "the folder" if path.is_dir() else "its folder"
    return f"'{path}' is no table of {what}: expected {expected}, plain or zipped; {place} {has}"


def _unpack(file: Path, wanted: Collection[str], place: Path) -> None:
    """Unpack some files of an archive into a folder."""
    with _opened(file) as (archive, entries):
        entries = [entry for entry in entries if entry.filename in wanted]
        needed, free = sum(entry.file_size for entry in entries), shutil.disk_usage(place.parent).free
        if needed > free:
            raise SourceError(
                f"'{file}' needs {needed / 1e9:,.3g} GB to be unpacked, and {free / 1e9:,.3g} GB are free in "
                "the folder for temporary files; unpack it elsewhere and name that folder, or set TMPDIR"
            )
        for entry in entries:
            target = place / entry.filename
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                unpack(archive, entry, f"'{file}'", target)
            except DAMAGES as error:
                raise SourceError(f"'{target}' cannot be unpacked: {reason(error)}") from None


def _refuse_unsound(file: Path) -> None:
    """Refuse what a parser would stumble over, or take the machine with."""
    if file.suffix.lower() in BOOKS:
        if zipfile.is_zipfile(file):  # else who reads it says so
            _refuse_damaged_workbook(file)
    elif file.suffix.lower() in TEXTS:
        _refuse_long_lines(file)
        _refuse_many_columns(file)


def _refuse_damaged_workbook(file: Path) -> None:
    """Read through a workbook, which is a zip archive: its checksums, and how far its cells reach."""
    with _opened(file, BOOK_BYTES) as (archive, entries):
        for entry in entries:
            end = b""
            for piece in pieces(archive, entry, f"'{file}'"):
                if far := FAR_CELL.search((end + piece).replace(b"'", b'"')):
                    raise SourceError(f"'{file}' has a cell {far[1].decode()}, too far from the first")
                end = piece[-20:]


def _refuse_long_lines(file: Path) -> None:
    """Refuse a line that nobody could hold in memory; only the ends of lines are looked for."""
    if file.stat().st_size <= LONGEST_LINE:
        return
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = 0
        while start + LONGEST_LINE < len(content):
            piece = start, start + LONGEST_LINE
            end = content.rfind(b"\n", *piece) + 1 or content.rfind(b"\r", *piece) + 1
            if not end:
                raise SourceError(f"'{file}' has a line of over {LONGEST_LINE:,} characters, as no table has")
            start = end


def _refuse_many_columns(file: Path) -> None:
    """Refuse first lines with more cells than a table has: parsers make room for each of them."""
    with file.open("rb") as lines:
        for line in islice(lines, HEADER_LINES):
            cells = max(map(line.count, DELIMITERS)) + 1
            if cells > MOST_ROWS:
                raise SourceError(f"'{file}' has {cells:,} columns; a table has {MOST_ROWS:,} at most")
