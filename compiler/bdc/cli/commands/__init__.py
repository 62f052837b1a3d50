"""One file per command of `bdc`; each exports `command`."""
