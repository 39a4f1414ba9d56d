# crm/model: see doc/hacking.md, Folders
