"""The kernel: log density and gradient of every model, compiled once a machine."""
