"""A recorded sample of sources that needs no network: one story, told by three made-up outlets in three languages."""
