# hbd/tools: see doc/hacking.md, Folders
noinst_LIBRARIES += libhbdtools.a
libhbdtools_a_SOURCES = \
  hbd/tools/client.c hbd/tools/client.h \
  hbd/tools/dict.c hbd/tools/dict.h \
  hbd/tools/directives.c hbd/tools/directives.h \
  hbd/tools/say.c hbd/tools/say.h \
  hbd/tools/pidfile.c hbd/tools/pidfile.h \
  hbd/tools/show.c hbd/tools/show.h \
  hbd/tools/json.h
libhbdtools_a_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
if HAVE_JSON
libhbdtools_a_SOURCES += hbd/tools/json.c
else
libhbdtools_a_SOURCES += hbd/tools/json_stub.c
endif
TOOLS_LIBS = libhbdtools.a libcfg.a libhbdwire.a libhbdbase.a $(JSON_LIBS) $(GLIB_LIBS)

sbin_PROGRAMS += hbd/tools/hbctl
hbd_tools_hbctl_SOURCES = hbd/tools/hbctl.c
hbd_tools_hbctl_LDADD = $(TOOLS_LIBS)
EXTRA_DIST += hbd/tools/json_stub.c

bin_PROGRAMS += hbd/tools/cl_status
hbd_tools_cl_status_SOURCES = hbd/tools/cl_status.c
hbd_tools_cl_status_LDADD = $(TOOLS_LIBS)

sbin_PROGRAMS += hbd/tools/hb_standby hbd/tools/hb_takeover hbd/tools/heartbeat
hbd_tools_hb_standby_SOURCES = hbd/tools/hb_move.c
hbd_tools_hb_standby_LDADD = $(TOOLS_LIBS)
hbd_tools_hb_takeover_SOURCES = hbd/tools/hb_move.c
hbd_tools_hb_takeover_LDADD = $(TOOLS_LIBS)
hbd_tools_heartbeat_SOURCES = hbd/tools/heartbeat.c
hbd_tools_heartbeat_LDADD = $(TOOLS_LIBS)

dist_man_MANS += hbd/tools/hbctl.8 hbd/tools/cl_status.1 hbd/tools/hb_standby.1 \
  hbd/tools/hb_takeover.1 hbd/tools/heartbeat.8
EXTRA_DIST += hbd/tools/README.md
