"""What the README says of keys and commands is true."""

from __future__ import annotations

import re
from pathlib import Path

from explorer import cli
from explorer.debug.commands import COMMANDS
from explorer.debug.lecture_keys import LECTURE_KEYS

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def keys_listed_under(heading: str) -> dict[str, tuple[str, ...]]:
    section = README.split(f"## {heading}\n")[1].split("## ")[0]
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", section, re.MULTILINE)
    return {title: tuple(re.findall(r"`(.+?)`", keys)) for keys, title in rows}


def test_the_table_of_keys_is_the_table_of_commands() -> None:
    listed = keys_listed_under("Keys")
    assert listed == {command.title: command.keys for command in COMMANDS if command.keys}


def test_the_keys_of_a_lecture_are_listed() -> None:
    assert keys_listed_under("Keys of a lecture") == {one.title: one.keys for one in LECTURE_KEYS}


def test_every_command_of_the_command_line_is_listed() -> None:
    assert all(f"`microgpt-explorer {command}" in README for command in cli.COMMANDS)


def test_pictures_are_there() -> None:
    pictures = re.findall(r"!\[.*\]\((.*)\)", README)
    assert pictures
    assert all((Path(__file__).resolve().parents[1] / picture).is_file() for picture in pictures)
