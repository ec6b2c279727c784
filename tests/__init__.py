"""A package: Flask-WebSub installs one called `tests`, which would be found in place of a mere folder."""
