# crm/plan: see doc/hacking.md, Folders
