"""config.toml becomes a `Config`, or a `ConfigError` that knows every place that is wrong."""

from aggregator.config.load import load
from aggregator.config.locate import candidates, find
from aggregator.config.model import (
    OWN,
    Config,
    FetchSettings,
    KeepSettings,
    PlacedExample,
    PublishSettings,
    ServeSettings,
    SiteSettings,
    StoreSettings,
)

__all__ = [
    "OWN",
    "Config",
    "FetchSettings",
    "KeepSettings",
    "PlacedExample",
    "PublishSettings",
    "ServeSettings",
    "SiteSettings",
    "StoreSettings",
    "candidates",
    "find",
    "load",
]
