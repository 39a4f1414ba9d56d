# ra: see doc/hacking.md, Folders
