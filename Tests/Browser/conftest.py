"""A real chromium and a running stack with a tenant whose catalog is filled."""

import contextlib
import os
import re
import shutil
from pathlib import Path

import pytest
from demo_page import DemoPage
from harness.stack import Stack, temporary_folder
from selenium import webdriver

FAILURES = Path(__file__).parent / "failures"


@pytest.fixture(scope="session")
def shop():
    with temporary_folder() as folder:
        stack = Stack("sqlite", folder)
        try:
            stack.start()
            tenant = stack.tenant("Corner shop")
            add_catalog(stack, tenant)
            yield tenant
        finally:
            stack.close()


def add_catalog(stack, tenant):
    items = [("mug", "Stoneware mug", "1450", "eur"), ("beans", "House beans", "990", "eur")]
    items.append(("class", "Brewing class", "12000", "jpy"))
    for sku, name, amount, currency in items:
        stack.ctl(
            "catalog", "add", tenant.id, "--sku", sku, "--name", name, "--unit-amount", amount, "--currency", currency
        )


@pytest.fixture
def page(request, shop):
    """The demo page of `shop`."""
    with chromium(request) as driver:
        yield DemoPage(driver, f"{shop.stack.api.url}/demo/{shop.id}")


@pytest.fixture
def driver(request):
    """A browser alone."""
    with chromium(request) as driver:
        yield driver


@contextlib.contextmanager
def chromium(request):
    """A browser of the size that the test asks for; what it showed and said is kept when the test fails."""
    failed = request.session.testsfailed
    width, height = getattr(request, "param", (1280, 900))
    with temporary_folder() as profile:
        driver = start_chromium(profile, width, height)
        try:
            yield driver
            if request.session.testsfailed > failed or failed_now(request):
                keep(driver, request.node.name)
        finally:
            driver.quit()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed_call = outcome.get_result().failed


def failed_now(request):
    return getattr(request.node, "failed_call", False)


def start_chromium(profile, width, height):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    # The sandbox needs a user other than root; the pages are our own.
    flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    flags += ["--disable-background-networking", f"--window-size={width},{height}", f"--user-data-dir={profile}"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    for flag in flags:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    # A window cannot be narrower than about 500 pixels; the viewport can.
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    return driver


def keep(driver, name):
    FAILURES.mkdir(exist_ok=True)
    place = FAILURES / re.sub(r"[^\w-]+", "-", name)
    driver.switch_to.default_content()
    driver.save_screenshot(f"{place}.png")
    place.with_suffix(".html").write_text(driver.page_source)
    place.with_suffix(".log").write_text("\n".join(str(entry) for entry in driver.get_log("browser")))
