"""Train a GPT and let it make up documents: ``python -m microgpt``."""

from __future__ import annotations

import argparse
import csv
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import NoReturn

from microgpt.adam import Adam
from microgpt.data import Tokenizer, bundled_names, read_documents
from microgpt.model import GPT, Config
from microgpt.sample import sample
from microgpt.train import train

SHAPE_OPTIONS = {
    "--layers": ("n_layer", "layers of the transformer"),
    "--embd": ("n_embd", "size of the embedding"),
    "--heads": ("n_head", "attention heads a layer"),
    "--block-size": ("block_size", "longest sequence, in tokens"),
}


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        """End the program with status 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that decide which model it is: data, seed and shape."""
    parser.add_argument("--input", metavar="F", help="text file, one document a line")
    parser.add_argument("--seed", type=int, default=42, metavar="N", help="of all random numbers")
    for option, (field, meaning) in SHAPE_OPTIONS.items():
        default = getattr(Config, field)
        parser.add_argument(
            option,
            dest=field,
            type=int,
            default=default,
            metavar="N",
            help=f"{meaning} ({default})",
        )


def config_from(options: argparse.Namespace) -> Config:
    """Return the shape that the options ask for; raise ValueError if there is no such model."""
    return Config(**{field: getattr(options, field) for field, _ in SHAPE_OPTIONS.values()})


def default_input() -> Path:
    """Return ``input.txt`` of this folder, as the published script has it, or our own names."""
    local = Path("input.txt")
    return local if local.exists() else bundled_names()


def main(arguments: list[str] | None = None) -> int:
    """Run the program; return the exit status, 2 after a user's mistake."""
    parser = OneLineParser(prog="python -m microgpt", description=__doc__)
    add_model_options(parser)
    parser.add_argument("--steps", type=int, default=1000, metavar="N", help="of training (1000)")
    parser.add_argument("--samples", type=int, default=20, metavar="N", help="to make up (20)")
    parser.add_argument("--log", metavar="F.csv", help="write a line for each step")
    options = parser.parse_args(arguments)
    try:
        if options.steps < 0 or options.samples < 0:
            raise ValueError("--steps and --samples must not be negative")
        run(options)
    except BrokenPipeError:
        return quiet_end()
    except (OSError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def quiet_end() -> int:
    """Let go of an output that nobody reads any more; return the exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def run(options: argparse.Namespace) -> None:
    """Train, then sample, and print both."""
    rng = Random(options.seed)
    config = config_from(options)
    documents = read_documents(options.input or default_input())
    rng.shuffle(documents)
    print(f"num docs: {len(documents)}")
    tokenizer = Tokenizer(documents)
    print(f"vocab size: {tokenizer.vocab_size}")
    model = GPT(config, tokenizer.vocab_size, rng)
    parameters = model.parameters()
    print(f"num params: {len(parameters)}")

    end = "\r" if sys.stdout.isatty() else "\n"
    with ExitStack() as stack:
        log = None
        if options.log:
            file = stack.enter_context(Path(options.log).open("w", encoding="utf-8", newline=""))
            log = csv.writer(file, lineterminator="\n")
            log.writerow(["step", "document", "positions", "loss"])
        for step in train(model, Adam(parameters), documents, tokenizer, options.steps):
            print(f"step {step.step:4d} / {options.steps:4d} | loss {step.loss:.4f}", end=end)
            if log:
                log.writerow([step.step, step.document, step.positions, repr(step.loss)])

    print("\n--- inference (new, hallucinated names) ---")
    for i in range(options.samples):
        drawn = [draw.token for draw in sample(model, tokenizer, rng, temperature=0.5)]
        print(f"sample {i + 1:2d}: {tokenizer.decode(drawn)}")


if __name__ == "__main__":
    sys.exit(main())
