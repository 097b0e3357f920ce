"""Subjects in a process of their own: what is asked crosses a pipe as JSON and arrays."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from gradcheck.array import Array
from gradcheck.child import wire
from gradcheck.child.loaded import Loaded
from gradcheck.errors import NotAnalyticError
from gradcheck.module.service import flat, part, point_of
from gradcheck.module.subject import About, Losses, Moved, Point
from gradcheck.problem import Claims, Fact

SERVICE = "gradcheck.module.service"


class Remote:
    """One case of a target as a subject; close it when done."""

    def __init__(
        self, target: str, folder: Path, timeout: float, wish: Mapping[str, Any], case: int
    ) -> None:
        self._loaded = Loaded(SERVICE, {"target": target}, folder, timeout)
        try:
            self._loaded.start()
            header, arrays = self._loaded.request({"do": "open", "wish": wish, "case": case}, {})
        except BaseException:
            self._loaded.stop()
            raise
        self.cases: list[dict[str, Any]] = header["cases"]
        self.about = _about(header, arrays)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loaded.stop()

    def losses(self, point: Point, moved: Moved) -> Losses:
        arrays = {**flat(point), "moved": moved.values}
        header = {"do": "losses", "parameter": moved.parameter}
        answer, found = self._loaded.request(header, arrays, len(moved.values))
        if "lost" in answer:
            raise NotAnalyticError(str(answer["lost"]))
        return Losses(value=found["value"], magnitude=found["magnitude"])

    def claims(self, point: Point) -> Claims:
        return self._loaded.request({"do": "claims"}, flat(point))[1]

    def output(self, point: Point) -> Array | None:
        return self._loaded.request({"do": "output"}, flat(point))[1].get("output")


def _about(header: wire.Header, arrays: Mapping[str, Array]) -> About:
    return About(
        name=header["name"],
        own=point_of({key: arrays[key] for key in arrays if not key.startswith("limits/")}),
        claimed=frozenset(header["claimed"]),
        inputs=tuple(header["inputs"]),
        batch=header["batch"],
        dumped=header["dumped"],
        limits=part(arrays, "limits"),
        facts=tuple(
            Fact(code=f["code"], parameters=tuple(f["parameters"]), evidence=tuple(f["evidence"]))
            for f in header["facts"]
        ),
        remarks=tuple(header["remarks"]),
        epsilon=header["epsilon"],
    )
