"""What the desk of runs writes and fetches: weights, losses, and the published names."""

from __future__ import annotations

from pathlib import Path

from psygnal import Signal

from explorer.runs.dataset import published_file
from explorer.runs.desk_steps import StepReader
from explorer.runs.exchange import save_losses, weights_of
from explorer.runs.fetching import Fetcher, Fetching
from explorer.runs.weights import Weights, load_weights, save_json, save_safetensors


class RunFiles(StepReader):
    """Files beside the file of runs.

    Parameters
    ----------
    path : Path
        The file of runs.
    fetcher : callable
        Fetches the published names.

    Attributes
    ----------
    step : int
        The step that is shown; 0 is the start.
    fetching : Fetching or None
        The last download.
    """

    fetched = Signal()  # a download came further, or ended

    def __init__(self, path: Path, fetcher: Fetcher) -> None:
        super().__init__(path)
        self._fetcher = fetcher
        self.step = 0
        self.fetching: Fetching | None = None

    @property
    def folder(self) -> Path:
        """Where fetched data sets are kept."""
        return self.path.parent

    @property
    def has_published(self) -> bool:
        """Whether the published names are on this computer."""
        return published_file(self.folder).exists()

    def fetch(self) -> None:
        """Fetch the published names; `poll` tells how far it is."""
        if self.fetching is None or self.fetching.is_over:
            self.fetching = Fetching(self.folder, self._fetcher)
            self.fetched.emit()

    def export_weights(self, path: Path) -> None:
        """Write the parameters of the shown step, as safetensors or JSON as the ending says."""
        if self.current is not None:
            save = save_safetensors if path.suffix == ".safetensors" else save_json
            with self._telling("The weights were not written"):
                save(weights_of(self._store, self.current, self.step), path)
                self.told.emit(f"The weights after step {self.step} are in {path}.")

    def export_losses(self, path: Path) -> None:
        """Write a line for each step of the current run as CSV."""
        if self.current is not None:
            with self._telling("The losses were not written"):
                save_losses(self._store, self.current, path)
                self.told.emit(f"The losses are in {path}.")

    def read_weights(self, path: Path) -> Weights | None:
        """Read weights to begin a run with."""
        with self._telling("The weights were not read"):
            return load_weights(path)
        return None
