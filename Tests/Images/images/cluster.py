"""The product from its images on one volume, with the host's stand-in for Stripe."""

import json
import os

from harness.stack import Stack

from images.container import Container

SERVICES = ["checkout-api", "webhook-router", "fulfillment-worker"]


class Cluster(Stack):
    """Like the stack of processes; `checkoutctl` is one image's after the other's."""

    def __init__(self, images, folder):
        super().__init__("sqlite", folder, DATABASE_URL="sqlite:/data/checkout.db")
        self.images = images
        self.volume = self.folder / "volume"
        self.volume.mkdir(mode=0o700)
        os.chown(self.volume, 65532, 65532)
        self.asked = 0
        self.api, self.router, self.worker = [
            self._container(images[one.name], one) for one in (self.api, self.router, self.worker)
        ]
        self.apis, self.routers, self.workers = [self.api], [self.router], [self.worker]

    def ctl(self, *arguments, status=0):
        image = self.images[SERVICES[self.asked % len(SERVICES)]]
        self.asked += 1
        done = Container(
            image, self.volume, self.environment, self.folder, self.asked, ["/usr/local/bin/checkoutctl"]
        ).run(*arguments)
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout) if "--json" in arguments else done.stdout + done.stderr

    def _container(self, image, program):
        return Container(image, self.volume, program.environment, self.folder, program.port)
