"""MLflow's web application for readers of studies: `/studies/<name>` opens the table of a study's candidates.

MLflow opens on a page about language models, and lets its assistant cover a third of the window. What a reader prefers
is kept in the browser; preferences that are not there yet are written before MLflow's program starts.
`mlflow ui --app-name nas` finds the application by its entry point, as MLflow's plugins do.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from nas.tracking.view import PREFIX, STUDIES, TAG

# Written into MLflow's own page, before its program starts.
_PREFERENCES = """<style>[data-assistant-ui] { display: none !important }</style><script>
const prefer = (key, value) => localStorage.getItem(key) ?? localStorage.setItem(key, JSON.stringify(value));
prefer("mlflow.workflowType_v1", "machine_learning");
prefer("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", true);
prefer("mlflow.settings.telemetry.enabled_v1", false);
prefer("mlflow.telemetry.info.alert.dismissed_v1", true);
</script>"""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>nas</title></head><body>
<script>
const study = decodeURIComponent(location.pathname.slice(%(start)d));
fetch("/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name=" + encodeURIComponent(%(prefix)s + study))
  .then((answer) => answer.json())
  .then(({ experiment }) => {
    const key = `MLflowLocalStorage-1.1-ExperimentPage-["${experiment.experiment_id}"]-ReactComponentState`;
    const shared = experiment.tags.find((tag) => tag.key === %(tag)s);
    localStorage.getItem(key) ?? localStorage.setItem(key, shared.value);
    location.replace(`/#/experiments/${experiment.experiment_id}/runs?workflowType=machine_learning`);
  })
  .catch(() => location.replace("/#/experiments?workflowType=machine_learning"));
</script></body></html>
"""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Application:
    """An ASGI application: MLflow's, with our preferences in its page, and the pages of the studies."""

    def __init__(self) -> None:
        from mlflow.server.fastapi_app import app

        self._mlflow = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request; all but two kinds of pages are MLflow's."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith(STUDIES):
            page = _PAGE % {"start": len(STUDIES), "prefix": json.dumps(PREFIX), "tag": json.dumps(TAG)}
            await _answer(send, page.encode())
        elif path == "/":
            await self._page(scope, receive, send)
        else:
            await self._mlflow(scope, receive, send)

    async def _page(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer with MLflow's page and our preferences in it."""
        sent: list[Message] = []

        async def collect(message: Message) -> None:
            sent.append(message)

        # Without these headers, MLflow sends the whole page, even if the browser has it.
        headers = [header for header in scope["headers"] if not header[0].startswith(b"if-")]
        await self._mlflow({**scope, "headers": headers}, receive, collect)
        if sent[0]["status"] == 200:
            content = b"".join(message.get("body", b"") for message in sent)
            await _answer(send, content.replace(b"<head>", b"<head>" + _PREFERENCES.encode(), 1))
        else:
            for message in sent:
                await send(message)


async def _answer(send: Send, page: bytes) -> None:
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": page})


app = Application()
