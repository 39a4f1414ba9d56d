# cfg: see doc/hacking.md, Folders
