"""The directions of imports, and what must hold of the installed PySide6.

`microgpt` <- `trace` <- `debug`, `layout`, `runs` <- `views` <- `app`. Imports are read from the
source, wherever in a file they stand; a part that does not exist yet is skipped.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OBSERVER_WITHOUT_MODEL = ("record", "source", "scopes", "build")

# What each part may import besides the standard library and itself.
ALLOWED = {
    "microgpt": (),
    "explorer.trace": ("microgpt", "numpy"),
    "explorer.debug": ("microgpt", "explorer.trace", "numpy", "psygnal"),
    "explorer.layout": ("microgpt", "explorer.trace", "numpy", "networkx"),
    "explorer.runs": ("microgpt", "explorer.trace", "numpy", "psygnal"),
    "explorer.theme": ("PySide6", "numpy"),
    "explorer.views": (
        "microgpt",
        "explorer.trace",
        "explorer.debug",
        "explorer.layout",
        "explorer.runs",
        "explorer.theme",
        "PySide6",
        "networkx",
        "numpy",
        "psygnal",
        "pyqtgraph",
        "shiboken6",
        "PIL",
    ),
    "explorer.app": ("explorer", "microgpt", "PySide6", "numpy", "psygnal"),
    "explorer.bench": ("explorer", "microgpt", "PySide6", "numpy", "pyqtgraph", "shiboken6"),
    "explorer.cli": ("explorer", "microgpt", "numpy"),
    "explorer.__main__": ("explorer",),
    "explorer.__init__": (),
}
# Views do not import each other, but a view may be built of parts that have a file of their own.
# These put views together.
WORKSPACES = (
    "explore_page",
    "generate_page",
    "interior",
    "lecture",
    "lecture_stage",
    "look_change",
    "stage_stop",
    "stage_views",
    "main_window",
    "name_page",
    "pages",
    "train_page",
    "window_desk",
    "window_passes",
    "window_stops",
)
PARTS_OF_ALL_VIEWS = {
    "buttons",
    "choice_tabs",
    "figure",
    "focus",
    "layer",
    "linked_text",
    "number_axis",
    "picture_cache",
    "picture_files",
    "reading_view",
    "readout",
    "repaint",
    "scrolling",
    "session_dialogs",
    "take_over",
    "word_label",
}
PARTS_OF_A_VIEW = {
    "guides": {"help_window", "keys_sheet", "tour_overlay", "words_around"},
    "compare_view": {
        "cell_grid",
        "compare_changes",
        "compare_column",
        "compare_header",
        "compare_loader",
        "compare_models",
        "compare_words",
    },
    "compare_changes": {"cell_raster", "compare_grid"},
    "compare_column": {
        "cell_grid",
        "compare_grid",
        "compare_header",
        "compare_heads",
        "compare_rows",
    },
    "compare_grid": {"cell_grid", "cell_raster"},
    "compare_header": {"compare_models"},
    "compare_heads": {"cell_raster", "compare_grid"},
    "compare_loader": {"background"},
    "compare_rows": {"cell_raster", "compare_grid"},
    "compare_words": {"cell_grid"},
    "generation_view": {"draw_tiles", "draw_view"},
    "lecture_guides": {"help_window", "keys_sheet", "lecture_look", "presenter_window"},
    "lecture_look": {"lecture_stage"},
    "lecture_window": {"boards", "lecture_cover", "lecture_stage", "pointing_layer", "rest"},
    "legend_column": {"legend"},
    "prompter": {
        "lectern",
        "lecture_look",
        "lecture_window",
        "next_stop",
        "presenter_window",
    },
    "presenter_window": {"caption_view", "lecture_window", "live_picture"},
    "legend": {"map_colours"},
    "boards": {"map_view"},
    "pointing_layer": {"boards"},
    "projection": {
        "lectern",
        "lecture_stage",
        "lesson_passes",
        "map_view",
        "pass_loader",
        "series_work",
        "stage_stop",
        "stop_frame",
    },
    "next_stop": {"lectern", "lesson_passes", "projection"},
    "series_work": {"picture_series"},
    "take_home": {
        "lecture_stage",
        "pass_loader",
        "picture_series",
        "projection",
        "series_work",
        "take_home_dialog",
    },
    "inspector": {"inspector_markup", "inspector_text"},
    "inspector_text": {"inspector_markup"},
    "outline": {"scope_model"},
    "source_code": {"source_margins", "source_pages"},
    "source_pages": {"syntax"},
    "bar_plot": {"bar_row", "hover_card"},
    "probabilities_view": {"bar_plot", "bar_row", "probability_panels"},
    "probability_panels": {"hover_card", "probability_panel"},
    "reading_chain": {"stage_card"},
    "stage_card": {"syntax"},
    "source_view": {"source_code"},
    "pass_loader": {"map_colours"},
    "lectern": {"lesson_passes", "pass_loader"},
    "lesson_files": {"lectern"},
    "lesson_panel": {"lectern", "lesson_files", "stop_list"},
    "lesson_passes": {"background", "models", "pass_loader"},
    "stop_list": {"mark_tables"},
    "live_steps": {"background", "map_colours", "models", "pass_loader"},
    "run_entries": {"models"},
    "run_models": {"live_steps", "models", "pass_loader", "session_files"},
    "step_bar": {"live_steps", "models"},
    "step_map": {"legend", "map_view", "pass_loader", "step_pass"},
    "step_pass": {"live_steps", "pass_loader"},
    "map_pictures": {"export_dialog", "map_export", "map_view"},
    "map_panel": {"breadcrumbs", "legend", "map_view", "search_bar"},
    "map_cells": {"map_frame", "map_text", "vector_cells"},
    "map_export": {"map_frame", "map_painter"},
    "vector_cells": {"map_frame"},
    "session_files": {"map_view", "models", "pass_loader"},
    "run_panel": {"run_list", "run_settings_dialog"},
    "bookmarks_panel": {"mark_tables"},
    "breakpoints_panel": {"mark_tables"},
    "watches_panel": {"mark_tables"},
    "attention_controls": {"cell_legend", "quantity_switch"},
    "attention_matrices": {"cell_grid", "cell_raster", "cell_words"},
    "attention_steps": {"cell_grid", "cell_raster", "cell_words"},
    "attention_panes": {"cell_grid"},
    "attention_view": {
        "attention_controls",
        "attention_matrices",
        "attention_panes",
        "attention_steps",
        "cache_strip",
        "cell_grid",
    },
    "cache_strip": {"cell_grid", "cell_raster", "cell_words"},
    "cell_grid": {
        "cell_painter",
        "cell_raster",
        "cell_walk",
        "cell_words",
        "hover_card",
    },
    "cell_walk": {"cell_raster"},
    "cell_painter": {"cell_raster", "map_frame", "map_text"},
    "embedding_grid": {"cell_grid", "cell_raster", "cell_words"},
    "embeddings_view": {"cell_grid", "embedding_grid", "projection_plot", "quantity_switch"},
    "projection_plot": {"hover_card", "letter_discs"},
    "stream_canvas": {
        "cell_grid",
        "cell_raster",
        "cell_words",
        "map_frame",
        "stream_lines",
        "stream_places",
    },
    "stream_lines": {"stream_places"},
    "stream_places": {"cell_raster"},
    "stream_view": {"cell_grid", "quantity_switch", "stream_canvas", "stream_scales", "unit_grid"},
    "unit_grid": {"cell_grid", "cell_raster", "cell_words", "map_frame", "map_text"},
    "batch_panel": {"background", "row_list"},
    "draw_view": {"draw_plot", "number_line"},
    "gradcheck_box": {"background"},
    "whatif_panel": {"background", "fact_table", "gradcheck_box", "number_field"},
    "map_found": {"map_frame", "map_path"},
    "map_flows": {"map_frame"},
    "map_labels": {"map_frame"},
    "map_links": {"map_frame"},
    "map_path": {"map_frame"},
    "map_pins": {"map_frame"},
    "map_painter": {
        "map_cells",
        "map_flows",
        "map_found",
        "map_frame",
        "map_labels",
        "map_links",
        "map_pins",
        "map_whatif",
    },
    "map_whatif": {"map_frame", "map_pins"},
    "order_view": {"order_early", "order_list", "order_toy"},
    "order_early": {"row_list"},
    "order_list": {"row_list"},
    "map_canvas": {
        "camera_glide",
        "hover_card",
        "map_cells",
        "map_colours",
        "map_export",
        "map_frame",
        "map_marks",
        "map_painter",
        "minimap",
    },
    "map_marks": {"map_frame"},
    "map_view": {"map_canvas", "map_menu"},
    "matrix_canvas": {
        "hover_card",
        "matrix_colours",
        "matrix_pages",
        "matrix_painter",
        "matrix_tiles",
        "matrix_words",
    },
    "matrix_grid": {"matrix_canvas", "matrix_colours", "matrix_legend"},
    "matrix_legend": {"matrix_colours"},
    "matrix_pages": {"matrix_tiles"},
    "matrix_painter": {"map_frame", "map_text", "matrix_colours", "matrix_tiles"},
    "matrix_words": {"matrix_colours"},
    "neighbourhood_choices": {"neighbourhood_scene"},
    "neighbourhood_glide": {"neighbourhood_scene"},
    "neighbourhood_arithmetic": {"neighbourhood_scene"},
    "neighbourhood_edges": {"map_text", "neighbourhood_marks", "neighbourhood_scene"},
    "neighbourhood_painter": {
        "map_text",
        "neighbourhood_edges",
        "neighbourhood_marks",
        "neighbourhood_scene",
        "neighbourhood_stamps",
    },
    "neighbourhood_panel": {"neighbourhood_view"},
    "neighbourhood_canvas": {
        "hover_card",
        "neighbourhood_arithmetic",
        "neighbourhood_choices",
        "neighbourhood_glide",
        "neighbourhood_marks",
        "neighbourhood_painter",
        "neighbourhood_scene",
        "neighbourhood_stage",
    },
    "neighbourhood_stage": {"neighbourhood_choices", "neighbourhood_scene"},
    "neighbourhood_view": {"map_menu", "neighbourhood_canvas"},
}
MAY_IMPORT_QT = ("explorer.views", "explorer.theme", "explorer.app", "explorer.bench")


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def files_of(part: str) -> list[Path]:
    path = ROOT.joinpath(*part.split("."))
    file = path.with_suffix(".py")
    return sorted(path.rglob("*.py")) if path.is_dir() else [file] if file.exists() else []


def imports(source: str, module: str) -> Iterator[str]:
    """Yield the full names that a module imports, and of ``from a import b`` both a and a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                full = ROOT.joinpath(*base.split("."), alias.name)
                is_module = full.is_dir() or full.with_suffix(".py").exists()
                yield f"{base}.{alias.name}" if is_module else base


def imports_of(file: Path) -> list[str]:
    return list(imports(file.read_text(encoding="utf-8"), module_name(file)))


def forbidden(imported: str, part: str) -> bool:
    if imported.split(".")[0] in sys.stdlib_module_names:
        return False
    return not any(is_in(imported, allowed) for allowed in (part, *ALLOWED[part]))


def python_files() -> list[Path]:
    return [file for part in ("microgpt", "explorer") for file in files_of(part)]


def test_the_reader_of_imports_sees_all_kinds() -> None:
    source = "import a.b\nfrom explorer import trace\nfrom . import views\nfrom .x import y\n"
    source += "def f():\n    from c.d import e\n"
    found = list(imports(source, "explorer.app"))
    assert found[:2] == ["a.b", "explorer.trace"]
    assert found[3:] == ["explorer.x", "c.d"]
    assert found[2] in ("explorer", "explorer.views")


def test_the_rule_refuses_what_it_should() -> None:
    assert forbidden("explorer.trace.record", "microgpt")
    assert forbidden("numpy", "microgpt")
    assert forbidden("PySide6.QtCore", "explorer.trace")
    assert forbidden("explorer.views.map_view", "explorer.debug")
    assert forbidden("explorer.layout", "explorer.debug")
    assert forbidden("explorer", "explorer.trace")
    assert not forbidden("explorer.trace.record", "explorer.debug")
    assert not forbidden("os.path", "microgpt")


@pytest.mark.parametrize("part", ALLOWED)
def test_part_imports_only_what_lies_below_it(part: str) -> None:
    files = files_of(part)
    if not files and part not in ("microgpt", "explorer.trace"):
        pytest.skip(f"there is no {part} yet")
    assert files
    wrong = {(module_name(f), i) for f in files for i in imports_of(f) if forbidden(i, part)}
    assert wrong == set()


def test_every_file_belongs_to_a_part_with_a_rule() -> None:
    known = {file for part in ALLOWED for file in files_of(part)}
    assert set(python_files()) - known == set()


def test_only_views_theme_app_and_bench_import_qt() -> None:
    with_qt = {
        module_name(file)
        for file in python_files()
        if any(i.split(".")[0] in ("PySide6", "shiboken6") for i in imports_of(file))
    }
    assert {m for m in with_qt if not any(is_in(m, part) for part in MAY_IMPORT_QT)} == set()


def test_only_the_window_and_its_workspaces_import_other_views() -> None:
    files = files_of("explorer.views")
    if not files:
        pytest.skip("there are no views yet")
    pairs = {
        (file.stem, imported.rsplit(".", 1)[1])
        for file in files
        if file.stem not in (*WORKSPACES, "__init__", *PARTS_OF_ALL_VIEWS)
        for imported in imports_of(file)
        if is_in(imported, "explorer.views")
    }
    known = {(view, part) for view, parts in PARTS_OF_A_VIEW.items() for part in parts}
    shared = {(view, part) for view, part in pairs if part in PARTS_OF_ALL_VIEWS}
    assert pairs - shared == known


def test_parts_that_all_views_share_import_no_view() -> None:
    shared = [f for f in files_of("explorer.views") if f.stem in PARTS_OF_ALL_VIEWS]
    views = {i for f in shared for i in imports_of(f) if is_in(i, "explorer.views")}
    assert {view.rsplit(".", 1)[1] for view in views} <= PARTS_OF_ALL_VIEWS


def test_the_algorithm_never_mentions_the_explorer() -> None:
    files = files_of("microgpt")
    assert len(files) >= 8
    assert [f.name for f in files if "explorer" in f.read_text(encoding="utf-8").lower()] == []


@pytest.mark.parametrize("module", OBSERVER_WITHOUT_MODEL)
def test_the_observer_does_not_import_the_model(module: str) -> None:
    (file,) = files_of(f"explorer.trace.{module}")
    assert [i for i in imports_of(file) if is_in(i, "microgpt")] == []


def loaded_by(statement: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter has after a statement."""
    program = f"{statement}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_algorithm_runs_on_the_standard_library_alone() -> None:
    loaded = loaded_by("import microgpt, microgpt.__main__")
    assert "microgpt" in loaded
    assert loaded.isdisjoint({"numpy", "explorer", "PySide6", "networkx"})


def test_recording_loads_neither_qt_nor_networkx() -> None:
    loaded = loaded_by("import explorer.trace.passes, explorer.trace.timeline")
    assert "numpy" in loaded
    assert loaded.isdisjoint({"PySide6", "shiboken6", "networkx", "pyqtgraph", "psygnal"})


def test_plots_are_loaded_when_the_first_one_opens() -> None:
    loaded = loaded_by("import explorer.app, explorer.runs.desk")
    assert "PySide6" in loaded
    assert "pyqtgraph" not in loaded


def test_installed_pyside_is_below_6_12() -> None:
    version = pytest.importorskip("PySide6").__version__
    assert (6, 8) <= tuple(map(int, version.split(".")[:2])) < (6, 12)


def test_calls_of_pyside_do_not_lose_references_to_none() -> None:
    """6.12.0 on Python 3.11 drops one in most calls; at zero the interpreter aborts."""
    pytest.importorskip("PySide6")
    program = """
import sys
from PySide6.QtCore import QObject, QRect, QTimer
thing, rect, timer = QObject(), QRect(0, 0, 9, 9), QTimer()
def calls():
    thing.setObjectName("name")
    rect.adjust(0, 0, 1, 1)
    rect.setWidth(5)
    timer.setInterval(7)
    thing.setProperty("key", 1)
    timer.stop()
calls()
before = sys.getrefcount(None)
for _ in range(500):
    calls()
print(sys.getrefcount(None) - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr
