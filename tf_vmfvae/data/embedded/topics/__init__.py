"""The topics of the embedded corpus, one file each."""

from tf_vmfvae.data.embedded.topics.business import BUSINESS
from tf_vmfvae.data.embedded.topics.film import FILM
from tf_vmfvae.data.embedded.topics.food import FOOD
from tf_vmfvae.data.embedded.topics.music import MUSIC
from tf_vmfvae.data.embedded.topics.school import SCHOOL
from tf_vmfvae.data.embedded.topics.sport import SPORT
from tf_vmfvae.data.embedded.topics.travel import TRAVEL
from tf_vmfvae.data.embedded.topics.weather import WEATHER

TOPICS = (FOOD, SPORT, WEATHER, MUSIC, TRAVEL, BUSINESS, SCHOOL, FILM)

__all__ = ["TOPICS"]
