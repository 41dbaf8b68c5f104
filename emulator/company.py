"""The company in WeCom: its departments, and which member has which customer."""

from collections import defaultdict
from dataclasses import dataclass

from .clock import Clock
from .config import Config, Department, Person
from .people import People

ROOT = 1


@dataclass
class Relation:
    """A member has a customer, and what the member noted about them."""

    since: int
    state: str = ""
    remark: str = ""
    mobiles: tuple[str, ...] = ()
    has_written: bool = False


class Company:
    """Departments by id, customers by member."""

    def __init__(self, config: Config, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock
        name = config.work.name if config.work is not None else "公司"
        self._departments = {ROOT: Department(ROOT, name, 0)} | {each.id: each for each in config.departments}
        self._relations: dict[str, dict[str, Relation]] = defaultdict(dict)
        for person in config.people:
            for userid in person.served_by:
                self.serve(userid, person)

    def departments(self) -> list[Department]:
        return list(self._departments.values())

    def department(self, wanted: object) -> Department | None:
        return self._departments.get(int(str(wanted))) if str(wanted).isdigit() else None

    def put(self, department: Department) -> None:
        self._departments[department.id] = department

    def remove(self, department: int) -> None:
        self._departments.pop(department, None)

    def below(self, department: int) -> set[int]:
        """A department and all that belong to it."""
        children = {each.id for each in self._departments.values() if each.parent == department}
        return {department}.union(*(self.below(child) for child in children))

    def bearers_of(self, tag: object) -> list[Person]:
        """The members with a tag; none if there is no such tag."""
        return [person for person in self._people.members() if str(tag) in map(str, person.tags)]

    def members_of(self, department: int, *, deep: bool) -> list[Person]:
        if department == ROOT and deep:
            return self._people.members()
        wanted = self.below(department) if deep else {department}
        return [person for person in self._people.members() if wanted & set(person.departments)]

    def serve(self, userid: str, customer: Person, state: str = "", mobiles: tuple[str, ...] = ()) -> Relation:
        relation = Relation(self._clock.seconds(), state, mobiles=mobiles)
        self._relations[customer.id][userid.lower()] = relation
        return relation

    def part(self, userid: str, customer: Person) -> None:
        self._relations[customer.id].pop(userid.lower(), None)

    def served_by(self, customer: Person) -> dict[str, Relation]:
        """The members who have this customer."""
        return self._relations.get(customer.id, {})

    def customers_of(self, userid: str) -> list[Person]:
        return [self._people.find(each) for each, members in self._relations.items() if userid.lower() in members]

    def serving(self) -> list[str]:
        """The members who may have customers."""
        return sorted({userid for members in self._relations.values() for userid in members})
