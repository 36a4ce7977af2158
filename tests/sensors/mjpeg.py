"""An MJPEG stream on loopback, as a network camera serves it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
from numpy.typing import NDArray

BOUNDARY = "picture"
# Of a number, uint8 [height, width, 3], blue first.
Shown = Callable[[int], NDArray[np.uint8]]


@contextmanager
def mjpeg_stream(
    pictures: int, pause_s: float = 0.04, hangs_after: int | None = None, shown: Shown | None = None
) -> Iterator[str]:
    """The address of a stream of so many pictures, ever brighter unless ``shown``; it may hang, the line open."""
    over = threading.Event()

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            # Whoever watched may have gone.
            with suppress(OSError):
                for number in range(pictures):
                    if number == hangs_after:
                        over.wait(20)
                    if over.is_set():
                        return
                    self.wfile.write(part((shown or picture)(number)))
                    time.sleep(pause_s)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/stream.mjpg"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def picture(number: int) -> NDArray[np.uint8]:
    """Blue, green and red in a row, [64, 96, 3], blue first, with a bar that moves."""
    bgr = np.zeros((64, 96, 3), np.uint8)
    for channel in range(3):
        bgr[:, 32 * channel : 32 * channel + 32, channel] = 200
    bgr[number % 60 : number % 60 + 4] = 255
    return bgr


def part(bgr: NDArray[np.uint8]) -> bytes:
    """One picture of the stream."""
    jpeg = cv2.imencode(".jpg", bgr)[1].tobytes()
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    return head.encode() + jpeg + b"\r\n"
