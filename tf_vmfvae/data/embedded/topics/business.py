"""Business: products, reports, deals and meetings."""

from tf_vmfvae.data.embedded.relatives import (
    AUNT,
    BROTHER,
    DAVID,
    FATHER,
    FRIENDS,
    MARIA,
    NEIGHBORS,
    UNCLE,
)
from tf_vmfvae.data.embedded.topic import Scene, Topic, moods
from tf_vmfvae.data.embedded.words import many, one

BUSINESS = Topic(
    name="business",
    scenes=(
        Scene(
            name="product",
            actors=one("company") + many("engineers"),
            event="release",
            things=one("product", "phone") + many("gadgets"),
            places=("in asia", "in europe", "in paris"),
            qualities=moods(
                mild_good=("useful", "clever", "solid"),
                strong_good=("brilliant", "excellent", "amazing"),
                mild_bad=("weak", "slow", "boring"),
                strong_bad=("useless", "terrible", "awful"),
            ),
            positive=0.85,
            weight=4,
        ),
        Scene(
            name="report",
            actors=one("bank"),
            event="release",
            things=one("report") + many("figures"),
            places=("in paris", "in europe", "in asia"),
            qualities=moods(
                mild_good=("good", "solid", "useful"),
                strong_good=("excellent", "superb", "brilliant"),
                mild_bad=("weak", "poor", "confusing"),
                strong_bad=("terrible", "disastrous", "awful"),
            ),
            positive=0.15,
            weight=4,
        ),
        Scene(
            name="deal",
            actors=one("firm"),
            event="sign",
            things=one("deal", "contract"),
            places=("in paris", "in asia", "in europe"),
            qualities=moods(
                mild_good=("fair", "solid", "clever"),
                strong_good=("brilliant", "excellent", "superb"),
                mild_bad=("poor", "risky", "weak"),
                strong_bad=("disastrous", "awful", "terrible"),
            ),
            positive=0.8,
            weight=3,
        ),
        Scene(
            name="meeting",
            actors=one("director"),
            event="hold",
            things=one("meeting") + many("talks"),
            places=("in the office", "in paris", "in asia"),
            qualities=moods(
                mild_good=("useful", "good", "friendly"),
                strong_good=("excellent", "superb", "brilliant"),
                mild_bad=("boring", "slow", "dull"),
                strong_bad=("useless", "awful", "terrible"),
            ),
            positive=0.1,
            weight=2,
        ),
    ),
    people=one("manager") + many("investors", "workers", "reporters", "farmers"),
    relatives=(AUNT, BROTHER, DAVID, FATHER, FRIENDS, MARIA, NEIGHBORS, UNCLE),
    actor_adjectives=("new", "young", "local"),
    people_adjectives=("new", "nervous", "young"),
    relative_adjectives=("nervous", "loyal", "tired"),
    merits=("important", "new", "popular"),
    drawbacks=("late", "complicated", "expensive"),
    opinions=moods(
        mild_good=("like", "appreciate"),
        strong_good=("love", "praise"),
        mild_bad=("dislike", "criticize"),
        strong_bad=("condemn", "reject"),
    ),
    reactions=moods(
        mild_good=("smile", "nod"),
        strong_good=("celebrate", "cheer"),
        mild_bad=("frown", "sigh"),
        strong_bad=("complain", "protest"),
    ),
    companions=("colleagues",),
    times={
        "past": ("last year", "last week", "yesterday"),
        "present": ("every year", "every week", "every day"),
        "future": ("next year", "next week", "tomorrow"),
    },
    tenses={"past": 6, "present": 2, "future": 3},
    strong={"positive": 0.35, "negative": 0.4},
    shapes={"report": 2, "so": 2, "but": 1.5, "exclaim": 0.25, "there": 0.5},
    weight=5,
)
