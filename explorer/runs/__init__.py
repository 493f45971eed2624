"""Training runs: settings, data sets, engines, the store, and a process for each run."""
