import hashlib

from hypothesis import given
from hypothesis import strategies as st

from visit_record.chain import LinkState, judge_link, next_link
from visit_record.record import ChainLink


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


A, B, C = digest("a"), digest("b"), digest("c")


def test_first_record_links_to_nothing() -> None:
    assert judge_link(next_link(0, None), [], [], [], A) is LinkState.LINKED


def test_record_links_to_the_digest_before_it() -> None:
    assert judge_link(next_link(1, A), [A], [], [], B) is LinkState.LINKED


def test_dropped_record_is_a_gap() -> None:
    assert judge_link(ChainLink(3, B), [], [], [], C) is LinkState.GAP


def test_second_record_under_one_sequence_number_is_a_fork() -> None:
    assert judge_link(ChainLink(2, A), [A], [B], [], C) is LinkState.FORK


def test_record_that_links_to_an_altered_past_is_a_fork() -> None:
    assert judge_link(ChainLink(2, C), [A], [], [], B) is LinkState.FORK


def test_late_record_that_its_successor_does_not_name_is_a_fork() -> None:
    assert judge_link(ChainLink(1, None), [], [], [B], A) is LinkState.FORK


def test_chain_cannot_begin_anew_in_the_middle() -> None:
    assert judge_link(ChainLink(2, None), [A], [], [], B) is LinkState.FORK


def test_first_record_cannot_claim_a_past() -> None:
    assert judge_link(ChainLink(1, C), [], [], [], A) is LinkState.FORK


@given(st.permutations(range(1, 7)))
def test_an_honest_chain_never_forks_in_whatever_order_it_arrives(order: list[int]) -> None:
    digests = {0: None} | {seq: digest(str(seq)) for seq in range(1, 7)}
    arrived: dict[int, ChainLink] = {}
    for seq in order:
        link = ChainLink(seq, digests[seq - 1])
        own = digests[seq]
        assert own is not None
        before = [value for value in [digests[seq - 1]] if value is not None and seq - 1 in arrived]
        after = [arrived[seq + 1].prev] if seq + 1 in arrived else []
        assert judge_link(link, before, [], after, own) is not LinkState.FORK
        arrived[seq] = link
