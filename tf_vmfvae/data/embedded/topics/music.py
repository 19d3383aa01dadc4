"""Music: concerts, songs, pianos and albums."""

from tf_vmfvae.data.embedded.relatives import (
    ANNA,
    AUNT,
    BROTHER,
    DAVID,
    FRIENDS,
    MARIA,
    PARENTS,
    SISTER,
)
from tf_vmfvae.data.embedded.topic import Scene, Topic, moods
from tf_vmfvae.data.embedded.words import many, one

MUSIC = Topic(
    name="music",
    scenes=(
        Scene(
            name="concert",
            actors=one("band", "orchestra"),
            event="play",
            things=one("concert") + many("concerts"),
            places=("in the park", "in the hall", "on the beach"),
            qualities=moods(
                mild_good=("nice", "lively", "good"),
                strong_good=("wonderful", "amazing", "brilliant"),
                mild_bad=("loud", "dull", "boring"),
                strong_bad=("awful", "terrible", "horrible"),
            ),
            positive=0.9,
            weight=3,
        ),
        Scene(
            name="songs",
            actors=one("singer", "choir"),
            event="sing",
            things=one("song", "ballad") + many("songs"),
            places=("on stage", "in the hall", "in the park"),
            qualities=moods(
                mild_good=("gentle", "sweet", "lively"),
                strong_good=("beautiful", "wonderful", "brilliant"),
                mild_bad=("flat", "dull", "weak"),
                strong_bad=("horrible", "awful", "terrible"),
            ),
            positive=0.9,
            weight=4,
        ),
        Scene(
            name="piano",
            actors=one("pianist"),
            event="play",
            things=one("sonata", "waltz"),
            places=("on the piano", "on stage", "in the hall"),
            qualities=moods(
                mild_good=("gentle", "lively", "sweet"),
                strong_good=("beautiful", "brilliant", "wonderful"),
                mild_bad=("slow", "flat", "dull"),
                strong_bad=("terrible", "awful", "horrible"),
            ),
            positive=0.95,
            weight=2,
        ),
        Scene(
            name="album",
            actors=one("singer") + many("musicians"),
            event="record",
            things=one("album") + many("tracks"),
            places=("in the studio", "in paris", "in europe"),
            qualities=moods(
                mild_good=("catchy", "nice", "clever"),
                strong_good=("brilliant", "superb", "wonderful"),
                mild_bad=("weak", "boring", "dull"),
                strong_bad=("awful", "horrible", "terrible"),
            ),
            positive=0.8,
            weight=3,
        ),
    ),
    people=one("critic") + many("listeners", "dancers", "students", "families"),
    relatives=(ANNA, AUNT, BROTHER, DAVID, FRIENDS, MARIA, PARENTS, SISTER),
    actor_adjectives=("famous", "young", "local"),
    people_adjectives=("young", "loyal", "friendly"),
    relative_adjectives=("loyal", "tired", "friendly"),
    merits=("famous", "popular", "new"),
    drawbacks=("long", "strange", "simple"),
    opinions=moods(
        mild_good=("like", "enjoy", "appreciate"),
        strong_good=("love", "praise", "adore"),
        mild_bad=("dislike", "criticize"),
        strong_bad=("hate", "condemn"),
    ),
    reactions=moods(
        mild_good=("smile", "nod"),
        strong_good=("dance", "cheer"),
        mild_bad=("frown", "yawn"),
        strong_bad=("complain", "leave early"),
    ),
    companions=("friends",),
    times={
        "past": ("last night", "last year", "last summer"),
        "present": ("every week", "every summer", "every evening"),
        "future": ("tonight", "tomorrow", "next summer"),
    },
    tenses={"past": 5, "present": 3, "future": 3},
    strong={"positive": 0.7, "negative": 0.45},
    shapes={"exclaim": 2, "event": 1.5, "and": 1.5, "so": 0.5},
    weight=4,
)
