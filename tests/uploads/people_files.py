"""Files as people have them, and what must become of each.

``python -m tests.uploads.people_files`` writes the table of ``docs/files.md``.
"""

from __future__ import annotations

import base64
import io
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet

__all__ = ["FILES", "PeopleFile"]


_OLD_EXCEL = (
    "c-rk)O=uHA6#izDZGLFdO-+SXD4}T8+KYPeQdb4-"
    "$x`*8h@eTELrL6~uszs=R%?!e;7RdP=*3Ibi$CZ=Z#@VVJqUu3=+Tp);Gxa-"
    "&C4vNZ4M3CqB7qyZ{EK5&CJWro7v31TTE4EpY&9*28R(s&5xn2!6vB0f*T9u_kF1bb(D&)@lPQZrHO1a@iOr?BIi"
    ")fcNGR6hu@F{zEHV<D;RN|d}a%AjAO_O8N(1sfd^zsqMM`YWI4ui8_P$`e8utzTW+%)B5p;T$D%zla7bnGIirt#N"
    "yvVmahp$U*^e$P$Sl5oN7T6{j+Q2}#lO?h8*axOXx@hNPQH{aR*<F%oWoB)1N;b9>g$ZQZ>?Q`?7vpqBTejgjW93"
    "`{}Ly783`<eq{qY=&mAi)VJC<XlnF0?*`%y@CmoM&b8gWiwlnF)<-"
    "W}8*jlxY6P(}eB*)RgdWy5$qMdr_;rI6^bEEb}woLQhUEkq%$)MolhHOENlkDNRm^;97AIqEE>kig?Sf(j>s{2Q~"
    "lyYK*Ik(u`Pvab9e6V*n=zB;ne>?TOxBS)KOZxn9bt*mo(Vj&gy>Z5=y}V{HC<ev-dlE0~pcZO3_{_3<-Odm-EET"
    ")2USl0tMx50Y%le&sIzsV96TV=+?D3ir=Xg>$p!h};zQO#E;@6-"
    "4lzg)qop>spv`_s;92y!L8X6iJ8X6j#5260mhtxU4RA+~X`mVD~rKUfV{I@s_moASErpMt>UBcCt@@G3t5%eWC*e"
    "3X1C~=lXFQI@O$5CiGf9dQe8h_7*8(M#E3AH+Yt(7=8dHfaRH^uV"
)


@dataclass(frozen=True)
class PeopleFile:
    """A file, a query on what became of it with its rows, and words of the notes."""

    what: str
    name: str
    content: Callable[[], bytes]
    sql: str
    rows: Sequence[tuple[Any, ...]]
    notes: Sequence[str] = ()
    became: str = ""


def _text(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def _workbook(fill: Callable[[Any], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        book = openpyxl.Workbook()
        fill(book)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    return make


def _old_excel() -> bytes:
    """Return a workbook of Excel 97, which none of our libraries writes."""
    return zlib.decompress(base64.b85decode(_OLD_EXCEL))


def _parquet() -> bytes:
    content = io.BytesIO()
    table = pyarrow.table({"day": [date(2024, 1, 2), None], "amount": [1.5, 2.5]})
    pyarrow.parquet.write_table(table, content)
    return content.getvalue()


def _database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.db"
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(
                "CREATE TABLE sale (id INTEGER PRIMARY KEY, total REAL);"
                "INSERT INTO sale VALUES (1, 5), (2, 7);"
                "CREATE VIEW large_sale AS SELECT * FROM sale WHERE total > 6;"
            )
        return path.read_bytes()


def _titled_and_merged(book: Any) -> None:
    sheet = book.active
    sheet.title = "Sales"
    sheet.append(["Sales by region, 2024"])
    sheet.merge_cells("A1:D1")
    sheet.append([])
    for row in (
        ["Region", "Month", "Units", "Price"],
        ["North", "Jan", 3, 2.5],
        [None, "Feb", 4, 2.5],
        ["South", "Jan", 5, 3.0],
        [None, "Feb", 6, 3.0],
    ):
        sheet.append(row)
    sheet.merge_cells("A4:A5")
    sheet.merge_cells("A6:A7")


def _good_and_bad(book: Any) -> None:
    wide = book.active
    wide.title = "Wide"
    wide.append([f"c{n}" for n in range(300)])
    wide.append(list(range(300)))
    good = book.create_sheet("Teams")
    for team in (["id", "name"], [1, "Reds"], [2, "Blues"]):
        good.append(team)
    also = book.create_sheet("Games")
    for game in (["team_id", "score"], [1, 3], [2, 0]):
        also.append(game)


def _hidden(book: Any) -> None:
    seen = book.active
    seen.title = "Orders"
    for row in (["id", "total"], [1, 20], [2, 30]):
        seen.append(row)
    hidden = book.create_sheet("Lookup")
    hidden.append(["secret", "value"])
    hidden.append(["margin", 0.4])
    hidden.sheet_state = "hidden"


def _two_currencies(book: Any) -> None:
    sheet = book.active
    sheet.title = "bills"
    sheet.append(["id", "amount"])
    for number in range(1, 61):
        sheet.append([number, number + 0.5])
        shown = "[$€-407] #,##0.00" if number == 60 else '"$"#,##0.00'
        sheet.cell(number + 1, 2).number_format = shown


def _formatted(book: Any) -> None:
    sheet = book.active
    sheet.append(["when", "share", "price"])
    for when, share, price in (
        (datetime(2024, 1, 31), 0.125, 1200.5),
        (datetime(2024, 2, 29), 0.2, 80.0),
    ):
        sheet.append([when, share, price])
    for row in (2, 3):
        sheet.cell(row, 2).number_format = "0.0%"
        sheet.cell(row, 3).number_format = '#,##0.00 "€"'


def _two_headers(book: Any) -> None:
    sheet = book.active
    sheet.append(["Region", 2023, None, 2024, None])
    sheet.append([None, "Sales", "Cost", "Sales", "Cost"])
    sheet.append(["North", 10, 4, 12, 5])
    sheet.append(["South", 20, 8, 24, 9])
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("D1:E1")


def _mixed_types(book: Any) -> None:
    sheet = book.active
    sheet.append(["name", "score", "day"])
    for n in range(20):
        sheet.append([f"p{n}", n, datetime(2024, 1, 1 + n)])
    sheet.append(["late", "absent", "22.01.2024"])


_CP1252 = "name;straße;betrag\nMüller;Königsallee;12,50\nGroß;Münchner Straße;3,00\n"
_GBK = "姓名,城市,金额\n王小明,北京,1200\n李华,上海,800\n张伟,广州,950\n"
_SHIFT_JIS = "名前,都市,金額\n田中太郎,東京,1200\n鈴木花子,大阪,800\n佐藤一郎,名古屋,950\n"
_CP1251 = "имя;город;сумма\nИван;Москва;1200\nОльга;Казань;800\nДмитрий;Пермь;950\n"
_CP1250 = "jméno;město;částka\nŽofie;Příbram;1200\nŠtěpán;Třebíč;800\nJiří;Děčín;950\n"
_EUC_KR = "이름,도시,금액\n김철수,서울,1200\n이영희,부산,800\n박민수,대구,950\n"
_LATIN = "name,city\nJosé,Málaga\nZoë,Köln\n"


def _open_quote() -> bytes:
    lines = [f"{n},item {n},{n % 7}.50" for n in range(1, 3000)]
    lines[16] = '17,"item 17,3.50'
    return ("id,name,price\n" + "\n".join(lines) + "\n").encode()


def _many_rows() -> bytes:
    lines = (
        f"{n};{n % 28 + 1:02}.{n % 12 + 1:02}.2024;{n % 900},{n % 100:02} €;shop {n % 40}"
        for n in range(50_000)
    )
    return ("Nr;Datum;Umsatz;Filiale\n" + "\n".join(lines) + "\n").encode("cp1252")


def _few_unread() -> str:
    return "id,price\n" + "".join(f"{n},{n}.5\n" for n in range(1, 60)) + "60,TBD\n61,on request\n"


def _dates(*texts: str, header: str = "id,day") -> str:
    return header + "\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts, start=1))


_SUM = "SELECT sum(amount) FROM {}"

FILES = (
    # money
    PeopleFile(
        "money with spaces and a decimal comma",
        "fr.csv",
        _text("date;montant\n2024-01-02;1 234,56\n2024-01-03;12,50\n2024-01-04;3\u202f000,00\n"),
        "SELECT round(sum(montant), 2) FROM fr",
        [(4247.06,)],
        ["fr.montant: '1 234,56' was read as 1234.56."],
    ),
    PeopleFile(
        "dollars with commas",
        "us.csv",
        _text('id,amount\n1,"$1,234.00"\n2,$5.25\n3,"-$2,000.00"\n'),
        _SUM.format("us"),
        [(-760.75,)],
        ["us.amount: '-$2,000.00' was read as -2000 ($)."],
    ),
    PeopleFile(
        "euros with points and a decimal comma",
        "de.csv",
        _text("id;amount\n1;1.234,56 €\n2;12,00 €\n3;1.000.000,00 €\n"),
        _SUM.format("de"),
        [(1001246.56,)],
        ["was read as 1000000 (€)."],
    ),
    PeopleFile(
        "accounts with brackets for negative amounts",
        "books.csv",
        _text('id,amount\n1,"(1,234.50)"\n2,12.00\n3,-\n'),
        "SELECT sum(amount), count(amount) FROM books",
        [(-1222.5, 2)],
        ["'(1,234.50)' was read as -1234.5."],
    ),
    PeopleFile(
        "Swiss francs with apostrophes",
        "ch.csv",
        _text("id,amount\n1,CHF 1'234.50\n2,CHF 12.00\n"),
        _SUM.format("ch"),
        [(1246.5,)],
        ["was read as 1234.5 (CHF)."],
    ),
    PeopleFile(
        "rupees in lakhs",
        "in.csv",
        _text('id,amount\n1,"₹ 12,34,567.00"\n2,"₹ 5,000.00"\n'),
        'SELECT sum(amount) FROM "in"',
        [(1239567,)],
        ["was read as 1234567 (₹)."],
    ),
    PeopleFile(
        "two currencies in a column",
        "mix.csv",
        _text("id,amount\n1,$5\n2,€6\n3,$7\n4,€8\n5,$9\n6,€1\n7,$2\n8,€3\n9,$4\n10,€5\n"),
        "SELECT typeof(amount) FROM mix LIMIT 1",
        [("text",)],
        [
            "mix.amount: it stays text because its cells have different units ($, €), which a sum "
            "would add up as if they were one."
        ],
    ),
    # other numbers
    PeopleFile(
        "percentages",
        "growth.csv",
        _text("country,growth\nPeru,12.3%\nChile,-0.5%\n"),
        "SELECT growth FROM growth",
        [(12.3,), (-0.5,)],
        ["growth.growth: '12.3%' was read as 12.3 (percent)."],
    ),
    PeopleFile(
        "decimal commas between tabs",
        "lab.tsv",
        _text("sample\tph\nA\t6,5\nB\t7,25\n"),
        "SELECT avg(ph) FROM lab",
        [(6.875,)],
        ["lab.ph: '7,25' was read as 7.25."],
    ),
    PeopleFile(
        "a point for thousands, which only another column shows",
        "pop.csv",
        _text("ort;einwohner;fläche\nUlm;126.949;118,69\nBonn;331.885;141,06\n"),
        "SELECT einwohner FROM pop",
        [(126949,), (331885,)],
        ["pop.einwohner: '126.949' was read as 126949."],
    ),
    PeopleFile(
        "quantities with their unit, and a minus sign after the number",
        "ship.csv",
        _text("parcel,weight,balance\n1,12 kg,5.00\n2,5.5 kg,1.50-\n"),
        "SELECT weight, balance FROM ship",
        [(12.0, 5.0), (5.5, -1.5)],
        ["ship.weight: '5.5 kg' was read as 5.5 (kg)."],
    ),
    PeopleFile(
        "numbers with a few words among them",
        "quotes.csv",
        _text(_few_unread()),
        "SELECT count(*), count(price), max(price) FROM quotes",
        [(61, 59, 59.5)],
        ["2 cells that are not a number became empty: 'TBD', 'on request'."],
    ),
    PeopleFile(
        "codes: leading zeros, phone numbers, long ids",
        "people.csv",
        _text(
            "zip,phone,card\n01067,030 123 456,4111111111111111222\n"
            "80331,089 654 321,5500000000000004333\n"
        ),
        "SELECT * FROM people",
        [
            ("01067", "030 123 456", "4111111111111111222"),
            ("80331", "089 654 321", "5500000000000004333"),
        ],
    ),
    # encodings
    PeopleFile(
        "UTF-8 with a mark", "a1.csv", _text(_LATIN, "utf-8-sig"),
        "SELECT name FROM a1", [("José",), ("Zoë",)],
    ),
    PeopleFile(
        "UTF-16, as Excel saves “Unicode text”", "a2.txt",
        _text(_LATIN.replace(",", "\t"), "utf-16"), "SELECT name FROM a2", [("José",), ("Zoë",)],
    ),
    PeopleFile(
        "UTF-16 without a mark", "a3.csv", _text(_LATIN, "utf-16-le"),
        "SELECT name FROM a3", [("José",), ("Zoë",)],
    ),
    PeopleFile(
        "Windows-1252 (Western)", "a4.csv", _text(_CP1252, "cp1252"),
        "SELECT straße, betrag FROM a4", [("Königsallee", 12.5), ("Münchner Straße", 3.0)],
        ["a4: it was read as Windows-1252"],
    ),
    PeopleFile(
        "GBK (Chinese)", "a5.csv", _text(_GBK, "gbk"),
        "SELECT 姓名, 金额 FROM a5", [("王小明", 1200), ("李华", 800), ("张伟", 950)],
        ["a5: it was read as GBK"],
    ),
    PeopleFile(
        "Shift-JIS (Japanese)", "a6.csv", _text(_SHIFT_JIS, "shift_jis"),
        "SELECT 名前 FROM a6", [("田中太郎",), ("鈴木花子",), ("佐藤一郎",)],
        ["a6: it was read as Shift-JIS"],
    ),
    PeopleFile(
        "Windows-1251 (Cyrillic)", "a7.csv", _text(_CP1251, "cp1251"),
        "SELECT имя FROM a7", [("Иван",), ("Ольга",), ("Дмитрий",)],
        ["a7: it was read as Windows-1251"],
    ),
    PeopleFile(
        "Windows-1250 (Central European)", "a8.csv", _text(_CP1250, "cp1250"),
        "SELECT jméno FROM a8", [("Žofie",), ("Štěpán",), ("Jiří",)],
        ["a8: it was read as Windows-1250"],
    ),
    PeopleFile(
        "EUC-KR (Korean)", "a9.csv", _text(_EUC_KR, "euc_kr"),
        "SELECT 이름 FROM a9", [("김철수",), ("이영희",), ("박민수",)],
        ["a9: it was read as EUC-KR"],
    ),
    # dates
    PeopleFile(
        "day first, which one date shows", "d1.csv", _text(_dates("01/02/2024", "25/12/2023")),
        "SELECT day FROM d1", [("2024-02-01",), ("2023-12-25",)],
        ["d1.day: '01/02/2024' was read as 2024-02-01."],
    ),
    PeopleFile(
        "month first, with times", "d2.csv",
        _text(_dates("1/31/2024 2:05 PM", "2/1/2024 11:00 AM")),
        "SELECT day FROM d2", [("2024-01-31 14:05:00",), ("2024-02-01 11:00:00",)],
    ),
    PeopleFile(
        "ambiguous dates beside clear ones", "d3.csv",
        _text("ordered,paid\n03/04/2024,13/04/2024\n05/04/2024,28/04/2024\n"),
        "SELECT ordered FROM d3", [("2024-04-03",), ("2024-04-05",)],
        ["'03/04/2024' was read as 2024-04-03, day first, as other dates of this file are"],
    ),
    PeopleFile(
        "ambiguous dates in order", "d4.csv",
        _text(_dates("01/02/2024", "02/02/2024", "03/02/2024", "01/03/2024")),
        "SELECT day FROM d4",
        [("2024-02-01",), ("2024-02-02",), ("2024-02-03",), ("2024-03-01",)],
        ["day first, since the rows are then in order of time"],
    ),
    PeopleFile(
        "ambiguous dates that nothing decides", "d5.csv",
        _text(_dates("03/04/2024", "05/01/2024", "02/06/2024", "01/02/2024")),
        "SELECT day FROM d5",
        [("2024-03-04",), ("2024-05-01",), ("2024-02-06",), ("2024-01-02",)],
        ["month first, which nothing in the file decides; choose “date, day first”"],
    ),
    PeopleFile(
        "names of months", "d6.csv",
        _text('id,day,tag\n1,3 Jan 2024,3. März 2024\n2,14-Feb-24,14. Dez. 2023\n'),
        "SELECT day, tag FROM d6", [("2024-01-03", "2024-03-03"), ("2024-02-14", "2023-12-14")],
    ),
    PeopleFile(
        "years of two digits, days that do not exist", "d7.csv",
        _text(_dates(*["31.12.23"] * 20, "31.02.24")),
        "SELECT count(*), count(day), max(day) FROM d7", [(21, 20, "2023-12-31")],
        ["1 cell that is not a date became empty: '31.02.24'"],
    ),
    # lines that are no data, and headers
    PeopleFile(
        "titles above the table", "report.csv",
        _text("Monthly report\n\nAs of,1 May 2024\n\nitem,units,price\nbolt,3,0.5\nnut,4,0.25\n"),
        "SELECT * FROM report", [("bolt", 3, 0.5), ("nut", 4, 0.25)],
        ["report: lines 1, 3 above the table were left out, such as 'Monthly report'."],
    ),
    PeopleFile(
        "a total below", "tot.csv",
        _text("id,item,units\n1,bolt,3\n2,nut,4\nTOTAL,,7\n"),
        "SELECT max(id), sum(units) FROM tot", [(2, 7)],
        ["tot: line 4 with totals or remarks was left out: 'TOTAL | 7'."],
    ),
    PeopleFile(
        "subtotals, and a source below", "sub.csv",
        _text(
            "region,city,units\nNorth,Oslo,3\nNorth,Bergen,4\nSubtotal North,,7\n"
            "South,Rome,5\nSouth,Bari,6\nSouth,Lecce,1\nSouth,Pisa,1\nSouth,Siena,1\n"
            "North,Moss,2\nGrand total,,23\nSource: our own counts\n"
        ),
        "SELECT count(*), sum(units) FROM sub", [(8, 23)],
        ["sub: lines 4, 11, 12 with totals or remarks were left out"],
    ),
    PeopleFile(
        "no names, among numbers", "raw.csv", _text("1,Ann,3.5\n2,Bob,4.5\n3,Cid,5.5\n"),
        "SELECT count(*), sum(column_3) FROM raw", [(3, 13.5)],
        ["raw: its first line '1 | Ann | 3.5' is data, so its columns have no names"],
    ),
    PeopleFile(
        "no names, all words", "who.csv",
        _text("Ann,Berlin\nBob,Hamburg\nCid,Berlin\nDan,Berlin\n"),
        "SELECT count(*) FROM who WHERE column_2 = 'Berlin'", [(3,)],
        ["is data, so its columns have no names"],
    ),
    PeopleFile(
        "years as names of columns", "wide.csv",
        _text("country,2021,2022,2023\nPeru,1,2,3\nChile,4,5,6\n"),
        "SELECT country, column_2023 FROM wide", [("Peru", 3), ("Chile", 6)],
    ),
    PeopleFile(
        "R's row names, which have no name", "r.csv",
        _text('"mpg","cyl"\n"Mazda RX4",21,6\n"Datsun 710",22.8,4\n'),
        "SELECT * FROM r", [("Mazda RX4", 21.0, 6), ("Datsun 710", 22.8, 4)],
    ),
    PeopleFile(
        "names that are empty or occur twice", "dup.csv",
        _text("id,,score,score\n1,a,2,3\n2,b,4,5\n"),
        "SELECT column_2, score_2 FROM dup", [("a", 3), ("b", 5)],
        ["dup: a column without a name was called column_2."],
    ),
    PeopleFile(
        "a first line “sep=;”", "sep.csv", _text("sep=;\r\nname;note\r\nAnn;a,b\r\nBob;c,d\r\n"),
        "SELECT note FROM sep", [("a,b",), ("c,d",)],
    ),
    PeopleFile(
        "a quotation mark that is never closed, in 2,999 rows", "open.csv", _open_quote,
        "SELECT count(*), (SELECT name FROM open WHERE id = 17) FROM open", [(2999, "item 17")],
        ["open: line 18 has a quotation mark that is never closed; it was read without it."],
    ),
    PeopleFile(
        "line feeds and separators inside quotes", "notes.csv",
        _text('id,note\n1,"first line\nsecond, with a comma\nthird"\n2,"he said ""no"""\n'),
        "SELECT note FROM notes",
        [("first line\nsecond, with a comma\nthird",), ('he said "no"',)],
    ),
    # workbooks
    PeopleFile(
        "a workbook with a title and merged cells", "merged.xlsx", _workbook(_titled_and_merged),
        "SELECT Region, sum(Units) FROM merged GROUP BY Region", [("North", 7), ("South", 11)],
        ["line 1 above the table was left out", "2 merged cells were filled"],
    ),
    PeopleFile(
        "a workbook with one sheet that cannot be read", "league.xlsx", _workbook(_good_and_bad),
        "SELECT name, score FROM Teams JOIN Games ON Teams.id = team_id",
        [("Reds", 3), ("Blues", 0)],
        ["sheet 'Wide' was left out: 'league.xlsx' has 300 columns; the limit is 200."],
    ),
    PeopleFile(
        "a workbook with a hidden sheet", "orders.xlsx", _workbook(_hidden),
        "SELECT name FROM sqlite_master WHERE type = 'table'", [("orders",)],
        ["sheet 'Lookup' was left out: it is hidden in the workbook."],
    ),
    PeopleFile(
        "a workbook with percentages and amounts", "shares.xlsx", _workbook(_formatted),
        'SELECT * FROM shares', [("2024-01-31", 12.5, 1200.5), ("2024-02-29", 20.0, 80.0)],
        ["shares.share: '12.5%' was read as 12.5 (percent)."],
    ),
    PeopleFile(
        "a workbook that shows one amount of 60 in euros", "bills.xlsx", _workbook(_two_currencies),
        "SELECT typeof(amount), amount FROM bills LIMIT 1 OFFSET 59", [("text", "60.5 €")],
        [
            "bills.amount: it stays text because its cells have different units ($, €), which a "
            "sum would add up as if they were one."
        ],
    ),
    PeopleFile(
        "a workbook with two lines of names", "years.xlsx", _workbook(_two_headers),
        "SELECT * FROM years", [("North", 10, 4, 12, 5), ("South", 20, 8, 24, 9)],
    ),
    PeopleFile(
        "a workbook with words among numbers and dates", "mixed.xlsx", _workbook(_mixed_types),
        "SELECT count(score), max(day) FROM mixed", [(20, "2024-01-22")],
        ["mixed.score: 1 cell that is not a number became empty: 'absent'."],
    ),
    PeopleFile(
        "a workbook of Excel 97", "stock.xls", _old_excel,
        "SELECT item, count FROM stock", [("bolt", 12), ("nut", 30)],
    ),
    # the rest
    PeopleFile(
        "50,000 rows, semicolons, euros, German dates", "umsatz.csv", _many_rows,
        "SELECT count(*), min(Datum), max(Datum), round(sum(Umsatz), 2) FROM umsatz",
        [(50_000, "2024-01-01", "2024-12-28", 22_399_750.0)],
    ),
    PeopleFile(
        "Parquet", "days.parquet", _parquet,
        "SELECT * FROM days", [("2024-01-02", 1.5), (None, 2.5)],
    ),
    PeopleFile(
        "SQLite with a view", "shop.db", _database,
        "SELECT id FROM large_sale", [(2,)],
    ),
)  # fmt: skip
