# hbd/daemon: see doc/hacking.md, Folders
