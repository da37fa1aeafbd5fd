"""Demo data from the pack's `demo.yaml`: a sandbox that is lived in, and figures that reports are checked by."""
