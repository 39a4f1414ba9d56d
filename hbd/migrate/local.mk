# hbd/migrate: see doc/hacking.md, Folders
noinst_LIBRARIES += libhbdmigrate.a
libhbdmigrate_a_SOURCES = \
  hbd/migrate/facts.c hbd/migrate/facts.h \
  hbd/migrate/findings.c hbd/migrate/findings.h \
  hbd/migrate/gather.c hbd/migrate/gather.h \
  hbd/migrate/gather_network.c \
  hbd/migrate/gather_scripts.c \
  hbd/migrate/judge.c hbd/migrate/judge.h \
  hbd/migrate/judge_configuration.c \
  hbd/migrate/judge_machine.c \
  hbd/migrate/judge_resources.c \
  hbd/migrate/judge_scripts.c

MIGRATE_LIBS = libhbdmigrate.a libhbdmanager.a libhbdipc.a libhbdlog.a libcrmexec.a libralib.a \
  libhbdlink.a libcfg.a libcrmplan.a libcrmmodel.a libhbdwire.a libhbdbase.a libhbdtools.a \
  $(JSON_LIBS) $(NL_LIBS) $(GLIB_LIBS)
hbdlibexec_PROGRAMS += hbd/migrate/hbd-migrate-check
hbd_migrate_hbd_migrate_check_SOURCES = hbd/migrate/main.c
hbd_migrate_hbd_migrate_check_LDADD = $(MIGRATE_LIBS)
EXTRA_DIST += hbd/migrate/README.md
dist_man_MANS += hbd/migrate/hbd-migrate.7
