"""A shop that buyers come back to."""

import contextlib
import http.server
import threading
from urllib.parse import parse_qsl, urlsplit

PAGE = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Shop</title>"
    "<link rel=icon href=data:,><h1>The shop</h1>"
)


@contextlib.contextmanager
def shop_page(**pages):
    """The origin of a page that any address of the shop answers. `pages` have more to say, each at the address of its
    name: called with the fields that a form sent, none when somebody only looks, they return what stands there."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer({})

        def do_POST(self):
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(dict(parse_qsl(form)))

        def answer(self, form):
            more = pages.get(urlsplit(self.path).path.lstrip("/"))
            page = PAGE + (more(form) if more else "")
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
