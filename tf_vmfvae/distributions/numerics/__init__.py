"""The mathematics behind the distributions; nothing here is a distribution itself."""
