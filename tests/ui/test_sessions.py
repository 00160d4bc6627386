"""Sessions remember their states only, and end a minute after their page."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import gradio as gr
from gradio.state_holder import SessionState

from text2sql.ui.sessions import Sessions


def test_a_session_remembers_its_states_and_nothing_that_was_shown(demo: gr.Blocks) -> None:
    demo.state_holder = sessions = Sessions(demo)
    fn = next(iter(demo.fns.values()))
    rows = "x" * 1_000_000
    asyncio.run(demo.postprocess_data(fn, [rows, "kept"], sessions["ann"]))
    session = sessions["ann"]
    state = next(b._id for b in demo.blocks.values() if isinstance(b, gr.State))
    assert session[state] == "kept"
    assert rows not in str(session.config_values)
    assert len(str(vars(session))) < 100_000


def test_an_update_of_a_component_is_remembered_without_its_value(demo: gr.Blocks) -> None:
    demo.state_holder = sessions = Sessions(demo)
    fn = next(iter(demo.fns.values()))
    rows = "x" * 1_000_000
    update = gr.Textbox(value=rows, label="New")
    asyncio.run(demo.postprocess_data(fn, [update, None], sessions["ann"]))
    box = next(b for b in sessions["ann"].blocks_config.blocks.values() if b.elem_id == "box")
    assert (vars(box)["label"], rows in str(vars(box))) == ("New", False)


def test_sessions_share_the_page_until_one_changes_it(demo: gr.Blocks) -> None:
    demo.state_holder = sessions = Sessions(demo)
    box = next(b for b in demo.blocks.values() if b.elem_id == "box")
    state = next(b for b in demo.blocks.values() if isinstance(b, gr.State))
    sessions["ann"][state._id] = "kept"
    assert sessions["ann"].blocks_config is sessions["bob"].blocks_config
    sessions["ann"][box._id] = new = gr.Textbox(label="New", render=False)
    assert sessions["ann"][box._id] is new
    assert (sessions["bob"][box._id], demo.blocks[box._id]) == (box, box)


def test_sessions_of_single_calls_do_not_push_out_those_of_pages(demo: gr.Blocks) -> None:
    demo.state_holder = sessions = Sessions(demo)
    sessions.capacity = 3
    state = next(b for b in demo.blocks.values() if isinstance(b, gr.State))
    box = next(b for b in demo.blocks.values() if b.elem_id == "box")
    sessions["ann"][state._id] = "kept"
    sessions["bob"][box._id] = gr.Textbox(label="Choices", render=False)
    for number in range(9):
        sessions[f"call {number}"].get(box._id)
    assert sessions["ann"][state._id] == "kept"
    assert sessions["bob"][box._id].label == "Choices"
    assert len(sessions.session_data) == 3


def test_sessions_that_all_hold_something_are_kept_by_last_use(demo: gr.Blocks) -> None:
    demo.state_holder = sessions = Sessions(demo)
    sessions.capacity = 2
    state = next(b for b in demo.blocks.values() if isinstance(b, gr.State))
    for name in ("ann", "bob", "ann", "cleo"):
        sessions[name][state._id] = name
    assert list(sessions.session_data) == ["ann", "cleo"]


def test_sessions_go_when_nobody_has_used_them_for_a_while(demo: gr.Blocks) -> None:
    forgotten: list[str] = []
    demo.state_holder = sessions = Sessions(demo)
    state = next(b for b in demo.blocks.values() if isinstance(b, gr.State))
    state.delete_callback = forgotten.append
    for name in ("ann", "bob"):
        sessions[name][state._id] = name
    sessions.time_last_used["ann"] = datetime.now() - timedelta(hours=1)
    assert sessions.drop_unused(600) == ["ann"]
    assert (forgotten, list(sessions.session_data)) == (["ann"], ["bob"])


# cleaning up


def test_a_state_ends_a_minute_after_its_page_however_old_it_is(demo: gr.Blocks) -> None:
    demo.state_holder = sessions = Sessions(demo)
    ended: list[str] = []
    kept = next(block for block in demo.blocks.values() if isinstance(block, gr.State))
    kept.delete_callback = ended.append
    session = sessions["ann"]
    session[kept._id] = "ann"
    _age(session, timedelta(hours=1))
    session.is_closed = True  # as a reload does, and the new page is not there yet
    sessions.delete_all_expired_state()
    assert ended == []
    _age(session, timedelta(seconds=61))
    sessions.delete_all_expired_state()
    assert ended == ["ann"]


def _age(session: SessionState, by: timedelta) -> None:
    """Let time pass for the states of ``session``."""
    session._state_ttl = {key: (ttl, at - by) for key, (ttl, at) in session._state_ttl.items()}
