"""The machinery under every read model: declaration, working set, worker, rebuild, verify."""
