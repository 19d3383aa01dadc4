from tf_vmfvae.data.embedded.topics import TOPICS
from tf_vmfvae.data.embedded.topics.topic import Noun
from tf_vmfvae.data.embedded.topics.topic_file import read_nouns, read_topic


def test_nouns_know_their_kind_and_what_refers_back_to_them():
    assert read_nouns("one cake; mass bread; many cookies, rolls") == (
        Noun("cake", "one"),
        Noun("bread", "mass"),
        Noun("cookies", "many", "their"),
        Noun("rolls", "many", "their"),
    )


def test_a_topic_is_read_with_its_scenes():
    weather = read_topic("weather")

    assert [scene.name for scene in weather.scenes] == ["rain", "snow", "warmth", "fog"]
    assert weather.scenes[0].positive == 0.1
    assert weather.scenes[0].qualities["negative", "strong"] == (
        "terrible",
        "awful",
        "brutal",
    )
    assert weather.relatives[0] == Noun("my aunt", "one", "her")
    assert weather.actor_adjectives == ()
    assert not weather.ours
    assert weather.shapes == {"there": 3, "report": 2, "exclaim": 1.5, "question": 0.5}


def test_by_default_a_topic_may_call_its_actors_ours():
    assert [topic.name for topic in TOPICS if not topic.ours] == ["weather"]
