"""What the hooks of an instrumented program do: follow loops, record values, set variables.

A run watches one loop of the program, the *step loop*. At the start of one of its
iterations the run may set variables and begins to record; at the end of that iteration, or
of a later one, it is over. Runs are ended by an exception that no handler of the program's
own keeps.
"""

import sys
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import field
from types import FrameType, FunctionType
from typing import Any, TypeAlias

import numpy as np

from gradcheck.paste.understanding.hashing import Hashing
from gradcheck.paste.understanding.values import frozen, meant, operand
from gradcheck.record import record

Look: TypeAlias = Callable[[FrameType], None]

OFTEN = 400
"""Where all sites are recorded, no more than so many values are kept of each."""


class Stop(BaseException):
    """The run is over; not an error."""


class TooSlow(Stop):
    """The run took longer than it may."""


class Event:
    """A value that a site had; `left` and `right` are operands of sums, differences and changes.

    `thing` is the object itself, the others copies. `adds` tells sums from differences. `augments`
    tells `+=` and `-=`; `owner` is then what a changed element belongs to.
    """

    __slots__ = ("adds", "augments", "left", "owner", "right", "site", "thing", "value")

    def __init__(
        self, site: int, thing: Any, left: Any = None, right: Any = None, owner: Any = None
    ) -> None:
        self.site = site
        self.thing = thing
        self.value = meant(thing)
        # Most events have no operands.
        self.left: Any = None if left is None else operand(left)
        self.right: Any = None if right is None else operand(right)
        self.owner = owner
        self.augments = False
        self.adds = False


@record
class Course:
    """What a run does: watch `loop` from iteration `first` on, for `span` iterations.

    `arrive` is called with the loop's frame before its very first iteration, `begin` before the
    first that is watched, `turn` before that and all others, `end` after the last.
    `rate` multiplies what the sites of `rates` add to their left (True) or right operand;
    `recorded` are the sites whose values are kept, None for all; `most` ends the run after so
    many events, at once where there are to be none. `inject` adds to the values of sites, every
    time: a number, or what a function makes of the value. `limits` are the most iterations that
    loops may make.
    """

    loop: int
    first: int = 0
    span: int = 1
    arrive: Look | None = None
    begin: Look | None = None
    turn: Look | None = None
    end: Look | None = None
    rate: float = 1.0
    rates: Mapping[int, bool] = field(default_factory=dict)
    most: int | None = None
    recorded: frozenset[int] | None = None
    inject: Mapping[int, Any] = field(default_factory=dict)
    limits: Mapping[int, int] = field(default_factory=dict)


class Runtime:
    """The state of the hooks; `names()` are the global names under which programs call them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.made: list[tuple[int, weakref.ref[FunctionType]]] = []
        self.course: Course | None = None
        self.watch: Callable[[int, int, FrameType, bool], bool] | None = None
        self.visit: Callable[[int, FrameType], Any] | None = None
        """Called where an edited program has `__gc_here__(number)`; a second argument is what that
        gives, unless what is called gives something."""
        self.deadline = float("inf")
        self.over: Stop | None = None
        self._turns = 0
        self._recording = False
        self.given: dict[str, Any] = {}
        """Local variables to set where the watched iteration begins; `begin` fills it."""
        self._pending: dict[int, Any] = {}
        self._handled: dict[tuple[int, int], BaseException | None] = {}
        """What was being handled already where an iteration began, by frame."""
        self._counts: dict[int, int] = {}
        self._seen: dict[int, int] = {}
        self._hashing = Hashing()

    def names(self) -> dict[str, Callable[..., Any]]:
        return {
            "__gc_value__": self._value,
            "__gc_add__": self._add,
            "__gc_sub__": self._sub,
            "__gc_equal__": self._equal,
            "__gc_change__": self._change,
            "__gc_changed__": self._changed,
            "__gc_turn__": self._turn,
            "__gc_turned__": self._turned,
            "__gc_local__": self._local,
            "__gc_made__": self._made,
            "__gc_class__": self._hashing.adopt,
            "__gc_caught__": self._caught,
            "__gc_here__": self._here,
        }

    def start(self, course: Course | None, seconds: float) -> None:
        """Prepare for a run, which ends with `TooSlow` after so many seconds."""
        self.course = course
        self.events = []
        self.deadline = time.process_time() + seconds
        self.over = None
        self._turns = 0
        self._recording = False
        self.given = {}
        self._pending = {}
        self._counts = {}
        self._seen = {}
        self._hashing.start()

    def record(self) -> None:
        """Begin to record at once, without waiting for a loop."""
        self._recording = True

    @property
    def reached(self) -> bool:
        """Whether the watched iteration has begun."""
        return self.course is not None and self._turns > self.course.first

    def _value(self, site: int, value: Any) -> Any:
        if self._recording:
            value = self._injected(site, value)
            if self._wanted(site):
                self._record(Event(site, value))
        return value

    def _add(self, site: int, left: Any, right: Any) -> Any:
        course = self.course
        if self._recording and course and course.rate != 1.0 and site in course.rates:
            left, right = _scaled(left, right, course.rate, course.rates[site])
        result = left + right
        if self._recording:
            result = self._injected(site, result)
            if self._wanted(site):
                event = Event(site, result, left, right)
                event.adds = True
                self._record(event)
        return result

    def _sub(self, site: int, left: Any, right: Any) -> Any:
        course = self.course
        if self._recording and course and course.rate != 1.0 and site in course.rates:
            left, right = _scaled(left, right, course.rate, False)
        result = left - right
        if self._recording:
            result = self._injected(site, result)
            if self._wanted(site):
                self._record(Event(site, result, left, right))
        return result

    def _equal(self, site: int, left: Any, right: Any, negated: bool) -> Any:
        result = left != right if negated else left == right
        if self._recording and self._wanted(site):
            self._record(Event(site, operand(result), left, right))
        return result

    def _change(self, site: int, left: Any, right: Any) -> Any:
        course = self.course
        if self._recording and course and course.rate != 1.0 and site in course.rates:
            right = _times(right, course.rate)
        if self._recording:
            right = self._injected(site, right)
            if self._wanted(site):
                self._pending[site] = (operand(left), operand(right))
        return right

    def _changed(self, site: int, owner: Any, value: Any) -> None:
        if self._recording and (site in self._pending or self._wanted(site)):
            left, right = self._pending.pop(site, (None, None))
            event = Event(site, value, owner=owner)
            event.left, event.right = left, right
            event.augments = left is not None
            self._record(event)

    def _injected(self, site: int, value: Any) -> Any:
        course = self.course
        if course is None or site not in course.inject or frozen(value) is None:
            return value
        extra = course.inject[site]
        return value + (extra(value) if callable(extra) else extra)

    def _wanted(self, site: int) -> bool:
        """Tell whether to keep a value; where all sites are kept, the first few of each will do."""
        recorded = self.course.recorded if self.course else None
        if recorded is not None:
            return site in recorded
        count = self._seen.get(site, 0)
        self._seen[site] = count + 1
        return count < OFTEN

    def _record(self, event: Event) -> None:
        course = self.course
        if event.value is None or course is None:
            return
        self.events.append(event)
        most = course.most
        if most is not None and len(self.events) >= most:
            self._stop(Stop())

    def _turn(self, loop: int) -> bool:
        self._check()
        frame = sys._getframe(1)
        self._handled[id(frame), loop] = sys.exc_info()[1]
        if self.watch is not None:
            count = self._counts.get(loop, 0)
            self._counts[loop] = count + 1
            return self.watch(loop, count, frame, False)
        course = self.course
        if course is not None and loop in course.limits:
            count = self._counts.get(loop, 0)
            self._counts[loop] = count + 1
            if count >= course.limits[loop]:
                return True
        if course is not None and loop == course.loop:
            self._turns += 1
            if self._turns == 1 and course.arrive is not None:
                course.arrive(frame)
            if self._turns == course.first + 1:
                if course.begin is not None:
                    course.begin(frame)
                if course.most == 0:
                    self._stop(Stop())
                self._recording = True
            if self._recording and course.turn is not None:
                course.turn(frame)
        return False

    def _turned(self, loop: int) -> None:
        if isinstance(sys.exc_info()[1], GeneratorExit):
            return  # A generator is thrown away, perhaps long after its run.
        if self.over is not None:
            raise self.over
        frame = sys._getframe(1)
        if sys.exc_info()[1] is not self._handled.pop((id(frame), loop), None):
            return  # The iteration ends by an exception of the program's own.
        if self.watch is not None:
            self.watch(loop, self._counts[loop] - 1, frame, True)
            return
        course = self.course
        if course is not None and loop == course.loop and self._turns == course.first + course.span:
            self._recording = False
            if course.end is not None:
                course.end(frame)
            self._stop(Stop())

    def _local(self, name: str, value: Any) -> Any:
        return self.given.pop(name, value)

    def _here(self, number: int, value: Any = None) -> Any:
        found = None
        if self._recording and self.visit is not None:
            found = self.visit(number, sys._getframe(1))
        return value if found is None else found

    def _made(self, number: int) -> Callable[[Any], Any]:
        def keep(function: Any) -> Any:
            if isinstance(function, FunctionType):
                self.made.append((number, weakref.ref(function)))
            return function

        return keep

    def _caught(self) -> None:
        if self.over is not None:
            raise self.over

    def _check(self) -> None:
        if self.over is not None:
            raise self.over
        if time.process_time() > self.deadline:
            self._stop(TooSlow())

    def _stop(self, reason: Stop) -> None:
        self.over = reason
        self._recording = False
        raise reason


def _scaled(left: Any, right: Any, rate: float, scale_left: bool) -> tuple[Any, Any]:
    return (_times(left, rate), right) if scale_left else (left, _times(right, rate))


def _times(value: Any, rate: float) -> Any:
    return np.multiply(value, rate) if isinstance(value, list | tuple) else value * rate
