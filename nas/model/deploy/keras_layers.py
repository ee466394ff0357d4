"""The layers of a Keras model, one by one, and a way to change what their calls do."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any


def leaves(model: Any) -> Iterator[Any]:
    """Yield the layers of a model and of the models in it."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from leaves(layer)
        else:
            yield layer


@contextlib.contextmanager
def hooked(layers: Iterable[Any], hook: Callable[[Any, Callable[[], Any]], Any]) -> Iterator[None]:
    """Let `hook(layer, call)` stand for each call of these layers; `call()` gives the layer's own output."""
    found = list(layers)
    for layer in found:
        # Keras calls what the object has under this name, before that of its class.
        vars(layer)["call"] = _changed(layer, hook)
    try:
        yield
    finally:
        for layer in found:
            vars(layer).pop("call", None)


def _changed(layer: Any, hook: Callable[[Any, Callable[[], Any]], Any]) -> Callable[..., Any]:
    own = type(layer).call

    def call(*args: Any, **kwargs: Any) -> Any:
        return hook(layer, lambda: own(layer, *args, **kwargs))

    return call
