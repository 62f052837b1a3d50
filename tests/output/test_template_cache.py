"""Compiled templates that are kept: used when whole, made anew when damaged or when the source has changed."""

from pathlib import Path

from jinja2 import DictLoader, Environment

from bdc.output.template_cache import TemplateCache


def rendered(folder: Path | None, source: str) -> str:
    environment = Environment(
        loader=DictLoader({"a": source}), bytecode_cache=TemplateCache(folder, "none"), optimized=False
    )
    return environment.get_template("a").render(x=3)


def test_kept_code_is_used_and_damaged_code_is_not(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ x + 1 }}") == "4"
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    assert rendered(tmp_path, "{{ x + 1 }}") == "4" and kept.read_bytes() == whole
    for damaged in (b"", whole[:40], whole[:-1], whole[:50] + b"?" + whole[51:]):
        kept.write_bytes(damaged)
        assert rendered(tmp_path, "{{ x + 1 }}") == "4"
        assert kept.read_bytes() == whole
    assert rendered(tmp_path, "{{ x + 2 }}") == "5" and len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_missing_is_no_obstacle(tmp_path: Path) -> None:
    assert rendered(None, "{{ x }}") == rendered(tmp_path / "none", "{{ x }}") == "3"
