"""Words: `tokens` finds and folds them, `forms` knows their word forms, `analysed` is a text ready to be searched."""
