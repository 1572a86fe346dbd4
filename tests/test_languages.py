"""Messages in the language of whoever reads them."""

import re
from pathlib import Path

import pytest
from api import Api, signed_in
from conftest import RunningServer

from migas_tornado.languages import french as fr
from migas_tornado.languages import french_statistics as fr_statistics
from migas_tornado.languages import french_words as fr_words
from migas_tornado.languages import preferred_language, translate, translate_all
from migas_tornado.languages import spanish as es
from migas_tornado.languages import spanish_statistics as es_statistics
from migas_tornado.languages import spanish_words as es_words
from migas_tornado.resources import bodies

PLACES = re.compile(r"\{\w+\}")


@pytest.fixture(scope="module")
def api(server: RunningServer) -> Api:
    return signed_in(server, "admin")


@pytest.mark.parametrize(
    ("chosen", "accepted", "expected"),
    [
        ("", "", "en"),
        ("", "es", "es"),
        ("", "ES-mx", "es"),
        ("", "es_ES.UTF-8", "es"),
        ("", "fr_FR@euro", "fr"),
        ("", "es_ES.UTF-8@euro;q=0.8, fr;q=0.9", "fr"),
        ("", "en-US,en;q=0.9,es;q=0.8", "en"),
        ("", "de, ca;q=0.9, fr;q=0.1", "fr"),
        ("", "es;q=0, de", "en"),
        ("", "*, es;q=0.5", "en"),
        ("", "C.UTF-8, es;q=0.5", "en"),
        ("", ";;,q=,es;q=x,\xff," * 50, "en"),
        ("fr", "es", "fr"),
        ("xx", "es", "es"),
    ],
)
def test_which_language_is_meant(chosen, accepted, expected):
    assert preferred_language(chosen, accepted, "en") == expected


def test_without_a_wish_the_server_has_one():
    assert preferred_language("", "de", "fr") == "fr"


@pytest.mark.parametrize(
    ("spanish", "french"),
    [
        (es.MESSAGES, fr.MESSAGES),
        (es_statistics.TITLES, fr_statistics.TITLES),
        (es_statistics.PARTS, fr_statistics.PARTS),
        (es_words.LABELS, fr_words.LABELS),
        (es_words.ENTITIES, fr_words.ENTITIES),
        (es_words.LINKS, fr_words.LINKS),
    ],
)
def test_both_catalogues_have_the_same_keys_and_places(spanish, french):
    assert spanish.keys() == french.keys()
    for key in spanish:
        places = sorted(PLACES.findall(key))
        assert sorted(PLACES.findall(spanish[key])) == places, key
        assert sorted(PLACES.findall(french[key])) == places, key


def test_every_text_about_a_body_has_a_translation():
    source = Path(bodies.__file__).read_text()
    texts = re.findall(r"^_[A-Z_]+ = [\"'](.*)[\"']$", source, re.MULTILINE)
    assert len(texts) > 10
    for text in texts:
        for language in ("es", "fr"):
            filled = text.replace("{", "<").replace("}", ">")
            assert translate(filled, language) != filled, text


def test_what_stands_in_a_text_stays():
    text = 'Invalid pk "77" - object does not exist.'
    assert translate(text, "es") == "Clave «77» no válida: el objeto no existe."
    assert translate(text, "en") == text
    assert translate('"Normal" is not a valid choice.', "fr").startswith("« Normal »")


def test_keys_and_codes_stay():
    found = translate_all({"code": "token_not_valid", "List": ["List", 1, None]}, "es")
    assert found == {"code": "token_not_valid", "List": ["Lista", 1, None]}


def test_errors_are_in_the_language_that_is_asked_for(api):
    for headers, expected in (
        ({}, "This field is required."),
        ({"Accept-Language": "es_ES.UTF-8"}, "Este campo es obligatorio."),
        ({"Accept-Language": "fr-FR,fr;q=0.9"}, "Ce champ est obligatoire."),
        (
            {"Accept-Language": "es", "Cookie": "django_language=fr"},
            "Ce champ est obligatoire.",
        ),
    ):
        answer = api("POST", "platforms/", {}, **headers)
        assert (answer.status, answer.json()) == (400, {"name": [expected]})


def test_refusals_are_translated_too(api):
    answer = api("GET", "platforms/999999/", **{"Accept-Language": "es"})
    assert answer.json() == {"detail": "Ningún objeto Platform coincide con la consulta."}
    assert answer.headers["content-language"] == "es"
    assert "Accept-Language" in answer.headers["vary"]
    answer = api("GET", "platforms/", **{"Authorization": "", "Accept-Language": "fr"})
    assert answer.json() == {"detail": "Informations d'authentification non fournies."}
    answer = api("DELETE", "platforms/", **{"Accept-Language": "es"})
    assert answer.json() == {"detail": "Método «DELETE» no permitido."}
    answer = api("GET", "platforms/", **{"Authorization": "Bearer x.y.z", "Accept-Language": "es"})
    assert answer.json()["code"] == "token_not_valid"


@pytest.mark.parametrize(
    ("path", "some"),
    [
        ("properties/kind/", {"N": "Normal", "-": "Lista", "R": "Agregar por la derecha"}),
        ("computers/status/", {"assigned": "Asignado", "in repair": "En reparación"}),
        ("faults/user/", {"unassigned": "Sin asignar", "only_me": "Asignado a mí"}),
        ("catalog/apps/levels/", {"U": "Usuario", "A": "Administrador"}),
    ],
)
def test_labels_of_codes_are_translated(api, path, some):
    answer = api("GET", path, **{"Accept-Language": "es"})
    labels = answer.json().get("choices", answer.json())
    assert some.items() <= labels.items()


def test_chips_and_levels_are_translated(api):
    made = api.post("attribute-sets/", name="chips", description="d", included_attributes=[1])
    api.post("catalog/apps/", name="chips", category=1, level="A", score=1, description="")
    for language, summary, level in (
        ("en", "(Attribute Set) d", "Admin"),
        ("es", "(Conjunto de atributos) d", "Administrador"),
        ("fr", "(Ensemble d'attributs) d", "Administrateur"),
    ):
        asked = {"Accept-Language": language}
        badge = api("GET", f"attribute-sets/{made['id']}/badge/", **asked).json()
        assert badge["summary"] == summary
        (row,) = api("GET", "catalog/apps/?name=chips", **asked).json()["results"]
        assert row["level"] == {"id": "A", "name": level}


def test_links_between_records_are_translated(api):
    platform = api.post("platforms/", name="linked")["id"]
    body = {"name": "linked", "pms": "apt", "architecture": "amd64", "platform": platform}
    api.post("projects/", **body)
    path = f"platforms/{platform}/relations/"
    for language, expected in (
        ("en", "Projects [platform]"),
        ("es", "Proyectos [plataforma]"),
        ("fr", "Projets [plateforme]"),
    ):
        answer = api("GET", path, **{"Accept-Language": language})
        assert [row["text"] for row in answer.json()] == [expected]


def test_a_taken_name_is_told_in_spanish(api):
    api.post("platforms/", name="languages")
    answer = api("POST", "platforms/", {"name": "languages"}, **{"Accept-Language": "es"})
    assert answer.json() == {"name": ["Ya existe una plataforma con este name."]}


def test_successes_say_their_language(api):
    answer = api("GET", "platforms/", **{"Accept-Language": "es"})
    assert answer.headers["content-language"] == "es"


def test_a_server_may_speak_spanish_by_itself(own_server):
    server = own_server(language="es")
    answer = Api(server.url, "")("GET", "platforms/", Authorization="", **{"Accept-Language": ""})
    assert answer.json()["detail"].startswith("Las credenciales")
