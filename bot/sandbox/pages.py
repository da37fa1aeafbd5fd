"""The chat page's files and texts."""

import json
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Pages:
    """Serves what lies in `page/` and the interface texts as JSON."""

    def __init__(self, language: str, panel: str) -> None:
        self._language = language
        self._panel = panel
        self._files = {f"/{path.name}": path for path in _FOLDER.iterdir() if path.suffix in _TYPES}

    def answer(self, path: str) -> web.Response:
        """A file of the page, the texts, or 404."""
        if path == "/texts.json":
            body = json.dumps({"language": self._language, "panel": self._panel, "texts": self._texts()})
            return web.Response(body=body.encode(), content_type="application/json", headers=_HEADERS)
        file = self._files.get("/index.html" if path == "/" else path)
        if file is None:
            return web.Response(status=404, text="Not Found")
        return web.Response(body=file.read_bytes(), content_type=_TYPES[file.suffix], charset="utf-8", headers=_HEADERS)

    def _texts(self) -> dict[str, str]:
        # Only the page needs texts: a server under test starts without reading a catalogue.
        from locales import translator

        return translator(self._language).keys("sandbox.")
