"""MLflow's web application with one page more for each study: `/studies/<name>` opens the table of its candidates.

MLflow opens on a page about language models, and lets its assistant cover a third of the window. What a reader prefers
is kept in the browser, so the page writes preferences that are not there yet before it goes on to MLflow's own page.
`mlflow ui --app-name nas` finds the application by its entry point, as MLflow's plugins do.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from nas.tracking.view import PREFIX, STUDIES, TAG

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>nas</title></head><body>
<script>
const study = decodeURIComponent(location.pathname.slice(%(start)d));
const prefer = (key, value) => localStorage.getItem(key) ?? localStorage.setItem(key, JSON.stringify(value));
prefer("mlflow.workflowType_v1", "machine_learning");
prefer("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", true);
prefer("mlflow.settings.telemetry.enabled_v1", false);
prefer("mlflow.telemetry.info.alert.dismissed_v1", true);
fetch("/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name=" + encodeURIComponent(%(prefix)s + study))
  .then((answer) => answer.json())
  .then(({ experiment }) => {
    const shared = experiment.tags.find((tag) => tag.key === %(tag)s);
    const id = experiment.experiment_id;
    prefer(`MLflowLocalStorage-1.1-ExperimentPage-["${id}"]-ReactComponentState`, JSON.parse(shared.value));
    location.replace(`/#/experiments/${id}/runs?workflowType=machine_learning`);
  })
  .catch(() => location.replace("/#/experiments?workflowType=machine_learning"));
</script></body></html>
"""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Application:
    """An ASGI application: MLflow's, and the pages of the studies."""

    def __init__(self) -> None:
        from mlflow.server.fastapi_app import app

        self._mlflow = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request; everything but a study's page is MLflow's."""
        if scope["type"] == "http" and scope["path"].startswith(STUDIES):
            headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": _page().encode()})
        else:
            await self._mlflow(scope, receive, send)


def _page() -> str:
    return _PAGE % {"start": len(STUDIES), "prefix": json.dumps(PREFIX), "tag": json.dumps(TAG)}


app = Application()
