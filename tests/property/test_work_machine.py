"""Random lives of shared work in PostgreSQL, held against the reference in memory: nothing due is ever missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from feeds.model import SourceState
from storage.port import Change
from storage.work import Brought, Watched
from tests.budget import examples
from tests.fakes.postgres import database
from tests.fakes.stored_values import NOON
from tests.fakes.working import memory_work, postgres_work

MINUTE = timedelta(minutes=1)
TERM = timedelta(hours=1)
HOSTS = [f"h{n}.example" for n in range(4)]
SOURCES = [f"source-{n}" for n in range(8)]

workers = st.sampled_from(["a", "b", "c"])
moments = st.integers(-3, 3).map(lambda minutes: NOON + minutes * MINUTE)
some_sources = st.lists(st.sampled_from(SOURCES), max_size=4)
spans = st.sampled_from([timedelta(), TERM, 2 * TERM])
watch_lists = st.dictionaries(
    st.sampled_from(SOURCES), st.tuples(st.sampled_from(HOSTS), moments | st.none()), max_size=8
).map(lambda given: [Watched(source=one, host=host, due=due) for one, (host, due) in given.items()])


class SharedWork(RuleBasedStateMachine):
    """What is asked of one is asked of the other; fences and numbers of one stand beside those of the other."""

    server = None

    def __init__(self):
        super().__init__()
        self.database = database(self.server.url())
        self.opened = [memory_work(), postgres_work(self.database.__enter__())]
        self.both = self.reference, self.real = [one.__enter__() for one in self.opened]
        self.now = NOON
        self.leased: list[tuple[str, int, int, list[str]]] = []
        """Worker, fence of the reference, fence of PostgreSQL, sources that were to be asked; of the past, too."""

    def teardown(self):
        for one in self.opened:
            one.__exit__(None, None, None)
        self.database.__exit__(None, None, None)

    @rule(watched=watch_lists)
    def follow(self, watched):
        for one in self.both:
            one.deliveries.follow(watched)

    @rule(worker=workers, sources=st.integers(1, 3), passed=st.integers(-1, 2))
    def lease(self, worker, sources, passed):
        """All hosts that there are: which of them come first is asked below."""
        self.now += passed * MINUTE
        given = [one.leases(worker).lease(now=self.now, hosts=9, sources=sources, term=TERM) for one in self.both]
        reference, real = ({lease.host: lease for lease in leases} for leases in given)
        assert real.keys() == reference.keys()
        for host, lease in reference.items():
            asked = {due.source for due in real[host].due}
            assert len(asked) == len(real[host].due) == len(lease.due)
            self.leased.append((worker, lease.fence, real[host].fence, sorted(asked & {d.source for d in lease.due})))
            self.states_are_those_stored(real[host])

    def states_are_those_stored(self, lease):
        states = self.reference.store.states()
        assert [due.state for due in lease.due] == [states.get(due.source) for due in lease.due]

    @precondition(lambda self: self.leased)
    @rule(data=st.data(), more=some_sources)
    def bring(self, data, more):
        worker, *fences, sources = data.draw(st.sampled_from(self.leased[-6:]))
        asked = [*sources, *more]
        taken = [
            one.leases(worker).bring([Brought(source=source, fence=fence, document=b"found") for source in asked])
            for one, fence in zip(self.both, fences, strict=True)
        ]
        assert taken[0] == taken[1]

    @precondition(lambda self: self.leased)
    @rule(data=st.data(), sources=some_sources, until=moments)
    def put_off(self, data, sources, until):
        worker, *fences, _ = data.draw(st.sampled_from(self.leased[-6:]))
        for one, fence in zip(self.both, fences, strict=True):
            one.leases(worker).put_off(fence, sources, until=until)

    @precondition(lambda self: self.leased)
    @rule(data=st.data(), rest=spans)
    def release(self, data, rest):
        worker, *fences, _ = data.draw(st.sampled_from(self.leased[-6:]))
        for one, fence in zip(self.both, fences, strict=True):
            one.leases(worker).release([fence], rest=rest)

    @precondition(lambda self: self.leased)
    @rule(data=st.data())
    def renew(self, data):
        worker, *fences, _ = data.draw(st.sampled_from(self.leased[-6:]))
        held = [
            bool(one.leases(worker).renew([fence], term=TERM)) for one, fence in zip(self.both, fences, strict=True)
        ]
        assert held[0] == held[1]

    @rule(span=spans)
    def time_passes(self, span):
        for one in self.both:
            one.elapse(span)

    @rule(host=st.sampled_from(HOSTS), span=spans)
    def hold(self, host, span):
        for one in self.both:
            one.deliveries.hold(host, one.clock() + span)

    @rule(sources=some_sources, next_fetch=moments | st.none(), gone=st.booleans())
    def judge(self, sources, next_fetch, gone):
        states = tuple(SourceState(source=one, url=one, next_fetch=next_fetch, gone=gone) for one in sources)
        for one in self.both:
            one.store.commit(Change(states=states))

    @rule(due=moments)
    def give_up(self, due):
        for one in self.both:
            for oldest in one.deliveries.waiting(1):
                one.deliveries.give_up(oldest.number, due=due)

    @invariant()
    def the_same_waits_and_the_same_is_due(self):
        waiting, due = zip(*((one.deliveries.waiting(99), self.all_due(one)) for one in self.both), strict=True)
        assert due[0] == due[1], "as many sources are due: none is missed"
        reference, real = ([(d.source, d.worker, d.document) for d in some] for some in waiting)
        assert real == reference

    def all_due(self, one):
        leases = one.leases("a")
        return [leases.due(NOON + minutes * MINUTE) for minutes in range(-4, 5)]


@pytest.fixture(autouse=True, scope="module")
def _server(postgres_server):
    SharedWork.server = postgres_server


TestSharedWork = SharedWork.TestCase
TestSharedWork.settings = examples(3, stateful_step_count=20)


@pytest.mark.heavy
class TestMuchSharedWork(SharedWork.TestCase):
    settings = examples(40, stateful_step_count=50)
