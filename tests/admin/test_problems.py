"""Problems in other languages: each sentence has a code, the list of them is what the code says, nothing is lost."""

import json
import re

import pytest

from admin import problem_catalogue, problem_texts
from admin.problem_texts import catalogue
from admin.problems import Problem, invalid, not_found
from admin.said import CONSOLE
from admin.words import LOCALES


def test_the_list_is_what_the_code_says() -> None:
    said = "run: python -m admin.problem_catalogue"
    assert problem_texts.FILE.read_text(encoding="utf-8") == problem_catalogue.text(), said


def test_codes_are_names() -> None:
    found = catalogue()
    for part in (found.sentences, found.fields, found.checks):
        codes = [one["code"] for one in part]
        assert len(set(codes)) == len(codes)
        assert [code for code in codes if not re.fullmatch(r"[a-z0-9]+([_-][a-z0-9]+)*", code)] == []
    assert [slug for slug in found.slugs if not re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)] == []
    assert {"not-found", "step-up-needed", "code-redeemed", "internal-server-error"} <= found.slugs.keys()


def test_every_sentence_finds_itself() -> None:
    """Each pattern is found by a sentence made of it, unless another one says the same in more words."""
    missing = []
    for find, entries in ((problem_texts.sentence, catalogue().sentences), (problem_texts.field, catalogue().fields)):
        for one in entries:
            text = one["text"].replace("{{", "{").replace("}}", "}")
            for number, name in enumerate(one["params"]):
                text = text.replace("{" + name + "}", f"x{number}", 1)
            said = find(text)
            if said.code != one["code"] and not said.code.startswith(one["code"][:20]):
                missing.append((one["code"], said.code))
    assert missing == []


def test_what_is_filled_in_comes_out() -> None:
    assert not_found("channel", "a'b").said == ("there-is-no", {"kind": "channel", "ref": "a'b"})
    assert Problem(409, "There is a team 'ops' already.").said == ("there-is-a-team-already", {"name": "ops"})
    assert Problem(409, "Nobody wrote this sentence.").said == ("", {})
    found = invalid([("body.name", "must not be '.' or '..' and must not contain a slash"), ("body.x", "what?")])
    assert found.said == ("fields-not-acceptable", {"count": 2})
    assert [one.code for one in found.checks] == ["must-not-be-or-and-must-not-contain-a-slash", ""]


async def test_over_the_wire(api, anyone, refused) -> None:
    body = refused(await api.get("/channels/nobody"), 404)
    assert (body["code"], body["params"]) == ("there-is-no", {"kind": "channel", "ref": "nobody"})
    body = refused(await api.post("/channels", json={"name": "", "provider": "openai", "weight": -1, "odd": 1}), 422)
    checks = {one["field"]: (one["code"], one["params"]) for one in body["errors"]}
    assert checks["body.name"] == ("string_too_short", {"min_length": 1})
    assert checks["body.weight"] == ("greater_than_equal", {"ge": 0})
    assert checks["body.odd"] == ("extra_forbidden", {})
    body = refused(await api.post("/users", json={"name": "a/b"}), 422)
    assert body["errors"][0]["code"] == "must-not-be-or-and-must-not-contain-a-slash"
    body = refused(await anyone.get("/api/v1/keys"), 401)
    assert body["code"] == "this-needs-somebody-who-is-signed-in-or-a-token"


async def test_the_list_is_public(anyone) -> None:
    found = (await anyone.get("/api/v1/problems")).json()
    assert {"code": "there-is-no", "text": "There is no {kind} {ref}.", "params": ["kind", "ref"]} in found["sentences"]
    assert "channel" in found["kinds"]


@pytest.mark.parametrize("value", ["sk-secret-value", "\u202e"])
async def test_no_input_is_repeated(api, value: str) -> None:
    for body in ({"name": "x", "provider": "openai", "secret": [value]}, {"name": value * 90, "provider": "openai"}):
        assert value not in (await api.post("/channels", json=body)).text


_PLACE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_console_says_all_of_it(locale: str) -> None:
    """Each sentence, with what is filled in; a new one is written into locales/*/sentences.json in every language."""
    found, folder = catalogue(), CONSOLE / locale
    words = json.loads((folder / "sentences.json").read_text(encoding="utf-8"))
    checks = json.loads((folder / "problems.json").read_text(encoding="utf-8"))["checks"]
    wrong = []
    for part, entries in (("said", found.sentences), ("fields", found.fields)):
        english = {one["code"]: one["text"] for one in entries}
        wrong += [f"{part}: {code} is not there any more" for code in words[part] if code not in english]
        for code, text in english.items():
            said = words[part].get(code, "")
            # Languages put a value where it belongs; that all are said is what counts.
            if not said or sorted(_PLACE.findall(said.replace("{{", "{").replace("}}", "}"))) != sorted(
                _PLACE.findall(text)
            ):
                wrong.append(f"{part}: {code}: {text}")
    wrong += [f"kinds: {kind}" for kind in found.kinds if not words["kinds"].get(kind)]
    wrong += [f"checks: {one['code']} in problems.json" for one in found.checks if not checks.get(one["code"])]
    assert wrong == []
