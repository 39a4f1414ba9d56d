# hbd/node: see doc/hacking.md, Folders
