"""The tests: unit, integration (laws), acceptance, architecture, benchmarks."""
