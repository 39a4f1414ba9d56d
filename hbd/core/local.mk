# hbd/core: see doc/hacking.md, Folders
