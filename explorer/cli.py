"""The command line. Only the window and snapshots load Qt."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from explorer.debug.failure import failure_sentence
from explorer.debug.names import check_name
from explorer.debug.pictures import LARGEST_SIDE, picture_format
from explorer.debug.session import Colour
from explorer.runs.console import add_train_options, train_in_terminal
from explorer.trace.passes import Subject, record_pass, summarise, untrained
from explorer.trace.timeline import Timeline
from microgpt.__main__ import OneLineParser, add_model_options, config_from, quiet_end

COMMANDS = ("inspect", "train", "snapshot", "bench")
FIRST_NAME = "emma"
THEMES = ("dark", "light", "contrast")
COLOURS = tuple(colour.value for colour in Colour)
USAGE = """microgpt-explorer [NAME]          opens the window
       microgpt-explorer inspect NAME    one pass without a window
       microgpt-explorer train           trains without a window
       microgpt-explorer snapshot NAME   a picture without a display
       microgpt-explorer bench           how fast it is on this machine"""


class UserError(ValueError):
    """A mistake of the person at the keyboard; the message is one sentence."""


def main(arguments: list[str] | None = None) -> int:
    """Run the program; return the exit status, 2 after a user's mistake."""
    arguments = sys.argv[1:] if arguments is None else arguments
    command = arguments[0] if arguments and arguments[0] in COMMANDS else "window"
    parser = PARSERS[command]()
    options = parser.parse_args(arguments if command == "window" else arguments[1:])
    try:
        return RUNNERS[command](options)
    except BrokenPipeError:
        return quiet_end()
    except (UserError, OSError, ValueError) as error:
        print(f"microgpt-explorer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _window_parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="microgpt-explorer", usage=USAGE, description=__doc__)
    parser.add_argument("name", nargs="?", default=FIRST_NAME, help=f"to begin with ({FIRST_NAME})")
    _add_theme(parser, None)
    add_model_options(parser)
    return parser


def _inspect_parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="microgpt-explorer inspect", description="Run one pass and print what it computed."
    )
    parser.add_argument("name")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_model_options(parser)
    return parser


def _train_parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="microgpt-explorer train", description="Train a model and let it make up documents."
    )
    add_model_options(parser)
    add_train_options(parser)
    return parser


def _snapshot_parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="microgpt-explorer snapshot", description="Write a picture of one pass."
    )
    parser.add_argument("name")
    parser.add_argument("--out", required=True, metavar="F.png", help="or a map.svg, map.pdf")
    parser.add_argument("--size", default="1920x1080", type=_size, metavar="WxH")
    _add_theme(parser, THEMES[0])
    parser.add_argument("--at", type=int, metavar="EVENT", help="moment (the end of the pass)")
    parser.add_argument("--select", type=int, metavar="NODE", help="selected node (the loss)")
    parser.add_argument("--view", choices=("window", "map"), default="window")
    parser.add_argument("--colour", choices=COLOURS, default="data")
    add_model_options(parser)
    return parser


def _bench_parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="microgpt-explorer bench", description="Measure speed and memory on this machine."
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list")
    parser.add_argument("--only", metavar="PART", help="one part of the table")
    return parser


def _add_theme(parser: argparse.ArgumentParser, default: str | None) -> None:
    usual = default or "the one chosen last"
    parser.add_argument("--theme", choices=THEMES, default=default, help=f"colours ({usual})")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text} is not a size like 1920x1080")
    size = int(width), int(height)
    if not all(1 <= side <= LARGEST_SIDE for side in size):
        raise argparse.ArgumentTypeError(f"{text} has a side outside of 1 to {LARGEST_SIDE}")
    return size


def _subject(options: argparse.Namespace) -> Subject:
    return untrained(config_from(options), options.seed, options.input)


def _checked(subject: Subject, typed: str) -> str:
    """Return the name to run; say what is worth knowing about it."""
    check = check_name(typed, subject.tokenizer, subject.positions_limit)
    if check.name is None:
        hint = f" Did you mean “{check.suggestion}”?" if check.suggestion else ""
        raise UserError(check.message + hint)
    if check.message:
        print(f"microgpt-explorer: {check.message}", file=sys.stderr)
    return check.name


def _open_window(options: argparse.Namespace) -> int:
    from explorer.app import NoDisplayError, run_window

    try:
        return run_window(_subject(options), options.name, options.theme)
    except NoDisplayError:
        raise UserError(
            "there is no display to open a window on; "
            "“microgpt-explorer snapshot NAME --out F.png” makes a picture without one"
        ) from None


def _inspect(options: argparse.Namespace) -> int:
    subject = _subject(options)
    trace = record_pass(subject, _checked(subject, options.name))
    if trace.failure is not None:
        raise UserError(failure_sentence(Timeline(trace)))
    summary = summarise(trace)
    if options.json:
        print(json.dumps(summary, indent=1))
    else:
        for key, value in summary.items():
            print(f"{key}: {' '.join(value) if isinstance(value, list) else value}")
    return 0


def _snapshot(options: argparse.Namespace) -> int:
    subject = _subject(options)
    name = _checked(subject, options.name)
    out = Path(options.out)
    if not out.parent.is_dir():
        raise UserError(f"there is no folder {out.parent}")
    picture_format(out)  # so that a wrong ending is told before the pass is run
    from explorer.app import Shot, take_snapshot

    shot = Shot(
        name=name,
        size=options.size,
        theme=options.theme,
        at=options.at,
        select=options.select,
        map_only=options.view == "map",
        colour=options.colour,
    )
    take_snapshot(subject, shot, out)
    return 0


def _bench(options: argparse.Namespace) -> int:
    from explorer.bench import PARTS, measure

    if options.only is not None and options.only not in PARTS:
        raise UserError(f"there is no part “{options.only}”; the parts are {', '.join(PARTS)}")
    results = []
    for result in measure([options.only] if options.only else list(PARTS)):
        results.append(result)
        if not options.json:
            print(result.line(), flush=True)
    if options.json:
        print(json.dumps([result.as_dict() for result in results], indent=1))
    return 0


PARSERS = {
    "window": _window_parser,
    "inspect": _inspect_parser,
    "train": _train_parser,
    "snapshot": _snapshot_parser,
    "bench": _bench_parser,
}
RUNNERS = {
    "window": _open_window,
    "inspect": _inspect,
    "train": train_in_terminal,
    "snapshot": _snapshot,
    "bench": _bench,
}
