"""Plain data of studies: definition, training settings, records, results, objectives."""
