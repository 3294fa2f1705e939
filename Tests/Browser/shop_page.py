"""A shop that buyers come back to."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def shop_page():
    """The origin of a page that any address of the shop answers."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            page = "<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>The shop</h1>"
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
