# hbd/node: see doc/hacking.md, Folders
noinst_LIBRARIES += libhbdnode.a
libhbdnode_a_SOURCES = \
  hbd/node/node.c hbd/node/node.h hbd/node/node_private.h \
  hbd/node/report.c hbd/node/report.h \
  hbd/node/status.c
