"""What the page says about itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from text2sql.databases import Catalog

__all__ = ["HEADER", "text"]

HEADER = Markup("""
<header class="t2s-header">
  <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7"/>
    <path d="M9 10.5h14M9 16h9M9 21.5h5"/><path d="m18.5 20 3 3 4.5-5.5"/></svg>
  <h1>Text to SQL</h1>
  <p>Ask a database in English. Read the SQL, change it, see the rows.</p>
</header>
""")

_TEXT = """
### What happens to a question
1. The model reads your question together with the names, types and keys of the database's tables,
   and the values in its cells that your words resemble. It writes several queries.
2. All of them are run. The one shown is the best of those whose rows most of the model's belief
   agrees on; the others stay below it, each with its share.
3. Every query, yours included, runs in a sandbox: one SELECT, read-only, with limits on time,
   memory and rows.

Nothing leaves the machine that serves this page: it sends no request to any other host. Only the
buttons *Right* and *Wrong* keep something there: the question, its database and the SQL.

### What to expect
The model was trained on Spider: questions about one database at a time that one SELECT answers.
It does not converse, remember the last question, or know what is not in the tables. It is often
right and never certain, so read the SQL: the table it reads from, the conditions, how rows are
grouped. When it is wrong, naming a column or a value as the schema spells it usually helps, and the
query can be corrected by hand.

### From Python
```python
from gradio_client import Client

client = Client("http://127.0.0.1:7860")
client.predict(api_name="/databases")
client.predict(QUESTION, DB_ID, api_name="/ask")
client.predict("SELECT 1", DB_ID, api_name="/run")
client.predict("SELECT 1", "SELECT 2", DB_ID, api_name="/compare")  # prediction, gold
```
`/schema` describes one database; the link *Use via API* at the foot of the page has the rest.
"""


def text(catalog: Catalog) -> str:
    """The About tab in Markdown, with an example of its own database."""
    first = next(iter(catalog))
    question = next((e.question for e in catalog.examples(first.db_id)), "How many are there?")
    return _TEXT.replace("QUESTION", json.dumps(question)).replace("DB_ID", json.dumps(first.db_id))
