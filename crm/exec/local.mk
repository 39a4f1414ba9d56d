# crm/exec: see doc/hacking.md, Folders
