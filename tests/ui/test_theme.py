"""How the page is launched."""

from __future__ import annotations

import pytest

from text2sql.ui.theme import launch_options


def test_nothing_is_shared_recorded_or_rendered_elsewhere() -> None:
    options = launch_options()
    promised = ("share", "run_history", "enable_monitoring", "ssr_mode")
    assert {name: options[name] for name in promised} == dict.fromkeys(promised, False)


def test_the_theme_fetches_no_font_from_another_host() -> None:
    theme = launch_options()["theme"]
    assert theme._stylesheets == []
    assert "://" not in "".join(theme._font_css)


def test_style_and_script_travel_in_the_head_of_the_page() -> None:
    head = launch_options()["head"]
    assert head.startswith("<style>")
    assert "window.t2s" in head
    assert head.count("</style>") == 1
    assert head.count("</script>") == head.count("<script>") == 3


@pytest.mark.parametrize("installed", [False, True])
def test_the_endpoints_are_tools_over_mcp_where_its_package_is_installed(
    installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def find_spec(name: str) -> object | None:
        asked.append(name)
        return object() if installed else None

    monkeypatch.setitem(launch_options.__globals__, "find_spec", find_spec)
    assert launch_options()["mcp_server"] is installed
    assert asked == ["mcp"]
