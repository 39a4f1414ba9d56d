# hbd/link: see doc/hacking.md, Folders
