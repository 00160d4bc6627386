"""A Gradio page in thirty lines: pip install 'WHEEL[page]', python examples/page.py."""

import gradio as gr
import pandas as pd

from text2sql import Catalog, QuestionError, Text2SQL

CATALOG = Catalog.open()
MODEL = Text2SQL("pocket")


def answer(question: str, db_id: str) -> tuple[str, pd.DataFrame | None, str]:
    """Return the SQL, its rows, and the chance that they are right."""
    try:
        found = MODEL.ask(question, CATALOG.get(db_id))
    except QuestionError as error:  # empty, too long, or SQL
        raise gr.Error(str(error)) from error
    if found.result is None or found.result.failure is not None:
        return found.sql, None, "The query failed."
    return found.sql, found.result.to_dataframe(), found.doubt or found.chance


demo = gr.Interface(
    answer,
    [gr.Textbox(label="Question"), gr.Dropdown([d.db_id for d in CATALOG], label="Database")],
    [gr.Code(language="sql", label="SQL"), gr.Dataframe(label="Rows"), gr.Textbox(label="Note")],
    examples=[["How many doctors are there?", "clinic"]],
    title="Ask a database",
)

if __name__ == "__main__":
    demo.launch()
