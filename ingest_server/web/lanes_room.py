"""The lanes of the room: who was there, and what was heard. Pure."""

from collections.abc import Callable, Iterator

from ingest_server.scoring.heard import CARE_CUES
from ingest_server.scoring.occupied import Answers, answers
from ingest_server.web.lane_gaps import gap, lost, share_note, unobserved
from ingest_server.web.timeline import Event, Lane, Tone, gaps
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from visit_record.record import NotObserved, OccupancyEvidence, OccupancyInterval, SoundEvidence, VisitRecord
from visit_record.vocabulary import Modality, SoundCue

ROOM, SOUNDS = Words("房间", "Room"), Words("声音", "Sounds")
Question = Callable[[Answers], bool | None]
_TONES = {True: Tone.SEEN, False: Tone.NONE, None: Tone.UNCLEAR}
_ANSWERS = {True: Words("是", "yes"), False: Words("否", "no"), None: Words("无法分辨", "cannot tell")}


def room_lanes(record: VisitRecord) -> Iterator[Lane]:
    """The questions that the thermal array answers, one a lane."""
    occupancy = record.occupancy
    if isinstance(occupancy, NotObserved):
        yield unobserved(record, ROOM, Modality.THERMAL, occupancy)
        return
    yield _asked(record, occupancy, Words("护理员在房间", "Caregiver in the room"), lambda says: says.present)
    yield _asked(record, occupancy, Words("床上有人", "Bed taken"), lambda says: says.bed)
    yield _asked(record, occupancy, Words("近身照护", "Work close by"), lambda says: says.at_work)


def sound_lanes(record: VisitRecord) -> Iterator[Lane]:
    """Every class that was heard, one a lane."""
    sound = record.sound
    if isinstance(sound, NotObserved):
        yield unobserved(record, SOUNDS, Modality.SOUND, sound)
        return
    silences, note = tuple(lost(record, Modality.SOUND)), share_note(sound.coverage)
    heard = [cue for cue in SoundCue if any(interval.cue is cue for interval in sound.intervals)]
    for cue in heard:
        yield Lane(SOUNDS, said(cue), (*silences, *_of_cue(sound, cue)), note)
    if not heard:
        yield Lane(SOUNDS, Words("没有听到任何一类声音", "No class of sound heard"), silences, note)


def _asked(record: VisitRecord, occupancy: OccupancyEvidence, name: Words, question: Question) -> Lane:
    seen = tuple(_answered(interval, question(answers(interval))) for interval in occupancy.intervals)
    return Lane(ROOM, name, (*_unseen(record, seen), *seen), share_note(occupancy.coverage))


def _answered(interval: OccupancyInterval, answer: bool | None) -> Event:
    words, people = _ANSWERS[answer], interval.people
    both = Words(f"{words.zh}（房间内 {people} 人）", f"{words.en} (people in the room: {people})")
    return Event(interval.started_at_ms, interval.duration_s, _TONES[answer], both)


def _unseen(record: VisitRecord, seen: tuple[Event, ...]) -> Iterator[Event]:
    covered = [(event.at_ms, event.end_ms) for event in seen]
    for begin_ms, end_ms in gaps(covered, record.span.check_in_ms, record.span.check_out_ms):
        if end_ms - begin_ms >= 1000:
            yield gap(begin_ms, end_ms, Words("这段时间没有观测", "not observed here"))


def _of_cue(sound: SoundEvidence, cue: SoundCue) -> Iterator[Event]:
    tone = Tone.SEEN if cue in CARE_CUES else Tone.NONE if cue is SoundCue.QUIET else Tone.UNCLEAR
    for interval in sound.intervals:
        if interval.cue is cue:
            sure = f"{interval.confidence:.0%}"
            yield Event(
                interval.started_at_ms, interval.duration_s, tone, Words(f"置信度 {sure}", f"confidence {sure}")
            )
