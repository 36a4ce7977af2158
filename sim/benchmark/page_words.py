"""What stands on the benchmark's page whatever the figures are: what they rest on, how they are told."""

from functools import cache
from typing import Final

from sim.benchmark.world import listed, shipped_world
from sim.benchmark.worlds import SHIPPED

_SYNTHETIC: Final = "**synthetic data alone**"
_SENSES: Final = (
    ("感知 · sense", "出自 · drawn from", "真实录制 · real recordings?"),
    ("---", "---", "---"),
    (
        "人脸 · face",
        "photographs (ORL) against the people's own and others' enrolments",
        f"photographs yes; poor light {_SYNTHETIC}",
    ),
    ("活体 · liveness", "two portraits, and printed photographs, before the challenge", _SYNTHETIC),
    ("声纹 · voice", "LibriSpeech speakers, with noises", f"voices and kitchen noises yes; rooms, mixing {_SYNTHETIC}"),
    (
        "声音 · sound",
        "clips of Kitchen20 and LibriSpeech",
        "water, tableware, eating, sweeping, appliances, speech yes; cloth, steps, doors, coughs, television and the"
        f" rooms {_SYNTHETIC}",
    ),
    ("热成像 · thermal", "simulated rooms", _SYNTHETIC),
    ("定位 · position", "the script", _SYNTHETIC),
)


@cache
def what_it_shows() -> str:
    """The sections that explain the figures; which world is judged on which half is read from the worlds themselves."""
    return f"""\
## 这说明什么 · What this shows, and what it does not
**These are staged visits.** Who comes, what is done and how it is faked was written by people who also know how it is
weighed. How often each way of faking is done is stated in the world's file ([world.md](world.md)), not known: nobody
has published it. The figures show how well the weigher tells such visits apart, and whether its ratios mean what they
say of them. They do not show how many real visits are faked, how a real cheat would go about it, or how a real room
sounds. No visit to a real home has been weighed.

What each sense would have said is drawn from what the committed models said of recordings, in two halves that share
neither people nor clips ([CARD.md](../models/scores/CARD.md) has the details). Weights are fitted on the one; the world
says by `half` which it is judged on:
{_of_half("test")} on the other, {_of_half("fit")} on the very half of the fit.

{chr(10).join(f"| {' | '.join(row)} |" for row in _SENSES)}

### 怎样计算 · How the figures are told
- A visit's score is the likelihood ratio of its whole verdict: posterior odds of faked against genuine over the
  prior's. A visit with too little evidence is in no queue of the suspicious: it raises no alarm, and if it was faked
  it is missed.
- The threshold at 1% false alarms lets no more than 1% of the honest visits pass. Every recall is at that one but those
  of what each sense is worth: with a sense taken away it is set anew, so that again no more than 1% pass. What is asked
  there is how well the senses left tell visits apart, and scores of fewer senses lie elsewhere.
- Cllr is that of Brümmer and du Preez (2006), Cllr_min the same after pool-adjacent-violators. Caregivers drawn anew
  come more than once, and pool-adjacent-violators follows what comes twice: the interval of Cllr − Cllr_min lies too
  high, at times above its figure. The calibration error is over 15 equal bins of probability, visits counted so that
  every kind comes as often as the calibration's prior has it.
- A sense is taken from the records of the very same honest visits that had all of them, as if it were broken. The ratio
  of their alarms to those with all senses has half an alarm added above and below.
- The queue has faked visits counted down to 2%, in the world's mixture. A visit was named rightly if the typology with
  the highest probability is that which was staged, among the faked visits above the threshold.
- Honest is who had no faked visit staged; branded is whose estimate says `concern`. All honest caregivers are looked at
  three times: by their first 8 visits, by their first 19, and by all. An interval covers if it holds the share of
  genuine visits that the caregiver was given when the world was drawn.

### JSON
`--json FILE` writes the run as `carewitness.benchmark/1`; every field is explained in `sim/benchmark/result.py`.
`setting` is all that the figures depend on; `counts` the visits of each kind; `figures` has every figure with its
`group`, what it is `about`, `value`, `low`, `high`, `visits`, `aim` and whether it is `met`; `named` is the table of
names; `curves`, `reliability` and `cues` hold the pictures' and the cues' numbers; `lived` and `speed` are `null` where
they were not asked for. The same setting gives the same bytes, but for `speed`.
"""


def _of_half(half: str) -> str:
    return listed([f"`{name}`" for name in SHIPPED if shipped_world(name).half == half])
