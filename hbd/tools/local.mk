# hbd/tools: see doc/hacking.md, Folders
