"""What must be true of practices in a sound database."""

from collections.abc import Mapping, Sequence

from db.nouns import Look

RULES: Mapping[str, str] = {
    "practices are adopted as often as it is said": (
        "SELECT practice.id FROM practice WHERE practice.adopted <> (SELECT count(*) FROM practice_trial"
        " WHERE practice_trial.practice_id = practice.id AND practice_trial.applied_at IS NOT NULL)"
    ),
    "practices that were sent have words, others have none": (
        "SELECT practice.id FROM practice WHERE (practice.status NOT IN ('draft', 'withdrawn'))"
        " <> EXISTS (SELECT 1 FROM practice_word WHERE practice_word.practice_id = practice.id)"
    ),
    "practices have no more than two experts a sending": (
        "SELECT practice_id FROM practice_expert GROUP BY practice_id, turn HAVING count(*) > 2"
    ),
}
LOOKS: Sequence[Look] = ()
