"""Opens pages of `yaosu report` in a headless Chromium and uses them as a reader would.

    python tests/browser/pages.py [--shots DIR] report.html report.zh.html ...

Fails on any message of the console, any request beyond the file itself, a missing picture, a choice that changes nothing,
or a page that is wider than its window. Needs the Python package `playwright` and a Chromium (found in PATH).
"""

import argparse
import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

WINDOWS = {"desktop": (1280, 900), "phone": (375, 740)}


def chart_of(page):
    return page.evaluate("(document.querySelector('#chart .mean') || {getAttribute: () => ''}).getAttribute('points')")


def tiles_of(page):
    script = "Array.from(document.querySelectorAll('#tiles g')).map(g => g.querySelector('rect').getAttribute('fill') + g.textContent)"
    return " ".join(page.evaluate(script))


def choose_other(page, name):
    """Chooses the last option by keyboard; False where there is no choice."""
    select = page.locator(f"#{name}")
    count = select.locator("option").count()
    if count < 2 or select.is_disabled():
        return False
    before = select.input_value()
    select.focus()
    page.keyboard.press("End")
    if select.input_value() == before:
        page.keyboard.press("Home")
    assert select.input_value() != before, f"#{name} does not follow the keyboard"
    return True


def changes(page, name, picture):
    """Whether some other option of a list changes the picture; in a small run single options may have no effect."""
    before = picture(page)
    if not choose_other(page, name):
        return None
    for _ in range(page.locator(f"#{name} option").count()):
        if picture(page) != before:
            return True
        page.keyboard.press("ArrowUp")
    return False


def check_choices(page):
    assert chart_of(page), "no path in the interactive chart"
    for name, picture in [("lever", chart_of), ("metric", chart_of), ("region", chart_of), ("horizon", tiles_of)]:
        changed = changes(page, name, picture)
        assert changed is not False, f"#{name} changes nothing"
        assert changed or name in ("lever", "horizon"), f"#{name} offers no choice"
        page.select_option("#metric", index=0)
        page.select_option("#region", index=0)
    of_groups = []
    while True not in of_groups and len(of_groups) < page.locator("#metric option").count():
        page.select_option("#metric", index=len(of_groups))
        of_groups.append(changes(page, "group", chart_of))
    assert True in of_groups or False not in of_groups, "#group changes nothing"
    page.select_option("#metric", index=0)
    before = tiles_of(page)
    assert before, "no tiles"
    page.select_option("#metric", index=1)
    assert tiles_of(page) != before, "the map does not follow the metric"
    tile = page.locator("#tiles g").nth(3)
    region = tile.get_attribute("data-region")
    tile.click()
    assert page.locator("#region").input_value() == region, "a click on a tile does not choose it"
    page.select_option("#metric", index=0)
    page.select_option("#region", index=0)
    if page.locator("#gain-lever").count():
        shown = lambda: page.evaluate("Array.from(document.querySelectorAll('.pick')).filter(e => !e.hidden).map(e => e.dataset.arm + '/' + e.dataset.horizon).join()")
        for name in ("gain-lever", "gain-horizon"):
            before = shown()
            assert before.count("/") == 1, f"{before}: one block of gains is shown"
            if choose_other(page, name):
                assert shown() != before, f"#{name} changes nothing"


def check_reading(page):
    chart = page.locator("#chart")
    chart.scroll_into_view_if_needed()
    chart.focus()
    page.keyboard.press("Home")
    first = page.locator("#readout").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator("#readout").inner_text()
    assert first and second and first != second, "arrow keys read no values"
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    assert page.locator("#readout").inner_text() not in (first, second), "the pointer reads no value"


def check_page(browser, path, window, shots):
    wrong = []
    width, height = WINDOWS[window]
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1)
    page.on("console", lambda m: wrong.append(f"console: {m.text}"))
    page.on("pageerror", lambda e: wrong.append(f"error: {e}"))
    url = path.resolve().as_uri()
    page.on("request", lambda r: wrong.append(f"request: {r.url}") if r.url != url else None)
    page.goto(url)
    assert not wrong, wrong
    lang = "zh-CN" if path.name.endswith(".zh.html") else "en"
    assert page.evaluate("document.documentElement.lang") == lang, "lang"
    assert page.locator("#findings li").count() == 3, "three findings"
    for what in ["#table table", "#over-time svg.panel polyline", "#forest svg.strip circle", "#map svg.tiles rect", "#chart svg", "#tiles rect"]:
        assert page.locator(what).count() > 0, f"{what} is not there"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page is {wide} points wider than the window"
    if shots:
        page.screenshot(path=str(shots / f"{path.parent.name}-{lang}-{window}.png"), full_page=True)
    check_choices(page)
    check_reading(page)
    assert not wrong, wrong
    if shots and window == "desktop":
        page.emulate_media(media="print")
        page.pdf(path=str(shots / f"{path.parent.name}-{lang}.pdf"), format="A4")
    page.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=pathlib.Path, help="folder for screenshots")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ["chromium", "chromium-headless-shell", "google-chrome"])), None)
    if chromium is None:
        sys.exit("no Chromium in PATH")
    if args.shots:
        args.shots.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in args.pages:
            for window in WINDOWS:
                try:
                    check_page(browser, path, window, args.shots)
                except AssertionError as error:
                    sys.exit(f"{path} ({window}): {error}")
                print(f"ok: {path} ({window})")
        browser.close()


if __name__ == "__main__":
    main()
