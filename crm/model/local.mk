# crm/model: see doc/hacking.md, Folders
noinst_LIBRARIES += libcrmmodel.a
libcrmmodel_a_SOURCES = crm/model/model.c crm/model/model.h
EXTRA_DIST += crm/model/README.md
