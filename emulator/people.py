"""The people with phones: how to find them, and who follows the account."""

from .config import DOORS, Config, Person
from .refusals import Refusal
from .simerrors import NoAccount, NotOnePerson


class People:
    """Everyone in the configuration, found by any of their names."""

    def __init__(self, config: Config) -> None:
        self.all = config.people
        self._follows = {person.id: person.follows for person in self.all}

    def find(self, who: str) -> Person:
        """By id, by a platform's id, or by name if only one bears it."""
        for person in self.all:
            if who == person.id or who in (person.id_at(door) for door in DOORS):
                return person
        named = [person for person in self.all if person.name == who]
        if len(named) != 1:
            raise NotOnePerson(who, [f"{person.id} {person.name}" for person in named or self.all])
        return named[0]

    def at(self, door: str, who: str) -> Person:
        """The person, who must have an account behind this door."""
        person = self.find(who)
        if person.id_at(door) is None:
            raise NoAccount(person.name, door)
        return person

    def by_openid(self, door: str, openid: object) -> Person:
        """The person an API call is about."""
        for person in self.all:
            if openid is not None and person.id_at(door) == openid:
                return person
        raise Refusal(40003, "invalid openid")

    def member(self, userid: str) -> Person | None:
        """A member of the company; case does not count in WeCom."""
        for person in self.all:
            if person.work is not None and person.work.lower() == userid.lower():
                return person
        return None

    def members(self) -> list[Person]:
        return [person for person in self.all if person.work is not None]

    def follows(self, person: Person) -> bool:
        return person.official is not None and self._follows[person.id]

    def follow(self, person: Person, follows: bool) -> None:
        self._follows[person.id] = follows

    def reset(self) -> None:
        self._follows = {person.id: person.follows for person in self.all}
