"""A picture of every page into docs/pictures: ``python -m tests.browser.pictures``.

Desktop and phone, light and dark, the whole page, from the demo as it is after its first start.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium, people
from tests.browser.people import DESKTOP, PHONE, headline, press, settle
from tests.server.running import ROOT, Running

FOLDER = ROOT / "docs" / "pictures"
SCALE = {DESKTOP: 1.0, PHONE: 1.5}
DEVICE = {DESKTOP: "desktop", PHONE: "phone"}
MOST = 400_000
"""Bytes a picture may have: enough for a page, and the repository stays small."""

PAGES = {
    "summary": "/summary?as=executive",
    "sites": "/overview?as=lead",
    "funnel": "/overview?as=lead&view=funnel",
    "site": "/site?as=lead&site=R0A",
    "aims": "/setup?as=lead",
    "aims-all": "/setup?as=lead&rule=all",
    "data": "/data?as=lead",
    "months": "/enter?as=team:RJ1&how=months",
}
APRIL = (18000, 15500, 3600)


def views(server: Running, page: Page) -> Iterator[str]:
    """Go from view to view, and say the name of each once it is drawn."""
    for name, address in PAGES.items():
        page.goto(server.url(address))
        yield name
    page.goto(server.url(f"/enter?{people.TEAM}"))
    expect(headline(page)).to_have_text(people.DUE)
    settle(page)
    people.type_month(page, *APRIL)
    people.see(page, people.PREVIEW)
    yield "enter"
    press(page, people.SAVE)
    expect(headline(page)).to_have_text(people.THANKS)
    yield "enter-saved"


def drawn(page: Page) -> None:
    """Wait for the text, its letters and every chart."""
    expect(headline(page)).to_be_visible()
    settle(page)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(box => box.querySelector('svg'))"
    )
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")


def shoot(page: Page, width: int) -> bytes:
    """The whole page: it scrolls inside itself, so the window is made as tall as it is."""
    usual = people.HEIGHTS[width]
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    tall = people.main(page).evaluate("box => Math.ceil(box.scrollHeight + box.getBoundingClientRect().top)")
    page.set_viewport_size({"width": width, "height": max(usual, tall)})
    drawn(page)
    picture = page.screenshot(animations="disabled", caret="hide")
    page.set_viewport_size({"width": width, "height": usual})
    return picture


def small(picture: bytes) -> bytes:
    """The same picture in as many colours as it takes to look the same, and no more bytes than it needs."""
    full = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64):
        packed = io.BytesIO()
        flat = full.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(packed, "PNG", optimize=True)
        if packed.tell() <= MOST:
            break
    return packed.getvalue()


def take(browser: Browser, server: Running, width: int) -> Iterator[Path]:
    """Every view at one width, in light and in dark; of a server that nobody has used yet."""
    size = {"width": width, "height": people.HEIGHTS[width]}
    context = browser.new_context(viewport=size, device_scale_factor=SCALE[width], locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    for name in views(server, page):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            drawn(page)
            file = FOLDER / f"{name}-{DEVICE[width]}-{scheme}.png"
            file.write_bytes(small(shoot(page, width)))
            yield file
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
    context.close()


def main() -> int:
    """Take them all; 0 where every one is small enough."""
    try:
        path = chromium.ensure()
    except chromium.NoBrowser as reason:
        print(reason, file=sys.stderr)
        return 1
    expect.set_options(timeout=30_000)
    FOLDER.mkdir(parents=True, exist_ok=True)
    large = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        for width in (DESKTOP, PHONE):
            with tempfile.TemporaryDirectory() as folder, Running(Path(folder)) as server:
                for file in take(browser, server, width):
                    size = file.stat().st_size
                    print(f"{file.relative_to(ROOT)} {size / 1000:.0f} kB", flush=True)
                    large += [file.name] if size > MOST else []
        browser.close()
    if large:
        print(f"Larger than {MOST // 1000} kB: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
