# hbd/wire: see doc/hacking.md, Folders
