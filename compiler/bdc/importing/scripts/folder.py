"""Which files of a folder are run, and in which order."""

import re
from collections.abc import Iterable
from pathlib import Path

from bdc.importing.encoding import decoded
from bdc.importing.scripts.problems import NoSource
from bdc.importing.scripts.programs import printed
from bdc.importing.scripts.sections import forward
from bdc.source.records import dataclass

_BACK = re.compile(
    r"(?:\A|[._-])(?:down|undo|revert|rollback)(?:\.sql)?\Z|\A(?:down|undo|revert|rollback)\b", re.IGNORECASE
)
_FLYWAY = re.compile(
    r"(?P<kind>[VBURvbur])(?P<version>\d+(?:[._]\d+)*)?__(?P<title>.*)\.sql\Z", re.IGNORECASE
)
_CALLBACK = re.compile(r"(?:before|after)[A-Z]\w*(?:__.*)?\.sql\Z")
_NOT_MIGRATIONS = frozenset(
    [
        "verify",
        "revert",
        "down",
        "undo",
        "seeds",
        "seed",
        "fixtures",
        "testdata",
        "test",
        "tests",
        "node_modules",
    ]
)
_PLACEHOLDER = re.compile(r"\$\{flyway:defaultSchema\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Folder:
    """`scripts`: what to run, in order; `skipped`: files that are not run, with the reason; `tool`: whose folder it is, where that shows."""

    scripts: tuple[Script, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    tool: str | None = None


def read_folder(path: Path) -> Folder:
    """Return the scripts of a file or a folder. Raises NoSource when there are none."""
    if path.is_file():
        return _read(path.parent, [path], [], None)
    if not path.is_dir():
        raise NoSource(f"there is no file and no folder `{path}`")
    told = printed(path)
    if told is not None:
        return Folder((Script(f"what {told[0]} prints", told[1]),), (), told[0])
    structure = next(
        (found for found in (path / "structure.sql", path / "db" / "structure.sql") if found.is_file()), None
    )
    if structure is not None:
        return _read(
            path,
            [structure],
            [(f"{path.name}/migrate", "structure.sql is what they lead to")]
            if (path / "migrate").is_dir()
            else [],
            "Rails",
        )
    files = _files(path)
    if not files:
        raise NoSource(_nothing(path))
    return _ordered(path, files)


def _nothing(path: Path) -> str:
    if any(path.rglob("schema.rb")) or any(path.glob("**/migrate/*.rb")):
        return (
            f"`{path}` holds migrations in Ruby: set `config.active_record.schema_format = :sql`, run `bin/rails db:schema:dump`, and import "
            "db/structure.sql"
        )
    return f"`{path}` is a folder without SQL"


def _files(path: Path) -> list[Path]:
    """Files in the folder itself; where there are none, those in folders below."""
    flat = [found for found in path.iterdir() if found.is_file() and found.suffix.lower() == ".sql"]
    nested = [
        found
        for found in path.rglob("*")
        if found.is_file() and found.suffix.lower() == ".sql" and found not in flat
    ]
    versioned = [found for found in nested if _FLYWAY.match(found.name)]
    if flat and any(_FLYWAY.match(found.name) for found in flat):
        return flat + versioned
    return flat or nested


def _ordered(path: Path, files: list[Path]) -> Folder:
    skipped: list[tuple[str, str]] = []
    kept = []
    for file in files:
        reason = _skipped(path, file)
        if reason is None:
            kept.append(file)
        else:
            skipped.append((_shown(path, file), reason))
    flyway = sum(_FLYWAY.match(file.name) is not None for file in kept) * 2 > len(kept)
    plan = path / "sqitch.plan"
    if flyway:
        kept, more = _flyway(path, kept)
        return _read(path, kept, [*skipped, *more], "Flyway")
    if plan.is_file():
        return _read(path, _planned(plan, kept), skipped, "Sqitch")
    prisma = (path / "migration_lock.toml").is_file()
    kept.sort(key=lambda file: _shown(path, file) if prisma else natural(_shown(path, file)))
    others = [
        (file.name, "it is a program, and is not run")
        for file in sorted(path.iterdir())
        if file.suffix in (".go", ".ts", ".js", ".rb", ".py", ".java", ".kt")
    ]
    return _read(path, kept, [*skipped, *others], "Prisma" if prisma else None)


def _skipped(path: Path, file: Path) -> str | None:
    flyway = _FLYWAY.match(file.name)
    if flyway is not None and flyway["kind"].upper() == "U":
        return "it leads back"
    if _CALLBACK.match(file.name):
        return "a callback of Flyway"
    if flyway is None and _BACK.search(file.name.removesuffix(".sql").removesuffix(".SQL")):
        return "it leads back"
    below = file.relative_to(path).parts[:-1]
    if any(part.lower() in _NOT_MIGRATIONS for part in below):
        return "its folder holds no migrations"
    return None


def natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts `2_b` before `10_a`."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(part), "") if part.isdigit() and part.isascii() else (1, 0, part) for part in parts]


def _flyway(path: Path, files: Iterable[Path]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Baselines and versions by their numbers, then what is repeatable by its title."""
    versions: list[tuple[tuple[int, ...], int, Path]] = []
    repeatable: list[tuple[str, Path]] = []
    others: list[Path] = []
    for file in files:
        found = _FLYWAY.match(file.name)
        if found is None:
            others.append(file)
        elif found["kind"].upper() == "R" or found["version"] is None:
            repeatable.append((found["title"], file))
        else:
            numbers = tuple(int(part) for part in re.split(r"[._]", found["version"]))
            versions.append((_trimmed(numbers), 0 if found["kind"].upper() == "B" else 1, file))
    versions.sort(key=lambda each: (each[0], each[1]))
    base = max((numbers for numbers, kind, _ in versions if kind == 0), default=None)
    kept = [
        file
        for numbers, kind, file in versions
        if base is None or numbers > base or (numbers == base and kind == 0)
    ]
    skipped = [
        (_shown(path, file), "the baseline holds it") for numbers, kind, file in versions if file not in kept
    ]
    skipped += [(_shown(path, file), "its name is none of Flyway's") for file in others]
    return [*kept, *(file for _, file in sorted(repeatable))], skipped


def _trimmed(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """`1.0` is `1`."""
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers


def _planned(plan: Path, files: list[Path]) -> list[Path]:
    by_name = {file.stem: file for file in files}
    names = [
        line.split()[0]
        for line in decoded(plan.read_bytes())[0].split("\n")
        if line.strip() and line[0] not in "#%@"
    ]
    return [by_name[name] for name in names if name in by_name]


def _read(path: Path, files: list[Path], skipped: list[tuple[str, str]], tool: str | None) -> Folder:
    scripts, tools = [], {tool}
    for file in files:
        text, told = decoded(file.read_bytes())
        part, own = forward(text)
        if own is not None:
            tools.add(own)
            skipped.append((_shown(path, file), f"its part that leads back ({own})"))
        if told is not None:
            skipped.append((_shown(path, file), told))
        scripts.append(Script(str(file), _PLACEHOLDER.sub("public", part)))
    if not scripts:
        raise NoSource(f"`{path}` holds no migration that leads forward")
    return Folder(tuple(scripts), tuple(skipped), next((each for each in sorted(filter(None, tools))), None))


def _shown(path: Path, file: Path) -> str:
    return file.relative_to(path).as_posix() if file.is_relative_to(path) else file.name
