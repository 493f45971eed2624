"""What the README says of keys and commands is true."""

from __future__ import annotations

import re
from pathlib import Path

from explorer import cli
from explorer.debug.commands import COMMANDS

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_table_of_keys_is_the_table_of_commands() -> None:
    section = README.split("## Keys")[1].split("## ")[0]
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", section, re.MULTILINE)
    listed = {title: tuple(re.findall(r"`(.+?)`", keys)) for keys, title in rows}
    assert listed == {command.title: command.keys for command in COMMANDS if command.keys}


def test_every_command_of_the_command_line_is_listed() -> None:
    assert all(f"`microgpt-explorer {command}" in README for command in cli.COMMANDS)


def test_pictures_are_there() -> None:
    pictures = re.findall(r"!\[.*\]\((.*)\)", README)
    assert pictures
    assert all((Path(__file__).resolve().parents[1] / picture).is_file() for picture in pictures)
