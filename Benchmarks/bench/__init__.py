"""The system benchmark: Portcullis beside other relays, in one run."""
