"""The header of the page and the text of its About tab."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from text2sql.databases import Catalog

__all__ = ["HEADER", "TO_ADDRESS", "text"]

HEADER = Markup("""
<header class="t2s-header">
  <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7"/>
    <path d="M9 10.5h14M9 16h9M9 21.5h5"/><path d="m18.5 20 3 3 4.5-5.5"/></svg>
  <h1>Text to SQL</h1>
  <p>Ask a database in English. Read the SQL, change it, see the rows.</p>
</header>
""")

_ADDRESS = "http://127.0.0.1:7860"

#: JavaScript that puts the address of the page into the text, which the server need not know.
TO_ADDRESS = f"(text) => text.replace('{_ADDRESS}', location.origin + location.pathname)"

_TEXT = f"""
### What happens to a question
1. The model reads your question, the tables and columns of the database with their types and keys,
   and the values in the database that resemble words of your question. It writes several queries.
2. The program runs all of them and groups those that return the same rows. It shows the rows of the
   best query of the most probable group, and lists the other queries below. If two groups are about
   equally likely, it shows both and asks which one you meant.
3. Every query, including yours, runs in a sandbox: one read-only SELECT, with limits on time,
   memory and rows.

Your questions and data stay on the machine that serves this page: it sends them to no other host.
Questions are stored only if you press *Right* or *Wrong*, or choose which of two readings you
meant; then the question, the name of its database and the SQL are saved.

### What to expect
The model was trained on Spider, a data set of questions that one SELECT on one database answers.
It knows nothing that is not in the tables. A question can go on from the one before, such as "and
only those from France"; the page says so, and *Start anew* prevents it. Answers can be wrong, so
read the SQL: which tables it uses, which conditions, and how it groups rows. If an answer is wrong,
try to spell columns and values as the schema does, or edit the query.

### From Python
```python
from gradio_client import Client

client = Client("{_ADDRESS}")
client.predict(api_name="/databases")
client.predict(QUESTION, DB_ID, api_name="/ask")
client.predict("SELECT 1", DB_ID, api_name="/run")
client.predict("SELECT 1", "SELECT 2", DB_ID, api_name="/compare")  # prediction, gold
```
`/schema` describes one database. The link *Use via API* at the foot of the page documents all
endpoints.
"""


def text(catalog: Catalog) -> str:
    """Return the About tab as Markdown, with an example from the first database."""
    first = next(iter(catalog))
    question = next((e.question for e in catalog.examples(first.db_id)), "How many are there?")
    return _TEXT.replace("QUESTION", json.dumps(question)).replace("DB_ID", json.dumps(first.db_id))
