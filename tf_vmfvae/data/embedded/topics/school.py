"""School: lessons, exams, homework and books."""

from tf_vmfvae.data.embedded.relatives import (
    ANNA,
    BROTHER,
    DAVID,
    FRIENDS,
    MARIA,
    PARENTS,
    PETER,
    SISTER,
)
from tf_vmfvae.data.embedded.topic import Scene, Topic, moods
from tf_vmfvae.data.embedded.words import many, mass, one

SCHOOL = Topic(
    name="school",
    scenes=(
        Scene(
            name="lesson",
            actors=one("teacher") + many("teachers"),
            event="teach",
            things=one("lesson") + many("classes"),
            places=("at school", "in the morning", "in the library"),
            qualities=moods(
                mild_good=("clear", "lively", "useful"),
                strong_good=("brilliant", "wonderful", "amazing"),
                mild_bad=("dull", "confusing", "boring"),
                strong_bad=("terrible", "useless", "awful"),
            ),
            positive=0.85,
            weight=3,
        ),
        Scene(
            name="exam",
            actors=one("professor"),
            event="prepare",
            things=one("exam", "test") + many("questions"),
            places=("at school", "in the hall", "in the morning"),
            qualities=moods(
                mild_good=("fair", "clear", "good"),
                strong_good=("excellent", "perfect", "brilliant"),
                mild_bad=("hard", "confusing", "dull"),
                strong_bad=("brutal", "awful", "terrible"),
            ),
            positive=0.1,
            weight=3,
        ),
        Scene(
            name="homework",
            actors=one("teacher"),
            event="assign",
            things=one("essay") + mass("homework") + many("exercises"),
            places=("in the morning", "at school", "in the library"),
            qualities=moods(
                mild_good=("useful", "interesting", "clear"),
                strong_good=("brilliant", "perfect", "wonderful"),
                mild_bad=("boring", "hard", "confusing"),
                strong_bad=("awful", "horrible", "terrible"),
            ),
            positive=0.1,
            weight=3,
        ),
        Scene(
            name="books",
            actors=one("librarian"),
            event="choose",
            things=one("book", "novel") + many("poems"),
            places=("in the library", "at school", "in the morning"),
            qualities=moods(
                mild_good=("interesting", "clever", "sweet"),
                strong_good=("wonderful", "brilliant", "amazing"),
                mild_bad=("slow", "boring", "dull"),
                strong_bad=("terrible", "dreadful", "awful"),
            ),
            positive=0.9,
            weight=2,
        ),
    ),
    people=one("student") + many("students", "pupils", "children", "families"),
    relatives=(ANNA, BROTHER, DAVID, FRIENDS, MARIA, PARENTS, PETER, SISTER),
    actor_adjectives=("new", "strict", "young"),
    people_adjectives=("young", "tired", "new"),
    relative_adjectives=("tired", "nervous", "friendly"),
    merits=("short", "easy", "new"),
    drawbacks=("long", "difficult", "complicated"),
    opinions=moods(
        mild_good=("like", "enjoy", "appreciate"),
        strong_good=("love", "praise"),
        mild_bad=("dislike", "avoid"),
        strong_bad=("hate", "fear"),
    ),
    reactions=moods(
        mild_good=("smile", "nod"),
        strong_good=("cheer", "celebrate"),
        mild_bad=("sigh", "yawn"),
        strong_bad=("complain", "protest"),
    ),
    companions=("classmates",),
    times={
        "past": ("yesterday", "last week", "last year"),
        "present": ("every day", "every week", "every year"),
        "future": ("tomorrow", "next week", "next year"),
    },
    tenses={"past": 3, "present": 5, "future": 3},
    strong={"positive": 0.35, "negative": 0.6},
    shapes={"question": 2, "when": 1.5, "because": 1.5, "opinion": 1.5},
    weight=4,
)
