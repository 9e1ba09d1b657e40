"""From a film's last byte to its last rung."""

from __future__ import annotations

import pytest

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Film, FilmPiece
from courses.library.states import FilmStep
from tests.courses.library.films import clip, made, new_video, sent
from tests.factories.people import make_staff


def test_a_film_is_made_to_its_end(trainer: User) -> None:
    film = made(sent(trainer, new_video(trainer), clip()))

    assert (film.step, film.fault, film.note) == (FilmStep.READY, "", "")
    assert film.video.current == film
    for p in FilmPiece.unscoped.filter(film=film): print(p.name, p.made, p.attempts)
    print(sorted(str(x) for x in film.folder.rglob("*")))
