"""Events as lines of text."""

from collections.abc import Iterator, Sequence

from nas.evaluation.spotting import Event
from nas.text import percent


def event_line(event: Event) -> str:
    """Return when a class began, which one, and its score."""
    return f"{event.start_s:8.2f} s  {event.class_name}  {percent(event.score, 0)}"


def event_lines(events: Sequence[Event]) -> Iterator[str]:
    """Yield each recording, and its events below it."""
    file = None
    for event in events:
        if event.file != file:
            file = event.file
            yield file
        yield event_line(event)
