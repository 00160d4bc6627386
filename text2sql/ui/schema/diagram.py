"""An entity-relationship diagram as inline SVG, drawn from a schema's foreign keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from text2sql.schema import ForeignKey, Schema
from text2sql.ui.schema.diagram_layout import BoxPosition, arrange
from text2sql.wording import counted, cut

__all__ = ["draw"]

_LINE = 20.0  # height of one column's line, in pixels
_HEAD = 28.0
_PAD = 12.0
_MARGIN = 24.0
_CHARACTER = 7.3  # average width of a character
_LONGEST = 28  # characters of a name; longer names are cut
_FEW_COLUMNS = 40  # in the whole schema; larger schemas show keys only


@dataclass(frozen=True)
class _Box:
    """The box of a table: the positions of the columns shown, and the number of hidden ones."""

    title: str
    columns: tuple[int, ...]
    hidden: int
    width: float

    @property
    def height(self) -> float:
        return _HEAD + _LINE * (len(self.columns) + bool(self.hidden)) + 6

    def line(self, column: int) -> float:
        """Return the distance of the middle of a column's line from the top of the box."""
        return _HEAD + _LINE * (self.columns.index(column) + 0.5) + 1


def draw(schema: Schema, space: tuple[float, float] = (440.0, 520.0)) -> Markup:
    """Draw all tables and keys as an ``<svg>`` with escaped names.

    ``space`` is the width and the height of the area that first shows it, in pixels.
    """
    boxes = [_box(schema, table) for table in range(len(schema.tables))]
    links = [(key.table, key.ref_table) for key in schema.foreign_keys]
    places = arrange([(box.width, box.height) for box in boxes], links, space)
    width = max(p.x + b.width for p, b in zip(places, boxes, strict=True)) + 2 * _MARGIN
    height = max(p.y + b.height for p, b in zip(places, boxes, strict=True)) + 2 * _MARGIN
    view = f"{-_MARGIN:g} {-_MARGIN:g} {width:.0f} {height:.0f}"
    parts = [
        Markup(
            '<svg class="t2s-diagram" viewBox="{}" data-box="{}" role="img" aria-label="{}">'
        ).format(view, view, _summary(schema))
    ]
    parts += [_key(key, boxes, places, schema) for key in schema.foreign_keys]
    parts += [
        _table(schema, table, box, place)
        for table, (box, place) in enumerate(zip(boxes, places, strict=True))
    ]
    return Markup("").join(parts) + Markup("</svg>")


def _summary(schema: Schema) -> str:
    keys = [
        f"{schema.tables[k.table].name}.{schema.tables[k.table].columns[k.column].name} refers to "
        f"{schema.tables[k.ref_table].name}.{schema.tables[k.ref_table].columns[k.ref_column].name}"
        for k in schema.foreign_keys
    ]
    return f"Diagram of {len(schema.tables)} tables. " + ("; ".join(keys) or "No foreign keys.")


def _box(schema: Schema, table: int) -> _Box:
    names = [column.name for column in schema.tables[table].columns]
    keys = _key_columns(schema, table)
    shown = tuple(range(len(names))) if schema.column_count <= _FEW_COLUMNS else tuple(sorted(keys))
    hidden = len(names) - len(shown)
    title = cut(schema.tables[table].name, _LONGEST) + "  "
    texts = [title, *(cut(names[c], _LONGEST) for c in shown)]
    width = max(len(text) for text in texts) * _CHARACTER + 2 * _PAD + 26
    return _Box(schema.tables[table].name, shown, hidden, max(width, 120.0))


def _key_columns(schema: Schema, table: int) -> set[int]:
    columns = schema.tables[table].columns
    found = {position for position, column in enumerate(columns) if column.primary_key}
    found |= {key.column for key in schema.foreign_keys if key.table == table}
    return found | {key.ref_column for key in schema.foreign_keys if key.ref_table == table}


def _table(schema: Schema, table: int, box: _Box, place: BoxPosition) -> Markup:
    columns = schema.tables[table].columns
    foreign = {key.column for key in schema.foreign_keys if key.table == table}
    lines = [
        _text(place.x + _PAD, place.y + 18, "t2s-er-title", box.title),
        *(_column(columns[c].name, columns[c].primary_key, c in foreign, box, place, c)
          for c in box.columns),
    ]  # fmt: skip
    if box.hidden:
        y = place.y + _HEAD + _LINE * (len(box.columns) + 0.5) + 5
        more = counted(box.hidden, "more column")
        lines.append(_text(place.x + _PAD, y, "t2s-er-more", more))
    outline = Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" '
        'height="{:.1f}" rx="8"/>'
        '<path class="t2s-er-rule" d="M{:.1f} {:.1f}h{:.1f}"/>'
    ).format(place.x, place.y, box.width, box.height, place.x, place.y + _HEAD - 1, box.width)
    return Markup('<g class="t2s-er-table" data-table="{}">{}{}</g>').format(
        table, outline, Markup("").join(lines)
    )


def _column(
    name: str, primary: bool, foreign: bool, box: _Box, place: BoxPosition, column: int
) -> Markup:
    y = place.y + box.line(column) + 4
    mark = " ".join(["PK"] * primary + ["FK"] * foreign)
    right = place.x + box.width - _PAD
    marked = _text(right, y, "t2s-er-mark", mark) if mark else ""
    return _text(place.x + _PAD, y, "t2s-er-column", name) + marked


def _text(x: float, y: float, kind: str, text: str) -> Markup:
    whole = Markup("<title>{}</title>").format(text) if len(text) > _LONGEST else ""
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}{}</text>').format(
        kind, x, y, whole, cut(text, _LONGEST)
    )


def _key(key: ForeignKey, boxes: list[_Box], places: list[BoxPosition], schema: Schema) -> Markup:
    """Draw a foreign key: a crow's foot at the referring table, a bar at the other."""
    path = " ".join(_path(key, boxes, places))
    name = (
        f"{schema.tables[key.table].name}.{schema.tables[key.table].columns[key.column].name} → "
        f"{schema.tables[key.ref_table].name}."
        f"{schema.tables[key.ref_table].columns[key.ref_column].name}"
    )
    kind, name = (
        ("t2s-er-key t2s-guessed", f"{name} (guessed)")
        if key.guessed
        else (
            "t2s-er-key",
            name,
        )
    )
    return Markup(
        '<path class="{}" data-from="{}" data-to="{}" d="{}"><title>{}</title></path>'
    ).format(kind, key.table, key.ref_table, path, name)


def _path(key: ForeignKey, boxes: list[_Box], places: list[BoxPosition]) -> Iterator[str]:
    here, there = places[key.table], places[key.ref_table]
    y1 = here.y + boxes[key.table].line(key.column)
    y2 = there.y + boxes[key.ref_table].line(key.ref_column)
    out1, out2 = _sides(here, there)
    x1 = here.x + (boxes[key.table].width if out1 > 0 else 0)
    x2 = there.x + (boxes[key.ref_table].width if out2 > 0 else 0)
    bend = 36.0 if out1 == out2 else max(24.0, abs(x2 - x1) / 2)
    yield f"M{x1:.1f} {y1:.1f}C{x1 + out1 * bend:.1f} {y1:.1f}"
    yield f"{x2 + out2 * bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    for spread in (-5, 5):
        yield f"M{x1 + out1 * 9:.1f} {y1:.1f}L{x1:.1f} {y1 + spread:.1f}"
    yield f"M{x2 + out2 * 6:.1f} {y2 - 4:.1f}v8"


def _sides(here: BoxPosition, there: BoxPosition) -> tuple[int, int]:
    """Return the sides, 1 (right) or -1 (left), at which a line leaves and enters the boxes."""
    if here.column == there.column:  # a loop on the outer side of the group
        outside = -1 if here.column < 0 else 1
        return outside, outside
    towards = 1 if there.column > here.column else -1
    return towards, -towards
