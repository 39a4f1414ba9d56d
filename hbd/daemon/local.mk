# hbd/daemon: see doc/hacking.md, Folders
noinst_LIBRARIES += libhbdlog.a libhbdipc.a libhbdmanager.a
libhbdlog_a_SOURCES = hbd/base/log.c hbd/base/log.h
libhbdipc_a_SOURCES = \
  hbd/daemon/ipc.c hbd/daemon/ipc.h \
  hbd/daemon/messages.c \
  hbd/daemon/engine_config.c hbd/daemon/engine_config.h \
  hbd/daemon/engine_links.c hbd/daemon/engine_links.h \
  hbd/daemon/engine_records.c hbd/daemon/engine_records.h \
  hbd/daemon/loop.c hbd/daemon/loop.h \
  hbd/daemon/notify.c \
  hbd/daemon/options.c hbd/daemon/options.h \
  hbd/daemon/pidfile.c hbd/daemon/pidfile.h
libhbdmanager_a_SOURCES = \
  hbd/daemon/addresses.c hbd/daemon/addresses.h \
  hbd/daemon/commands.c \
  hbd/daemon/control.c hbd/daemon/control.h \
  hbd/daemon/doctor.c \
  hbd/daemon/doctor_report.c hbd/daemon/doctor_report.h \
  hbd/daemon/executor.c hbd/daemon/executor.h \
  hbd/daemon/fifo.c hbd/daemon/fifo.h \
  hbd/daemon/files.c hbd/daemon/files.h \
  hbd/daemon/firewall.c hbd/daemon/firewall.h \
  hbd/daemon/firewall_rule.c hbd/daemon/firewall_rule.h \
  hbd/daemon/hooks.c hbd/daemon/hooks.h \
  hbd/daemon/identity.c hbd/daemon/identity.h \
  hbd/daemon/linkset.c hbd/daemon/linkset.h \
  hbd/daemon/logfiles.c \
  hbd/daemon/manager.c hbd/daemon/manager.h hbd/daemon/manager_main.h \
  hbd/daemon/manager_engine.c \
  hbd/daemon/manager_reload.c \
  hbd/daemon/peers.c hbd/daemon/peers.h \
  hbd/daemon/problems.c hbd/daemon/problems.h \
  hbd/daemon/recorder.c hbd/daemon/recorder.h \
  hbd/daemon/respawn.c hbd/daemon/respawn.h \
  hbd/daemon/setup.c hbd/daemon/setup.h \
  hbd/daemon/setup_diff.c \
  hbd/daemon/status.c hbd/daemon/status.h

sbin_PROGRAMS += hbd/daemon/hbd
hbd_daemon_hbd_SOURCES = \
  hbd/daemon/main.c \
  hbd/daemon/spawn.c hbd/daemon/spawn.h \
  hbd/daemon/supervisor.c hbd/daemon/supervisor.h
hbd_daemon_hbd_LDADD = libhbdipc.a libhbdlog.a libhbdbase.a $(GLIB_LIBS)

hbdlibexec_PROGRAMS += hbd/daemon/hbd-manager hbd/daemon/hbd-engine
hbd_daemon_hbd_manager_SOURCES = hbd/daemon/manager_main.c
hbd_daemon_hbd_manager_LDADD = libhbdmanager.a libhbdipc.a libhbdlog.a libcrmexec.a libralib.a \
  libhbdlink.a libcfg.a libcrmplan.a libcrmmodel.a libhbdwire.a libhbdbase.a $(NL_LIBS) $(GLIB_LIBS)
hbd_daemon_hbd_engine_SOURCES = \
  hbd/daemon/engine_main.c \
  hbd/daemon/engine.c hbd/daemon/engine.h
hbd_daemon_hbd_engine_LDADD = libhbdipc.a libhbdnode.a libhbdlink.a libhbdcore.a libcrmplan.a \
  libcrmmodel.a libhbdwire.a libhbdbase.a $(GLIB_LIBS)
EXTRA_DIST += hbd/daemon/README.md

dist_man_MANS += hbd/daemon/hbd.8
# The engine's user; a package or `systemd-sysusers' makes it from this.
EXTRA_DIST += hbd/daemon/hbd.sysusers
EXTRA_DIST += hbd/daemon/hbd.service.in hbd/daemon/heartbeat.service.in
CLEANFILES += hbd/daemon/hbd.service hbd/daemon/heartbeat.service
hbd/daemon/%.service: hbd/daemon/%.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) hbd/daemon && sed -e 's,@sbindir[@],$(sbindir),g' $< > $@.tmp && mv $@.tmp $@
all-local: hbd/daemon/hbd.service hbd/daemon/heartbeat.service
# The thin unit only where Heartbeat itself is absent: users' scripts then still find the name.
install-data-local: hbd/daemon/hbd.service hbd/daemon/heartbeat.service
	$(MKDIR_P) '$(DESTDIR)$(sysusersdir)'
	$(INSTALL_DATA) $(srcdir)/hbd/daemon/hbd.sysusers '$(DESTDIR)$(sysusersdir)/hbd.conf'
	$(MKDIR_P) '$(DESTDIR)$(systemdsystemunitdir)'
	$(INSTALL_DATA) hbd/daemon/hbd.service '$(DESTDIR)$(systemdsystemunitdir)/'
	if test ! -e '$(DESTDIR)$(sysconfdir)/init.d/heartbeat'; then \
	  $(INSTALL_DATA) hbd/daemon/heartbeat.service '$(DESTDIR)$(systemdsystemunitdir)/'; fi
uninstall-local:
	rm -f '$(DESTDIR)$(sysusersdir)/hbd.conf'
	rm -f '$(DESTDIR)$(systemdsystemunitdir)/hbd.service'
	if test ! -e '$(DESTDIR)$(sysconfdir)/init.d/heartbeat'; then \
	  rm -f '$(DESTDIR)$(systemdsystemunitdir)/heartbeat.service'; fi
