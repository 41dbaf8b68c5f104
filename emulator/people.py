"""The people with phones: how to find them by any of their names, and who follows the account."""

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from .clock import Clock
from .config import DOORS, Config, Person
from .refusals import Refusal
from .simerrors import NoAccount, NotOnePerson


@dataclass
class Following:
    """Since when someone follows the account, and by which code they came."""

    follows: bool
    since: int = 0
    scene: str = ""
    remark: str = ""


class People:
    """Everyone in the configuration and whoever joined later; every look-up is by key, however many they are."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self.reset()

    @property
    def all(self) -> Iterable[Person]:
        return self._by_id.values()

    def find(self, who: str) -> Person:
        """By id, by a platform's id, or by name if only one bears it."""
        for person in (self._by_id.get(who), *(self._by_door.get((door, who)) for door in DOORS)):
            if person is not None:
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
        person = self._by_door.get((door, openid)) if isinstance(openid, str) else None
        if person is None:
            raise Refusal(40003, "invalid openid")
        return person

    def member(self, userid: str) -> Person | None:
        """A member of the company; case does not count in WeCom."""
        return self._members.get(userid.lower())

    def members(self) -> list[Person]:
        return list(self._members.values())

    def customer(self, external_userid: object) -> Person | None:
        """A customer by the id WeCom knows them by."""
        return self._customers.get(external_userid) if isinstance(external_userid, str) else None

    def robot(self, key: str) -> Person | None:
        """The group that the robot with this key writes to."""
        person = self._by_door.get(("work", key))
        return person if person is not None and person.robot == key else None

    def put(self, person: Person) -> None:
        """Someone new, or somebody's new particulars."""
        self.remove(person.id)
        self._by_id[person.id] = person
        for door in DOORS:
            at = person.id_at(door)
            if at is not None:
                self._by_door[door, at] = person
        if person.work is not None:
            self._members[person.work.lower()] = person
        if person.external is not None:
            self._customers[person.external] = person
        self._following.setdefault(person.id, Following(person.follows, self._clock.seconds() - 86400))

    def remove(self, person_id: str) -> None:
        """Nobody finds this person any more; what their phone shows stays."""
        person = self._by_id.pop(person_id, None)
        if person is None:
            return
        for door in DOORS:
            self._by_door.pop((door, person.id_at(door)), None)
        if person.work is not None:
            self._members.pop(person.work.lower(), None)
        self._customers.pop(person.external or "", None)

    def newcomer(self, doors: Collection[str], name: str) -> Person:
        """Someone nobody has met: an account at each of these doors, a number, no conversation yet."""
        number = next(self._newcomers)
        known = f"N{number:03}"
        person = Person(
            known,
            name or f"新用户{number}",
            official=f"o_{known}".ljust(28, "0") if "official" in doors else None,
            miniprogram=f"m_{known}".ljust(28, "0") if "miniprogram" in doors else None,
            unionid=f"u_{known}".ljust(28, "0"),
            phone=f"139{number:08}",
            follows=False,
        )
        self.put(person)
        return person

    def change(self, person: Person, **changes: Any) -> Person:
        changed = replace(person, **changes)
        self.put(changed)
        return changed

    def follows(self, person: Person) -> bool:
        return person.official is not None and self._following[person.id].follows

    def following(self, person: Person) -> Following:
        return self._following[person.id]

    def follow(self, person: Person, follows: bool, scene: str = "") -> None:
        remark = self._following[person.id].remark
        self._following[person.id] = Following(follows, self._clock.seconds(), scene, remark)

    def reset(self) -> None:
        self._by_id: dict[str, Person] = {}
        self._by_door: dict[tuple[str, str | None], Person] = {}
        self._members: dict[str, Person] = {}
        self._customers: dict[str, Person] = {}
        self._following: dict[str, Following] = {}
        self._newcomers = itertools.count(1)
        for person in self._config.people:
            self.put(person)
