"""Where the groups of a factor lie: outlines from GeoJSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.design.labels import label_of
from bayesglmm.errors import SpecError, brief, unknown
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Geography:
    """Outlines of the groups of a factor.

    Attributes
    ----------
    factor : str
        The grouping factor, such as ``"county"``.
    geojson : mapping
        A parsed FeatureCollection of polygons, in degrees of longitude and latitude.
    key : str
        The property that holds the group's name.
    """

    factor: str
    geojson: Mapping[str, Any]
    key: str

    def outlines(self) -> dict[str, list[list[Array]]]:
        """Polygons of each place.

        Returns
        -------
        dict
            Name to polygons, each a list of rings (k, 2), the outer one first, then its holes.

        Raises
        ------
        SpecError
            If it is no collection of polygons, or a feature lacks the key.
        """
        if not isinstance(self.geojson, Mapping):
            raise SpecError(
                f"geojson={brief(self.geojson)} is no parsed GeoJSON. Read the file first: "
                "json.loads(Path('counties.geojson').read_text())."
            )
        features = self.geojson.get("features")
        if not isinstance(features, Sequence) or not features:
            raise SpecError("The GeoJSON has no features. Pass a parsed FeatureCollection.")
        found: dict[str, list[list[Array]]] = {}
        for feature in features:
            properties = feature.get("properties") or {}
            if not isinstance(self.key, str) or self.key not in properties:
                raise SpecError(unknown("property of the GeoJSON", self.key, properties))
            name = label_of(properties[self.key])
            found.setdefault(name, []).extend(_polygons(feature.get("geometry") or {}, name))
        return found

    def check(self, levels: Sequence[str]) -> dict[str, list[list[Array]]]:
        """The outlines, at least one of which is a group's.

        Parameters
        ----------
        levels : sequence of str

        Returns
        -------
        dict
            As `outlines`.

        Raises
        ------
        SpecError
            If no group has an outline.
        """
        found = self.outlines()
        if not set(levels) & set(found):
            raise SpecError(
                f"No group of '{self.factor}' (such as '{levels[0]}') is named by the property "
                f"'{self.key}' of the GeoJSON (such as '{next(iter(found))}')."
            )
        return found


def _polygons(geometry: Mapping[str, Any], name: str) -> Iterator[list[Array]]:
    kind, places = geometry.get("type"), geometry.get("coordinates", ())
    if kind not in ("Polygon", "MultiPolygon"):
        raise SpecError(f"The outline of '{name}' is a {kind}, not a Polygon or MultiPolygon.")
    for rings in [places] if kind == "Polygon" else places:
        yield [np.asarray(ring, dtype=float)[:, :2] for ring in rings]
