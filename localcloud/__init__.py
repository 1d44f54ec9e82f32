"""The embedded cloud: an emulation of the parts of AWS that Tunedrop uses, on this machine."""
