# crm/exec: see doc/hacking.md, Folders
noinst_LIBRARIES += libcrmexec.a
libcrmexec_a_SOURCES = \
  crm/exec/runner.c crm/exec/runner.h crm/exec/runner_private.h \
  crm/exec/runner_group.c crm/exec/runner_lease.c crm/exec/runner_probe.c \
  crm/exec/agent.c crm/exec/agent.h crm/exec/agent_private.h crm/exec/agent_class.c \
  crm/exec/process.c crm/exec/process.h crm/exec/spawn.c crm/exec/spawn.h \
  crm/exec/inflight.c crm/exec/inflight.h \
  crm/exec/host.c crm/exec/host.h crm/exec/journal.c crm/exec/journal.h \
  crm/exec/resolve.c crm/exec/resolve.h crm/exec/resolve_map.c crm/exec/resolve_map.h
EXTRA_DIST += crm/exec/README.md
